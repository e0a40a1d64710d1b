# Mounts against the native file system, and against bindfs (libfuse, in C) and fuse-overlayfs where those are installed: every round measures
# all, in turn, so that the machine's moods hit all; medians and ratios. MEASURES names some of: small_calls fio_sync sqlite redis_set postgresql
# small_files maven packs; SUBJECTS some of: native dm bindfs overlayfs (native and dm are always there).
rounds=${ROUNDS:-3}
seconds_each=5
[ "${FULL:-0}" = 0 ] || seconds_each=30
fresh_dot bench data "$WORK/mounted"
mkdir -p "$WORK/native"
[ "$(id -u)" != 0 ] || chmod 0755 "$WORK/mounted"
declare -A place=([native]=$WORK/native [dm]=$WORK/mounted)
subjects=(native dm)
wants() { [[ " ${SUBJECTS:-bindfs overlayfs} " == *" $1 "* ]]; }
if wants bindfs && command -v bindfs >/dev/null; then
  mkdir -p "$WORK/beneath" "$WORK/bindfs"
  bindfs "$WORK/beneath" "$WORK/bindfs"
  place[bindfs]=$WORK/bindfs
  subjects+=(bindfs)
fi
if wants overlayfs && command -v fuse-overlayfs >/dev/null; then
  mkdir -p "$WORK/overlay/lower" "$WORK/overlay/upper" "$WORK/overlay/work" "$WORK/overlayfs"
  fuse-overlayfs -o "lowerdir=$WORK/overlay/lower,upperdir=$WORK/overlay/upper,workdir=$WORK/overlay/work" "$WORK/overlayfs"
  place[overlayfs]=$WORK/overlayfs
  subjects+=(overlayfs)
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
# Small files: from an archive, as git sees them, and away again. 30 MB in 1,000 files; 200 MB in 6,600 at full size.
archive() {
  [ ! -e "$WORK/small.tar" ] || return 0
  mkdir "$WORK/small"
  /usr/bin/python3 - "$WORK/small" "$([ "${FULL:-0}" = 0 ] && echo 1000 || echo 6600)" <<'PY'
import os, random, sys
random.seed(4)
for n in range(int(sys.argv[2])):
    directory = "%s/d%02d/e%02d" % (sys.argv[1], n % 10, n // 10 % 10)
    os.makedirs(directory, exist_ok=True)
    with open("%s/file-%d" % (directory, n), "wb") as f:
        f.write(random.randbytes(random.randrange(500, 60000)))
PY
  git -C "$WORK/small" init -q
  git -C "$WORK/small" add -A
  git -C "$WORK/small" -c user.name=bench -c user.email=bench@example.org commit -q -m files
  tar -C "$WORK/small" -cf "$WORK/small.tar" .
  rm -r "$WORK/small"
}
small_files() {
  local tree=${place[$1]}/tree
  archive
  mkdir "$tree"
  record "unpack small files with tar [s]" "$1" "$(seconds tar -C "$tree" -xf "$WORK/small.tar")"
  record "git status, everything changed by its times [s]" "$1" "$(seconds git -C "$tree" status --porcelain)"
  record "git status again [s]" "$1" "$(seconds git -C "$tree" status --porcelain)"
  drop_caches
  record "git status, cold [s]" "$1" "$(seconds git -C "$tree" status --porcelain)"
  record "rm -r of them [s]" "$1" "$(seconds rm -r "$tree")"
}
# A build of 300 classes, offline, with the plug-ins that this project's own build has fetched.
maven() {
  local tree=${place[$1]}/maven plugin version n
  local repository=${MAVEN_REPOSITORY:-$(getent passwd "$(id -u)" | cut -d: -f6)/.m2/repository}
  command -v mvn >/dev/null && [ -d "$repository" ] || return 0
  mkdir -p "$tree/src/main/java/many"
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>built</artifactId><version>1</version>'
    echo '<properties><maven.compiler.release>17</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>'
    echo '<build><plugins>'
    for plugin in maven-resources-plugin maven-compiler-plugin maven-surefire-plugin maven-jar-plugin; do
      version=$(grep -A 1 "<artifactId>$plugin<" "$(dirname "$NATIVE")/pom.xml" | sed -n '0,/<version>/s/.*<version>\(.*\)<.*/\1/p')
      echo "<plugin><artifactId>$plugin</artifactId><version>$version</version></plugin>"
    done
    echo '</plugins></build></project>'
  } >"$tree/pom.xml"
  for n in {1..300}; do
    echo "package many; public final class C$n { public static int value() { return $n; } }" >"$tree/src/main/java/many/C$n.java"
  done
  record "Maven build of 300 classes [s]" "$1" \
    "$(seconds mvn -o -q -B -f "$tree/pom.xml" "-Dmaven.repo.local=$repository" -Dmaven.test.skip=true package)"
  rm -r "$tree"
}
# First reads of what only a commit holds: in a new branch, whose working tree has nothing of its own.
daemon_seconds() { awk -v ticks="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / ticks }' "/proc/$(cut -d' ' -f1 "$DM_HOME/lock")/stat"; }
packs() {
  local mib=128 before after
  [ "${FULL:-0}" = 0 ] || mib=1024
  if [ ! -e "$WORK/native/file" ]; then
    # zstd makes half of it, as of a database's pages at the least.
    /usr/bin/python3 -c 'import os, sys
for _ in range(int(sys.argv[1]) * 16): sys.stdout.buffer.write(os.urandom(32 << 10) + bytes(32 << 10))' $mib >"$WORK/native/file"
  fi
  case $1 in
    native) ;;
    dm)
      if [ ! -e "$WORK/packed/file" ]; then
        fresh_dot packed data "$WORK/packed"
        cp "$WORK/native/file" "$WORK/packed/file"
        commit packed packed >/dev/null
      fi
      dm checkout --dot packed -b "round-$round" >/dev/null
      ;;
    *) return 0 ;;
  esac
  local file=$WORK/packed/file
  [ "$1" = dm ] || file=$WORK/native/file
  drop_caches
  before=$(daemon_seconds)
  /usr/bin/python3 - "$file" >"$WORK/packs.out" <<'PY'
import os, random, statistics, sys, time
fd = os.open(sys.argv[1], os.O_RDONLY)
size = os.fstat(fd).st_size
buffer = bytearray(1 << 20)
begin = time.monotonic()
for at in range(0, size // 2, 1 << 20):
    os.preadv(fd, [buffer], at)
print(size / 2e6, size / 2e6 / (time.monotonic() - begin))
# The other half of the file, which nobody has asked for yet.
os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
page, times = bytearray(8192), []
for _ in range(1000):
    at = random.randrange(size // 16384, size // 8192) * 8192
    begin = time.monotonic_ns()
    os.preadv(fd, [page], at)
    times.append((time.monotonic_ns() - begin) / 1000)
print(statistics.median(times), 0)
PY
  after=$(daemon_seconds)
  record "first read of clean data, sequential [MB/s]" "$1" "$(sed -n '1s/.* //p' "$WORK/packs.out")"
  record "first read of clean data, 8 KiB random, p50 [us]" "$1" "$(sed -n '2s/ .*//p' "$WORK/packs.out")"
  if [ "$1" = dm ]; then
    record "first read of clean data, sequential and 1000 random [MB a second of the daemon's processor]" dm \
      "$(echo "$(sed -n '1s/ .*//p' "$WORK/packs.out") $before $after" | awk '{ print $1 / ($3 - $2 + 0.001) }')"
  fi
}
for ((round = 1; round <= rounds; round++)); do
  for measure in ${MEASURES:-small_calls fio_sync sqlite redis_set postgresql small_files maven packs}; do
    for subject in "${subjects[@]}"; do
      progress "round $round of $rounds: $measure, $subject"
      $measure "$subject"
    done
    subjects=("${subjects[@]:1}" "${subjects[0]}")
  done
  record "load average" machine "$(cut -d' ' -f1 /proc/loadavg)"
done
done_progress
for subject in bindfs overlayfs; do
  [ -z "${place[$subject]:-}" ] || fusermount3 -uz "$WORK/$subject"
done
[ ! -e "$WORK/packed/file" ] || dm unmount "$WORK/packed" >/dev/null
dm unmount "$WORK/mounted" >/dev/null
