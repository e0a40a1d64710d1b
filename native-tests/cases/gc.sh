# gc gives back what a deleted branch and a deleted dot leave, and nothing else: beside a writer with its commits, and through kill -9.
# timeout: 400
gc() { dm gc --grace now --expire-unreachable now "$@"; }
disk() { du -sk "$DM_HOME/objects" | cut -f1; }
dot shop db
head -c 3000000 /dev/urandom >db/kept
commit first >/dev/null
head -c 20000000 /dev/urandom >db/junk
junk=$(commit junk)
dm reset --hard HEAD^ >/dev/null

note "what the reflog has is kept"
dm gc --grace now
dm branch back "$junk"
dm branch -D back
before=$(disk)
contains "a dry run" "$(gc --dry-run)" "Would free 19."
same "nothing is gone after it" "$(disk)" "$before"
contains "the same as JSON" "$(gc --dry-run --json)" '"dryRun" : true'
contains "a run" "$(gc)" "Freed 19."
[ "$(disk)" -lt $((before - 19000)) ] || fail "the disk has $(disk) of $before kB still"
dm branch back "$junk" 2>err && fail "a branch leads to a commit that is gone"
same "what is there is there" "$(wc -c <db/kept)" 3000000
contains "nothing more to do" "$(gc)" "Freed 0.00 B: nothing needs 0 objects"

note "a dot that is deleted, and a mount of what no branch has"
dm fork shop other >/dev/null
dm checkout -b away >/dev/null
echo away >db/away
head -c 1000000 /dev/urandom >>db/away
away=$(commit away)
sum=$(sha256sum <db/away)
dm checkout master >/dev/null
mkdir at
dm mount shop.db "$CASE/at" --at "$away" --read-only
dm branch -D away >/dev/null
dm dot delete -f other
gc >/dev/null
same "the mount shows its commit" "$(sha256sum <at/away)" "$sum"
dm unmount "$CASE/at"
contains "now it may go" "$(gc)" "Freed 98"

note "killed in the middle, beside a writer"
rounds=$(by_size 4 40)
/usr/bin/python3 - "$CASE/db/hot" >/dev/null 2>&1 <<'P' &
import os, sys, time
# Its errors are those of a daemon that is being killed.
while not os.path.exists(sys.argv[1] + ".stop"):
    try:
        with open(sys.argv[1], "r+b" if os.path.exists(sys.argv[1]) else "wb") as file:
            file.seek(int.from_bytes(os.urandom(2), "little") * 64)
            file.write(os.urandom(8192))
    except OSError:
        time.sleep(0.05)
P
writer=$!
: >sums
for ((round = 1; round <= rounds; round++)); do
  head -c 2000000 /dev/urandom >db/part
  id=$(commit "round $round")
  echo "$id $(sha256sum <db/part)" >>sums
  head -c 8000000 /dev/urandom >db/lost
  dm commit -m lost >/dev/null
  dm reset --hard --force HEAD^ >/dev/null
  gc >gc.out 2>&1 &
  collecting=$!
  /usr/bin/python3 -c "import random, time; time.sleep(random.random() / 2)"
  pid=$(daemon_pid)
  kill -9 "$pid"
  wait $collecting || true
  await 10 "the end of the daemon" bash -c "! kill -0 $pid 2>/dev/null"
  dm list >/dev/null
  await 30 "the mount to be back" bash -c "grep -qF '$CASE/db ' /proc/self/mountinfo && ls '$CASE/db'"
  dm fsck >/dev/null
done
touch db/hot.stop
wait $writer || true
gc
while read -r id sum; do
  dm mount shop.db "$CASE/at" --at "$id" --read-only
  same "what $id holds" "$(sha256sum <at/part)" "$sum"
  dm unmount "$CASE/at"
done <sums
contains "nothing is left" "$(gc)" "nothing needs 0 objects"
