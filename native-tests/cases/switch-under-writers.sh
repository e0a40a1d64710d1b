# reset, pull and checkout while programs come and go: what was written in the moment of the switch is never lost, later look-ups find the new tree at once, forced descriptors keep what they had.
dot shop db
echo start >db/start
commit start >/dev/null

# Writers in bursts; a name is acknowledged once its file is closed.
/usr/bin/python3 - "$CASE" <<'P' &
import os, random, sys, time
case, n = sys.argv[1], 0
with open(case + "/acknowledged", "w", buffering=1) as log:
    while not os.path.exists(case + "/stop"):
        for _ in range(random.randrange(1, 12)):
            n += 1
            name = "file-%d" % n
            with open(case + "/db/" + name, "x") as f:
                f.write(name)
            log.write(name + "\n")
        time.sleep(random.random() * 1.5)
P
writer=$!
switched=0
for round in $(seq 300); do
  dm commit -m "round $round" >"$CASE/committed"
  if dm reset HEAD >"$CASE/reset.out" 2>"$CASE/reset.err"; then
    switched=$((switched + 1))
  else
    case $(cat "$CASE/reset.err") in
      *"has uncommitted data"* | *"reset refused"*) ;;
      *) fail "reset: $(cat "$CASE/reset.err")" ;;
    esac
  fi
  # where all is slow, few pauses of the writer are long enough
  [ "$round" -lt 30 ] || [ "$switched" -lt 3 ] || break
done
touch "$CASE/stop"
wait "$writer"
[ "$switched" -ge 3 ] || fail "only $switched of $round resets went through"
while read -r name; do
  same "an acknowledged file" "$(cat "db/$name")" "$name"
done <"$CASE/acknowledged"
dm commit -m "all" >/dev/null

# Each look-up after the command finds the other branch, and there and back again.
dm checkout -b other
echo other >db/start
mkdir db/only-there
commit other >/dev/null
for round in 1 2 3; do
  dm checkout master
  same "after checkout" "$(cat db/start)" start
  [ ! -e db/only-there ] || fail "a directory of the other branch shows"
  dm checkout other
  same "after checkout" "$(cat db/start)" other
  [ -d db/only-there ] || fail "a directory of this branch is missing"
done

# Forced: open descriptors keep what they had, and say ESTALE for writes.
/usr/bin/python3 - "$CASE" "$DM" <<'P'
import errno, os, subprocess, sys
case, dm = sys.argv[1], sys.argv[2]
fd = os.open(case + "/db/start", os.O_RDWR)
directory = os.open(case + "/db/only-there", os.O_RDONLY)
subprocess.run([dm, "checkout", "--force", "master"], check=True, cwd=case)
assert os.pread(fd, 100, 0) == b"other\n", "what the descriptor had"
assert os.fstat(fd).st_size == 6
def stale(what, call):
    try:
        call()
    except OSError as e:
        assert e.errno == errno.ESTALE, (what, e)
    else:
        raise AssertionError(what + " went through")
stale("write", lambda: os.pwrite(fd, b"x", 0))
stale("ftruncate", lambda: os.ftruncate(fd, 0))
stale("fchmod", lambda: os.fchmod(fd, 0o600))
stale("create in an open directory", lambda: os.open("new", os.O_CREAT | os.O_WRONLY, dir_fd=directory))
assert os.listdir(directory) == []
with open(case + "/db/start", "r+") as f:
    assert f.read() == "start\n", "a new descriptor is of the new branch"
P
dm checkout other
same "nothing of it reached the branch" "$(cat db/start)" other
dm fsck
