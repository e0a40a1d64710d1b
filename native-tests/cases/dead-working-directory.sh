# dm in a working directory whose server was killed: every way to start it does its work, and says nothing else.
dot shop db
kill_daemon() {
  local pid
  pid=$(cd / && dm daemon status --json | json 'd["pid"]')
  kill -KILL "$pid"
  await 60 "the daemon's end" test ! -d "/proc/$pid"
}
lib=$(dirname "$(realpath "$DM")")/../lib/dm
for way in thin jvm options daemon; do
  note "$way"
  cd "$CASE/db"
  kill_daemon
  ! ls . >/dev/null 2>&1 || fail "the mount is not dead"
  case $way in
    thin) command=("$DM" list -H) ;;
    jvm) command=("$lib" list -H) ;;
    options) command=(env DM_CLIENT_OPTS=-Ddotfs.unused=1 "$DM" list -H) ;;
    daemon) command=("$DM" daemon start) ;;
  esac
  timeout 90 "${command[@]}" </dev/null >"$CASE/out" 2>"$CASE/err" || fail "exit status $?: $(cat "$CASE/err")"
  same "standard error" "$(cat "$CASE/err")" ''
  [ -s "$CASE/out" ] || fail "nothing was printed"
  cd /
  dm list -H | grep -q ^shop || fail "the daemon is not back"
done
