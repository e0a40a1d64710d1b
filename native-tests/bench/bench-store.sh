# The store against backup tools, git and ostree on one data set, with `tar | zstd -3`, sha256sum, find and cp as yardsticks.
#
# The data are a PostgreSQL, a Redis, a SQLite, small files and a dump: SIZE percent of 1 GB in 16,400 files (default 5; FULL=1 is 100). The product
# works on its mounts; everybody else on a copy on the disk. PEERS_WANTED names the peers (default: all that are installed). The table and the plot
# go to DOCS (default docs/benchmarks beside the sources).
rounds=${ROUNDS:-1}
SIZE=${SIZE:-$([ "${FULL:-0}" = 0 ] && echo 5 || echo 100)}
PLAIN=$WORK/plain
. "$BENCH/peers.sh"
needs_postgresql
for tool in zstd redis-server sqlite3 rsync; do command -v $tool >/dev/null || fail "$tool is not installed"; done
mapfile -t peers < <(if [ -n "${PEERS_WANTED+set}" ]; then printf '%s\n' $PEERS_WANTED; else peers_installed; fi)
DOCS=${DOCS:-$(dirname "$NATIVE")/docs/benchmarks}

scale=$((SIZE * 40 / 100 + 1))
busy_seconds=$((SIZE * 30 / 100))
[ $busy_seconds -ge 3 ] || busy_seconds=3
files=$((164 * SIZE))
dump_mb=$((SIZE * 2))
[ $dump_mb -ge 10 ] || dump_mb=10

make_data() {
  dm init "$dot" >/dev/null
  for part in db cache files app; do
    mkdir -p "$WORK/$part"
    dm mount --create "$dot.$part" "$WORK/$part" >/dev/null
  done
  pg_init "$WORK/db"
  pg_start bench "$WORK/db"
  "$(pg_bin)/pgbench" -q -i -s $scale -h "$STORES/bench" -U postgres postgres >/dev/null 2>&1
  sql bench checkpoint >/dev/null
  pg_stop bench "$WORK/db"
  /usr/bin/python3 - "$SIZE" "$WORK/app/data.sqlite" "$WORK/files/dump" "$dump_mb" <<'PYTHON' | redis_load "$WORK/cache"
import random, sqlite3, sys
size, database, dump, dump_mb = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
chance = random.Random(1)
words = [bytes(chance.choices(b"abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 9))).decode() for _ in range(4000)]
text = lambda n: " ".join(chance.choices(words, k=n))
with sqlite3.connect(database) as connection:
    connection.execute("create table item (id integer primary key, name text, body text)")
    connection.executemany("insert into item values (?, ?, ?)", ((i, text(3), text(40)) for i in range(1900 * size)))
with open(dump, "wb") as out:
    left = dump_mb << 20
    while left > 0:
        line = f"insert into item values ({left}, '{text(12)}', '{chance.getrandbits(256):x}');\n".encode()[:left]
        out.write(line)
        left -= len(line)
for i in range(2000 * size):
    print(f"SET key:{i} \"{text(60)} {chance.getrandbits(512):x}\"")
PYTHON
  find /usr/share /usr/include /usr/lib/python3* -type f -size -64k -print0 >"$WORK/names" 2>/dev/null || true
  head -z -n $files "$WORK/names" >"$WORK/chosen"
  rsync -a --from0 --files-from="$WORK/chosen" / "$WORK/files/tree"
}
# redis_load DIR: the commands on stdin, kept as RDB and AOF in DIR.
redis_load() {
  redis-server --port 0 --unixsocket "$STORES/redis.sock" --dir "$1" --appendonly yes --save '' --daemonize no >"$STORES/redis.log" 2>&1 &
  local server=$!
  until redis-cli -s "$STORES/redis.sock" ping >/dev/null 2>&1; do
    kill -0 $server 2>/dev/null || fail "redis does not start"
    sleep 0.1
  done
  redis-cli -s "$STORES/redis.sock" --pipe >/dev/null
  redis-cli -s "$STORES/redis.sock" bgrewriteaof >/dev/null
  redis-cli -s "$STORES/redis.sock" save >/dev/null
  redis-cli -s "$STORES/redis.sock" shutdown save >/dev/null 2>&1 || true
  wait $server || true
}
pgbench_for() { # OPTION...
  pg_start bench "$WORK/db"
  "$(pg_bin)/pgbench" -n -c 4 -j 2 "$@" -h "$STORES/bench" -U postgres postgres >/dev/null 2>&1
  sql bench checkpoint >/dev/null
  pg_stop bench "$WORK/db"
}
copy_plain() {
  mkdir -p "$PLAIN"
  for part in db cache files app; do rsync -a --delete "$WORK/$part/" "$PLAIN/$part"; done
  sync -f "$PLAIN"
}
megabytes() { awk -v b="$1" 'BEGIN { printf "%.4f", b / 1e6 }'; }
tar_zstd() { tar -C "$PLAIN" -cf - . | zstd -q -3 -T0 >"$WORK/tar.zst"; }
sha256_all() { find "$PLAIN" -type f -print0 | xargs -0 -n 64 -P "$(nproc)" sha256sum; }
# everybody_saves NUMBER NAME: one version, by all in turn; another one begins in each round.
everybody_saves() {
  local name before subjects=(dm "${peers[@]}") i
  copy_plain
  record "$2 [s]" "tar|zstd" "$(seconds tar_zstd)"
  [ "$1" != 1 ] || record "$2, stored [MB]" "tar|zstd" "$(megabytes "$(stat -c %s "$WORK/tar.zst")")"
  record "$2 [s]" sha256sum "$(seconds sha256_all)"
  for ((i = 0; i < ${#subjects[@]}; i++)); do
    name=${subjects[(i + round) % ${#subjects[@]}]}
    if [ "$name" = dm ]; then
      before=$(pack_bytes "$DM_HOME")
      record "$2 [s]" dm "$(seconds_to "$WORK/commit.json" commit "s$1" "$dot")"
      record "$2, stored [MB]" dm "$(megabytes "$(json_of 'd["bytesStored"]' <"$WORK/commit.json")")"
      record "$2, in the daemon [s]" dm "$(json_of 'd["elapsedNanos"] / 1e9' <"$WORK/commit.json")"
    else
      before=$(peer_bytes "$name")
      record "$2 [s]" "$name" "$(seconds peer_save "$name" "$1")"
      record "$2, stored [MB]" "$name" "$(megabytes $(($(peer_bytes "$name") - before)))"
    fi
  done
}
# push_counts NAME: a push to the directory, and what it left there.
push_counts() {
  local before
  before=$(pack_bytes "$WORK/remote")
  record "$1 [s]" dm "$(seconds dm push "r$round" "$dot")"
  record "$1, sent [MB]" dm "$(megabytes $(($(pack_bytes "$WORK/remote") - before)))"
}

for ((round = 1; round <= rounds; round++)); do
  dot=set$round
  progress "round $round of $rounds: making the data"
  make_data
  for name in "${peers[@]}"; do peer_init "$name"; done
  rm -rf "$WORK/remote" && mkdir "$WORK/remote"
  dm remote add "r$round" "file://$WORK/remote"
  progress "round $round of $rounds: first commit"
  everybody_saves 1 "first commit"
  record "push of it all [s]" "cp -a" "$(seconds bash -c "cp -a '$PLAIN' '$WORK/copy' && sync -f '$WORK/copy'")"
  push_counts "push of it all"
  rm -rf "$WORK/copy"
  progress "round $round of $rounds: 1,000 transactions"
  pgbench_for -t 250
  everybody_saves 2 "after 1,000 transactions"
  push_counts "push of 1,000 transactions"
  progress "round $round of $rounds: $busy_seconds s of pgbench"
  pgbench_for -T $busy_seconds
  everybody_saves 3 "after $busy_seconds s of pgbench"
  push_counts "push of $busy_seconds s of pgbench"
  progress "round $round of $rounds: a byte at the front of a dump"
  { printf x && cat "$WORK/files/dump"; } >"$WORK/files/dump.new"
  mv "$WORK/files/dump.new" "$WORK/files/dump"
  everybody_saves 4 "a byte at the front of $dump_mb MiB"
  progress "round $round of $rounds: nothing changed"
  record "nothing changed [s]" "find+stat" "$(seconds find "$PLAIN" -printf '%T@ %s %p\n')"
  for name in "${peers[@]}"; do record "nothing changed [s]" "$name" "$(seconds peer_save "$name" 5)"; done
  record "nothing changed [s]" dm "$(seconds_to "$WORK/commit.json" commit s5 "$dot")"
  record "nothing changed, in the daemon [s]" dm "$(json_of 'd["elapsedNanos"] / 1e9' <"$WORK/commit.json")"
  record "names that differ [s]" "find+stat" "$(seconds find "$PLAIN" -printf '%T@ %s %p\n')"
  for name in "${peers[@]}"; do record "names that differ [s]" "$name" "$(seconds peer_diff "$name" 1 2)"; done
  record "names that differ [s]" dm "$(seconds dm diff --name-status --dot "$dot" HEAD~4 HEAD~3)"
  progress "round $round of $rounds: bringing back"
  drop_caches
  record "bring back the whole [s]" "cp -a" "$(seconds bash -c "cp -a '$PLAIN' '$WORK/copy' && sync -f '$WORK/copy'")"
  rm -rf "$WORK/copy"
  for name in "${peers[@]}"; do
    drop_caches
    record "bring back the whole [s]" "$name" "$(seconds peer_restore "$name" 4 "$WORK/copy")"
    rm -rf "$WORK/copy"
  done
  commit_id=$(dm log --dot "$dot" -n 1 --json | json_of 'd["commits"][0]["id"]')
  mkdir -p "$WORK/at"
  for part in db cache files app; do mkdir -p "$WORK/at/$part"; done
  drop_caches
  record "mount of a commit [s]" dm "$(seconds dm mount "$dot.db" "$WORK/at/db" --at "$commit_id" --read-only)"
  for part in cache files app; do dm mount "$dot.$part" "$WORK/at/$part" --at "$commit_id" --read-only >/dev/null; done
  record "cold read of everything [s]" native "$(seconds bash -c "tar -C '$PLAIN' -cf - . | cat")"
  record "cold read of everything [s]" dm "$(seconds bash -c "tar -C '$WORK/at' -cf - . | cat")"
  for part in db cache files app; do dm unmount "$WORK/at/$part" >/dev/null; done
  for part in db cache files app; do dm unmount "$WORK/$part" >/dev/null; done
  rm -rf "${PLAIN:?}"
done
done_progress
mkdir -p "$DOCS"
/usr/bin/python3 "$BENCH/store-report.py" "$WORK/figures" "$DOCS" "$SIZE" "$rounds" "$(nproc) cores, kernel $(uname -r | cut -d. -f1-2), $(stat -f -c %T "$WORK")"
