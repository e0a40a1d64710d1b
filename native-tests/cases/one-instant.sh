# One instant: writers on two subdots take turns by every kind of operation, in threads and processes; each of 200 commits holds an exact prefix.
# timeout: 600
# alone: yes
commits=$(by_size 200 1000)
dot pair A B
"$PROGRAMS/turns" "$CASE/A" "$CASE/B" "$CASE/history" >ready 2>turns.err &
writer=$!
await 30 "the writers" grep -q ready ready
clock() { "$PROGRAMS/turns-check" --clock "$CASE/history"; }
for ((n = 1; n <= commits; n++)); do
  done_by=$(clock)
  id=$(commit "commit $n" --dot pair)
  echo "$id $done_by $(clock)" >>taken
  kill -0 $writer || fail "the writers ended: $(cat turns.err)"
done
kill $writer
wait $writer || fail "the writers failed: $(cat turns.err)"
same "commits taken" "$(sort -u taken | wc -l)" "$commits"

# Each commit is mounted and read like any other data; a daemon serves many mounts, so they are taken down by the kernel's own means.
mkdir at
checked=0
detach() { if am_root; then umount -l "$1"; else fusermount3 -uz "$1"; fi; }
while read -r id done_by begun_by; do
  checked=$((checked + 1))
  mkdir "at/$checked.A" "at/$checked.B"
  dm mount pair.A "$CASE/at/$checked.A" --at "$id" --read-only >/dev/null &
  mount_a=$!
  dm mount pair.B "$CASE/at/$checked.B" --at "$id" --read-only >/dev/null
  wait $mount_a
  is_mounted "$CASE/at/$checked.A" && is_mounted "$CASE/at/$checked.B" || fail "commit $id is not mounted"
  echo "$checked:${id:0:12} at/$checked.A at/$checked.B $done_by $begun_by" >>states
  if [ $((checked % 20)) = 0 ] || [ $checked = "$commits" ]; then
    "$PROGRAMS/turns-check" history <states || fail "a commit is not one instant"
    awk '{ print $2; print $3 }' states | while read -r dir; do detach "$CASE/$dir"; done
    rm states
  fi
done <taken
same "commits checked" "$checked" "$commits"
