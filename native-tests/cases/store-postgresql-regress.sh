# PostgreSQL's own regression suite against a server on a mount, commits meanwhile; the last one, mounted elsewhere, recovers and passes pg_amcheck.
# users: root
# timeout: 400
# alone: yes
# Quick: the tests that make, fill and empty files of every kind. FULL=1: the whole parallel schedule.
# The tests come from Debian's source package, which is fetched now. A test that fails is forgiven if it fails on the host's file system
# too, in the same run: the package of the sources is often some releases away from the server's.
needs_postgresql
needs gcc apt-get dpkg-deb tar
bin=$(pg_bin)
version=$(basename "$(dirname "$bin")")
# apt with settings, lists and caches of our own, so that the host's do not change: ours have the sources as well
own_apt() {
  local program=$1
  shift
  timeout 150 "$program" -q -o "Dir::Etc::sourcelist=$CASE/apt/sources.list" -o "Dir::Etc::sourceparts=$CASE/apt/none" -o "Dir::State::lists=$CASE/apt/lists" \
    -o "Dir::Cache=$CASE/apt" -o APT::Sandbox::User=root -o Acquire::Retries=1 -o Acquire::http::Timeout=20 "$@" 2>>fetch.out
}
# package COMMAND NAME: into the working directory, in the server's own version or else in what is to be had: a mirror may have lost one
package() {
  local name=$2 wanted
  for wanted in "$(dpkg-query -W -f='${Version}' "postgresql-$version")" $(own_apt apt-cache showsrc "postgresql-$version" | sed -n 's/^Version: //p' | sort -rV); do
    # shellcheck disable=SC2086 # words are meant
    own_apt apt-get $1 "$name=$wanted" >>fetch.out && echo "$wanted" && return 0
  done
  return 1
}
fetch() {
  mkdir -p apt/lists/partial apt/archives/partial apt/none sources
  sed -n 's/^URIs: *\([^ ]*\).*/\1/p;s/^deb  *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\).*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep debian | sort -u >mirrors
  [ -s mirrors ] || { echo 'E: apt knows no mirror of Debian' >>fetch.out; return 1; }
  . /etc/os-release
  while read -r mirror; do
    case $mirror in
      *security*) printf 'deb%s '"$mirror $VERSION_CODENAME-security main"'\n' '' -src ;;
      *) printf 'deb%s '"$mirror $VERSION_CODENAME main"'\n' '' -src ;;
    esac
  done <mirrors >apt/sources.list
  own_apt apt-get update >>fetch.out || return 1
  cd sources
  package "--download-only source" "postgresql-$version" >../fetched || return 1
  tar -xjf postgresql-"$version"_*.orig.tar.bz2 --strip-components=1 --wildcards '*/src/test/regress/*'
  # the server's headers: of the package unpacked here, since installing it would bring a compiler of its own along
  package download "postgresql-server-dev-$version" || return 1
  dpkg-deb -x postgresql-server-dev-"$version"_*.deb development
}
(fetch) >/dev/null || skip "the sources of postgresql-$version cannot be fetched: $(grep -E '^[EW]:' fetch.out | tail -n 1)"
programs=$(dirname "$bin")/lib/pgxs/src/test/regress
[ -x "$programs/pg_regress" ] || skip "$programs has no pg_regress"
note "the server is $("$bin/postgres" --version), the tests are $(cat fetched)'s"
suite=$CASE/sources/src/test/regress
mkdir libraries
gcc -O1 -shared -fPIC -Isources/development/usr/include/postgresql/"$version"/server -o libraries/regress.so "$suite/regress.c"
cp "$(dirname "$bin")"/lib/{autoinc,refint}.so libraries/
if full; then
  cp "$suite/parallel_schedule" schedule
else
  cat >schedule <<'SCHEDULE'
test: test_setup
test: create_index delete
test: btree_index hash_index brin gin gist spgist
test: cluster truncate sequence largeobject matview
test: vacuum prepared_xacts temp transactions sanity_check
test: tablespace
SCHEDULE
fi
chmod -R a+rX sources libraries schedule
# regress NAME DATA: the suite's failed tests in NAME.failed; the server runs on
regress() {
  local name=$1 data=$2 user status=0
  user=$(store_user postgres)
  PG_INITDB_OPTIONS=--locale=C pg_init "$data"
  PG_SERVER_OPTIONS="-c max_prepared_transactions=2 -c shared_buffers=128MB -c max_connections=100" pg_start "$name" "$data"
  mkdir "$name.out"
  chown "$user:" "$name.out"
  (cd "$name.out" && as_store "$user" "$programs/pg_regress" --inputdir="$suite" --outputdir="$CASE/$name.out" --bindir="$bin" --dlpath="$CASE/libraries" \
    --max-connections=10 --schedule="$CASE/schedule" --host="$STORES/$name" --user=postgres) >"$name.log" 2>&1 || status=$?
  [ $status -le 1 ] || fail "pg_regress: $(tail -n 5 "$name.log")"
  sed -nE 's/^(test|  *)? *([a-z0-9_.]+) +\.\.\. FAILED.*/\2/p' "$name.log" | sort >"$name.failed"
  tail -n 12 "$name.log" | grep -E 'tests (passed|failed)' || fail "pg_regress did not end: $(tail -n 5 "$name.log")"
}
dot shop db
regress live "$CASE/db" &
regression=$!
commits=0
while kill -0 $regression 2>/dev/null; do
  [ ! -s db/PG_VERSION ] || { commit "regression $commits" >id && commits=$((commits + 1)); }
  sleep 0.5
done
wait $regression || fail "$(cat live.log)"
STORES=$CASE/stores
[ $commits -gt 3 ] || fail "only $commits commits were taken"
note "$commits commits"
commit "after the suite" >id
if [ -s live.failed ]; then
  mkdir control
  regress control "$CASE/control"
  pg_stop control "$CASE/control"
  only=$(comm -23 live.failed control.failed)
  [ -z "$only" ] || { head -n 100 live.out/regression.diffs && fail "failed on the mount alone: $only"; }
  note "failed on the host's file system as well: $(paste -sd ' ' live.failed)"
fi
mkdir copy
dm mount shop.db "$CASE/copy" --at "$(cat id)" --drop-locks
PG_SERVER_OPTIONS="-c max_prepared_transactions=2" pg_start copy "$CASE/copy"
sql copy "create extension if not exists amcheck" regression
# not the parts of which the suite itself breaks the definition (an operator class without its function)
"$bin/pg_amcheck" -h "$STORES/copy" -U postgres --heapallindexed regression >amcheck.out 2>&1 || fail "pg_amcheck: $(head -n 20 amcheck.out)"
pg_stop copy "$CASE/copy"
pg_stop live "$CASE/db"
