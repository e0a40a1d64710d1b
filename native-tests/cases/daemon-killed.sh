# kill -9 of the daemon: the next command brings its mounts back, everything that write acknowledged is there, and commits go on.
# timeout: 180
dot shop db files
head -c 1000000 /dev/urandom >db/data
id=$(commit before)
more_than() { [ -s "acked.$1" ] && [ $((10#$(cat "acked.$1"))) -gt "$2" ]; }
for round in 1 2 3; do
  /usr/bin/python3 - "$CASE" "$round" <<'PY' &
import os, sys
case, round = sys.argv[1:]
acked = os.open(f"{case}/acked.{round}", os.O_CREAT | os.O_WRONLY, 0o644)
file = os.open(f"{case}/db/log.{round}", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)
n = 0
try:
    while True:
        os.write(file, b"%08d" % (n + 1))
        os.close(os.open(f"{case}/files/{round}.{n + 1}", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        n += 1
        os.pwrite(acked, b"%08d" % n, 0)
except OSError as error:
    print(f'the writer ended after {n}: {error}')
PY
  writer=$!
  await 60 "the writer" more_than "$round" 100
  [ $round != 2 ] || dm commit -m "under the writer" >/dev/null
  pid=$(daemon_pid)
  kill -9 "$pid"
  wait $writer
  await 60 "the end of the daemon" bash -c "! kill -0 $pid"
  dm list >/dev/null
  await 60 "the mounts to be back" bash -c "grep -qF '$CASE/db ' /proc/self/mountinfo && grep -qF '$CASE/files ' /proc/self/mountinfo && ls '$CASE/db' '$CASE/files'"
  acked=$((10#$(cat "acked.$round")))
  written=$(stat -c %s "db/log.$round")
  [ $((written / 8)) -ge $acked ] || fail "round $round: $acked writes were acknowledged, $((written / 8)) are there"
  same "round $round: the log's content" "$(fold -w 8 "db/log.$round" | awk '$1 != NR { print NR; exit }')" ""
  for ((n = 1; n <= acked; n++)); do [ -e "files/$round.$n" ] || fail "round $round: created file $n of $acked is missing"; done
  dm fsck
done
same "the old commit is there" "$(dm log --oneline | tail -n 1 | cut -c1-7)" "${id:0:7}"
commit after >/dev/null
same "nothing is left to commit" "$(dm diff --name-status)" ""
