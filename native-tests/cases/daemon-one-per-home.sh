# A second daemon on the same home is refused with one clear line that says who has it; the first goes on. A stale lock file does not stand in the way.
dot shop db
echo x >db/data
pid=$(daemon_pid)
status=0
DM_SOCKET=$CASE/other.sock timeout 60 "$DM" daemon run </dev/null >run.out 2>run.err || status=$?
[ $status != 0 ] || fail "a second daemon ran on the same home"
grep -qE "in use|already|another daemon" run.out run.err || fail "it does not say why: $(cat run.out run.err)"
! grep -qE '^[[:space:]]+at ' run.err run.out || fail "a stack trace: $(cat run.err run.out)"
same "the first daemon" "$(daemon_pid)" "$pid"
same "serves on" "$(cat db/data)" x
kill -9 "$pid"
await 60 "its end" bash -c "! kill -0 $pid"
dm list >/dev/null
[ "$(daemon_pid)" != "$pid" ] || fail "it is the same process"
await 60 "the mount" is_mounted "$CASE/db"
same "served again" "$(cat db/data)" x
