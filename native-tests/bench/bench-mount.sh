# Mounts against the native file system, and against bindfs (libfuse, in C) where that is installed: every round measures all, in turn, so that
# the machine's moods hit all; medians and ratios. MEASURES names some of: small_calls fio_sync sqlite redis_set postgresql.
rounds=${ROUNDS:-3}
seconds_each=5
[ "${FULL:-0}" = 0 ] || seconds_each=30
fresh_dot bench data "$WORK/mounted"
mkdir -p "$WORK/native"
[ "$(id -u)" != 0 ] || chmod 0755 "$WORK/mounted"
declare -A place=([native]=$WORK/native [dm]=$WORK/mounted)
subjects=(native dm)
if command -v bindfs >/dev/null; then
  mkdir -p "$WORK/beneath" "$WORK/bindfs"
  bindfs "$WORK/beneath" "$WORK/bindfs"
  place[bindfs]=$WORK/bindfs
  subjects+=(bindfs)
fi
gcc -std=c11 -O2 -o "$WORK/latency" "$NATIVE/programs/latency.c"

small_calls() { # SUBJECT; the unit is in the name
  local name value
  "$WORK/latency" "${place[$1]}" >"$WORK/latency.out"
  while read -r name value; do record "$name" "$1" "$value"; done <"$WORK/latency.out"
}
postgresql() {
  local data=${place[$1]}/pg
  mkdir "$data"
  record "initdb [s]" "$1" "$(seconds pg_init "$data")"
  pg_start "$1" "$data"
  "$(pg_bin)/pgbench" -q -i -s 10 -h "$STORES/$1" -U postgres postgres >/dev/null 2>&1
  "$(pg_bin)/pgbench" -n -c 4 -j 2 -T $seconds_each -h "$STORES/$1" -U postgres postgres >"$WORK/pgbench.out" 2>&1
  record "pgbench -s 10 -c 4 [tps]" "$1" "$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$WORK/pgbench.out")"
  pg_stop "$1" "$data"
  rm -r "$data"
}
redis_set() {
  local data=${place[$1]}/redis
  mkdir "$data"
  redis_start "$1" "$data"
  redis-benchmark -s "$STORES/$1/redis.sock" -t set -n 20000 -c 8 -r 10000 --csv 2>/dev/null >"$WORK/redis.out"
  record "redis SET, appendfsync always [per s]" "$1" "$(awk -F'"' '/SET/ { print $4 }' "$WORK/redis.out")"
  redis_stop "$1"
  rm -r "$data"
}
sqlite() {
  record "sqlite, 2000 inserts, WAL + FULL [per s]" "$1" "$(/usr/bin/python3 - "${place[$1]}/sqlite" <<'PY'
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("pragma journal_mode = wal")
db.execute("pragma synchronous = full")
db.execute("create table t (id integer primary key, v text)")
begin = time.monotonic()
for n in range(2000):
    db.execute("insert into t (v) values (?)", ("x" * 100,))
print(2000 / (time.monotonic() - begin))
PY
)"
  rm -f "${place[$1]}/sqlite"*
}
fio_sync() {
  command -v fio >/dev/null || return 0
  fio --name=f --directory="${place[$1]}" --rw=randwrite --bs=8k --size=64m --fdatasync=1 --time_based --runtime=5 --ioengine=psync --output-format=json >"$WORK/fio.out" 2>/dev/null
  record "fio 8 KiB write + fdatasync [IOPS]" "$1" "$(json_of 'd["jobs"][0]["write"]["iops"]' <"$WORK/fio.out")"
  rm -f "${place[$1]}"/f.*
}
for ((round = 1; round <= rounds; round++)); do
  for measure in ${MEASURES:-small_calls fio_sync sqlite redis_set postgresql}; do
    for subject in "${subjects[@]}"; do
      progress "round $round of $rounds: $measure, $subject"
      $measure "$subject"
    done
    subjects=("${subjects[@]:1}" "${subjects[0]}")
  done
  record "load average" machine "$(cut -d' ' -f1 /proc/loadavg)"
done
done_progress
[ -z "${place[bindfs]:-}" ] || fusermount3 -u "$WORK/bindfs"
dm unmount "$WORK/mounted" >/dev/null
