# What commit, checkout, diff and list cost: with what changed, never with what is stored. The yardsticks are what other tools must read to do the same.
rounds=${ROUNDS:-5}
files=100000
mebibytes=1024
if [ "${FULL:-0}" = 0 ]; then
  files=${FILES:-30000}
  mebibytes=${MEBIBYTES:-256}
fi
needs_postgresql
for tool in git zstd; do command -v $tool >/dev/null || fail "$tool is not installed"; done

# One changed page of a large file.
fresh_dot large data "$WORK/large"
progress "writing a file of $mebibytes MiB"
/usr/bin/python3 - "$WORK/large/file" "$mebibytes" <<'PY'
import os, sys
with open(sys.argv[1], "wb") as file:
    for _ in range(int(sys.argv[2])):
        file.write(os.urandom(1 << 20))
PY
first=$(now)
commit first large >/dev/null
record "first commit of $mebibytes MiB of noise [s]" dm "$(echo "$(now) $first" | awk '{ print ($1 - $2) / 1e9 }')"
record "first commit of $mebibytes MiB of noise [s]" sha256sum "$(seconds sha256sum "$WORK/large/file")"
mkdir "$WORK/remote"
dm remote add bench "file://$WORK/remote"
dm push bench large >/dev/null
for ((round = 1; round <= rounds; round++)); do
  progress "round $round of $rounds: nothing, and one page"
  commit "nothing" large >"$WORK/reply"
  record "commit of nothing, in the daemon [ms]" dm "$(json_of 'd["elapsedNanos"] / 1e6' <"$WORK/reply")"
  # A push brings this commit too; so it goes first, by itself.
  dm push bench large >/dev/null
  head -c 4096 /dev/urandom | dd of="$WORK/large/file" bs=4096 seek=$((round * 7919 % (mebibytes * 256))) conv=notrunc status=none
  remote_before=$(pack_bytes "$WORK/remote")
  committed=$(seconds_to "$WORK/reply" commit "one page" large)
  # A pack has 64 bytes besides its objects. (Those of the home may be merged at any time.)
  stored=$(($(json_of 'd["bytesStored"]' <"$WORK/reply") + 64))
  record "commit of one page, in the daemon [ms]" dm "$(json_of 'd["elapsedNanos"] / 1e6' <"$WORK/reply")"
  record "commit of one page, stored on disk [bytes]" dm $stored
  [ $stored -le 204800 ] || fail "one changed page of $mebibytes MiB stored $stored bytes, more than 200 KiB"
  record "one page of $mebibytes MiB: commit and push, with the client [s]" sha256sum "$(seconds sha256sum "$WORK/large/file")"
  record "one page of $mebibytes MiB: commit and push, with the client [s]" dm "$(printf '%s\n' "$committed" "$(seconds dm push bench large)" | awk '{ sum += $1 } END { print sum }')"
  sent=$(($(pack_bytes "$WORK/remote") - remote_before))
  record "push of one page, arrived [bytes]" dm $sent
  [ $sent -le $stored ] || fail "the push of one page sent $sent bytes, stored were $stored"
done

# Ten files of many, beside git, which keeps a list of all of them.
fresh_dot many data "$WORK/many"
plain=$WORK/plain
mkdir "$plain"
git_of() { git -C "$plain" -c user.name=bench -c user.email=bench@localhost -c gc.auto=0 -c commit.gpgSign=false "$@"; }
git_commit() { git_of add -A && git_of commit -q -m "$1"; }
progress "writing $files files"
/usr/bin/python3 - "$files" "$WORK/many" "$plain" <<'PY'
import os, sys
files = int(sys.argv[1])
for top in sys.argv[2:]:
    for number in range(files):
        if number % 1000 == 0:
            directory = f"{top}/d{number // 1000:03}"
            os.mkdir(directory)
        with open(f"{directory}/f{number:06}", "wb") as file:
            file.write(b"file %d\n" % number * 10)
PY
git_of init -q -b master
progress "first commit of $files files"
record "first commit of $files files [s]" "tar|zstd" "$(seconds bash -c "tar -C '$plain' --exclude=.git -cf - . | zstd -q -3 -T0 >'$WORK/tar.zst'")"
record "first commit of $files files [s]" git "$(seconds git_commit first)"
record "first commit of $files files [s]" dm "$(seconds commit first many)"
base=$(dm log -n 1 --json --dot many | json_of 'd["commits"][0]["id"]')
git_base=$(git_of rev-parse HEAD)
test_of="touch 10 of $files:"
for ((round = 1; round <= rounds; round++)); do
  progress "round $round of $rounds: ten files of $files"
  for n in {0..9}; do for top in "$WORK/many" "$plain"; do echo "round $round" >>"$top/d00$n/f00${n}500"; done; done
  record "$test_of diff with the working data, with the client [s]" git "$(seconds git_of status --porcelain)"
  record "$test_of diff with the working data, with the client [s]" dm "$(seconds dm diff --name-status --dot many)"
  record "$test_of commit, with the client [s]" git "$(seconds git_commit ten)"
  record "$test_of commit, with the client [s]" dm "$(seconds_to "$WORK/reply" commit ten many)"
  record "$test_of commit, in the daemon [ms]" dm "$(json_of 'd["elapsedNanos"] / 1e6' <"$WORK/reply")"
  record "$test_of stored [bytes]" dm "$(json_of 'd["bytesStored"]' <"$WORK/reply")"
  record "$test_of diff of two commits, with the client [s]" git "$(seconds git_of diff --name-status HEAD^ HEAD)"
  record "$test_of diff of two commits, with the client [s]" dm "$(seconds dm diff --name-status --dot many HEAD^ HEAD)"
  record "$test_of checkout -b of the first, with the client [s]" git "$(seconds git_of checkout -q -b "back$round" "$git_base")"
  record "$test_of checkout -b of the first, with the client [s]" dm "$(seconds dm checkout --dot many -b "back$round" "$base")"
  record "$test_of checkout master, with the client [s]" git "$(seconds git_of checkout -q master)"
  record "$test_of checkout master, with the client [s]" dm "$(seconds dm checkout --dot many master)"
done

# Freeze pauses under pgbench.
fresh_dot shop db "$WORK/db"
pg_init "$WORK/db"
pg_start bench "$WORK/db"
"$(pg_bin)/pgbench" -q -i -s 10 -h "$STORES/bench" -U postgres postgres >/dev/null 2>&1
"$(pg_bin)/pgbench" -n -c 4 -j 2 -T 3600 -h "$STORES/bench" -U postgres postgres >"$WORK/pgbench.out" 2>&1 &
load=$!
pauses=${PAUSES:-100}
: >"$WORK/pauses"
for ((n = 1; n <= pauses; n++)); do
  progress "pauses under pgbench: $n of $pauses"
  commit "under load $n" shop | json_of 'd["pauseNanos"] / 1e6' >>"$WORK/pauses"
done
kill $load
wait $load 2>/dev/null || true
sort -n "$WORK/pauses" >"$WORK/sorted"
record "freeze pause under pgbench, p50 of $pauses [ms]" dm "$(sed -n "$((pauses / 2))p" "$WORK/sorted")"
record "freeze pause under pgbench, p99 of $pauses [ms]" dm "$(sed -n "$(((pauses * 99 + 99) / 100))p" "$WORK/sorted")"
pg_stop bench "$WORK/db"

# The client.
for ((round = 1; round <= rounds * 3; round++)); do
  record "dm list, daemon running [s]" dm "$(seconds dm list)"
  record "dm list, daemon running [s]" "java -version" "$(seconds java -version)"
done
done_progress
for dir in large many db; do dm unmount "$WORK/$dir" >/dev/null; done
