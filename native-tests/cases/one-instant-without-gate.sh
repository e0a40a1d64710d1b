# The test of the test: with the gate disabled (a system property that only tests set) the one-instant check must find a commit that is no prefix.
# timeout: 400
# alone: yes
export DM_DAEMON_OPTS="-Ddotfs.test.disableGate=true"
NO_FSCK=1
dot pair A B
tr '\0' '\n' <"/proc/$(daemon_pid)/cmdline" | grep -qx -- "$DM_DAEMON_OPTS" || fail "the daemon was not started with $DM_DAEMON_OPTS"
"$PROGRAMS/turns" "$CASE/A" "$CASE/B" "$CASE/history" >ready 2>turns.err &
export WRITERS=$!
await 60 "the writers" grep -q ready ready
mkdir at
status=0
"$PROGRAMS/instants" 200 pair "$CASE/history" "$CASE/at" --until-caught >caught.out 2>&1 || status=$?
kill $WRITERS
wait $WRITERS || true
cat caught.out
same "status of the check without a gate" $status 1
grep -q "not one instant\|is missing, although\|instead of\|torn" caught.out || fail "the check failed for another reason"
