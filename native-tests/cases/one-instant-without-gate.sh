# The test of the test: with the gate disabled (a system property that only tests set) the one-instant check must find a commit that is no prefix.
# timeout: 600
# alone: yes
export DM_DAEMON_OPTS="-Ddotfs.test.disableGate=true"
dot pair A B
"$PROGRAMS/turns" "$CASE/A" "$CASE/B" "$CASE/history" >ready 2>turns.err &
writer=$!
await 30 "the writers" grep -q ready ready
clock() { "$PROGRAMS/turns-check" --clock "$CASE/history"; }
mkdir at
detach() { if am_root; then umount -l "$1"; else fusermount3 -uz "$1"; fi; }
caught=
for round in {1..10}; do
  rm -f taken states
  for n in {1..20}; do
    done_by=$(clock)
    id=$(commit "commit $round.$n" --dot pair)
    echo "$id $done_by $(clock)" >>taken
  done
  while read -r id done_by begun_by; do
    mkdir "at/$id.A" "at/$id.B"
    dm mount pair.A "$CASE/at/$id.A" --at "$id" --read-only >/dev/null &
    mount_a=$!
    dm mount pair.B "$CASE/at/$id.B" --at "$id" --read-only >/dev/null
    wait $mount_a
    echo "${id:0:12} at/$id.A at/$id.B $done_by $begun_by" >>states
  done <taken
  status=0
  "$PROGRAMS/turns-check" history <states >check.out 2>&1 || status=$?
  awk '{ print $2; print $3 }' states | while read -r dir; do detach "$CASE/$dir"; done
  [ $status -le 1 ] || fail "the check itself failed: $(cat check.out)"
  if [ $status = 1 ]; then
    caught=$(head -n 1 check.out)
    break
  fi
done
kill $writer
wait $writer || true
[ -n "$caught" ] || fail "200 commits without a gate, and the check found nothing: it cannot fail"
note "caught: $caught"
NO_FSCK=1
