# What commit, checkout, diff and list cost: with what changed, never with what is stored. The yardsticks are what other tools must read to do the same.
rounds=${ROUNDS:-5}
files=100000
mebibytes=1024
if [ "${FULL:-0}" = 0 ]; then
  files=${FILES:-30000}
  mebibytes=${MEBIBYTES:-256}
fi
needs_postgresql

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
  head -c 4096 /dev/urandom | dd of="$WORK/large/file" bs=4096 seek=$((round * 7919 % (mebibytes * 256))) conv=notrunc status=none
  before=$(pack_bytes "$DM_HOME") remote_before=$(pack_bytes "$WORK/remote")
  commit "one page" large >"$WORK/reply"
  stored=$(($(pack_bytes "$DM_HOME") - before))
  record "commit of one page, in the daemon [ms]" dm "$(json_of 'd["elapsedNanos"] / 1e6' <"$WORK/reply")"
  record "commit of one page, stored on disk [bytes]" dm $stored
  [ $stored -le 204800 ] || fail "one changed page of $mebibytes MiB stored $stored bytes, more than 200 KiB"
  dm push bench large >/dev/null
  sent=$(($(pack_bytes "$WORK/remote") - remote_before))
  record "push of one page, arrived [bytes]" dm $sent
  [ $sent -le $((stored + stored / 4 + 1024)) ] || fail "the push of one page sent $sent bytes, stored were $stored"
done

# Ten files of many.
fresh_dot many data "$WORK/many"
progress "writing $files files"
/usr/bin/python3 - "$WORK/many" "$files" <<'PY'
import os, sys
top, files = sys.argv[1], int(sys.argv[2])
for number in range(files):
    if number % 1000 == 0:
        directory = f"{top}/d{number // 1000:03}"
        os.mkdir(directory)
    with open(f"{directory}/f{number:06}", "wb") as file:
        file.write(b"file %d\n" % number * 10)
PY
progress "first commit of $files files"
record "first commit of $files files [s]" dm "$(seconds commit first many)"
record "first commit of $files files [s]" tar "$(seconds bash -c "tar -C $WORK/many -cf - . | cat")"
base=$(dm log -n 1 --json --dot many | json_of 'd["commits"][0]["id"]')
for ((round = 1; round <= rounds; round++)); do
  progress "round $round of $rounds: ten files of $files"
  for n in {0..9}; do echo "round $round" >>"$WORK/many/d00$n/f00${n}500"; done
  record "touch 10 of $files: diff with the working data, with the client [s]" dm "$(seconds dm diff --name-status --dot many)"
  commit "ten" many >"$WORK/reply"
  record "touch 10 of $files: commit, in the daemon [ms]" dm "$(json_of 'd["elapsedNanos"] / 1e6' <"$WORK/reply")"
  record "touch 10 of $files: stored [bytes]" dm "$(json_of 'd["bytesStored"]' <"$WORK/reply")"
  record "touch 10 of $files: diff of two commits, with the client [s]" dm "$(seconds dm diff --name-status --dot many HEAD^ HEAD)"
  record "touch 10 of $files: checkout -b of the first, with the client [s]" dm "$(seconds dm checkout --dot many -b "back$round" "$base")"
  record "touch 10 of $files: checkout master, with the client [s]" dm "$(seconds dm checkout --dot many master)"
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
