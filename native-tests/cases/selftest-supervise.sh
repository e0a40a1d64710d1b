# The supervisor ends what a case leaves behind, daemons in sessions of their own included, and reports time-outs.
# timeout: 180
status=0
"$PROGRAMS/supervise" 5 bash -c 'setsid sleep 1000 & echo $! >daemon; setsid setsid sleep 1001 & exec sleep 1002' 2>err || status=$?
same "status of a time-out" $status 124
! kill -0 "$(cat daemon)" 2>/dev/null || fail "the daemon is still there"
status=0
rm daemon
"$PROGRAMS/supervise" 60 bash -c 'setsid sleep 1000 & echo $! >daemon; exit 7' || status=$?
same "the command's own status" $status 7
! kill -0 "$(cat daemon)" 2>/dev/null || fail "the daemon is still there"
rm daemon
"$PROGRAMS/supervise" 60 bash -c 'setsid sleep 1000 & echo $! >daemon; wait' &
await 60 "the daemon" test -s daemon
kill -TERM $!
status=0
wait $! || status=$?
same "status after SIGTERM" $status 143
! kill -0 "$(cat daemon)" 2>/dev/null || fail "the daemon is still there"
