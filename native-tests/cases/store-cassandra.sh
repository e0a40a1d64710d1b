# Cassandra under load, committed while it runs: a node on each commit has every entry acknowledged before it; so has a killed node; nodetool verify is clean.
# users: root
# size: full
# timeout: 120
# alone: yes
# A node takes half a minute to start, hence FULL=1 only.
. "$NATIVE/lib/cassandra.sh"
needs mvn javac
cassandra_fetch "$CASE/jars" "${MAVEN_REPOSITORY:-}" || skip "cassandra-all cannot be fetched: $(grep -m 1 ERROR jars.log | cut -c1-200)"
chmod -R a+rX jars
dot shop db
cassandra_start live "$CASE/db"
cassandra_java "$PROGRAMS/GuestBook.java" write "$(cat "$STORES/live/port")" "$CASE/acked" >write.out 2>&1 &
writer=$!
await 60 "the first entries" bash -c "[ \$(cat '$CASE/acked') -gt 200 ]"
for n in 1 2; do
  [ $n = 1 ] || nodetool live flush book
  before=$(cat acked)
  id=$(commit "under load $n")
  echo "$id $before $(($(cat acked) + 1))" >>taken
  await 60 "further entries" bash -c "[ \$(cat '$CASE/acked') -gt $((before + 200)) ]"
done
kill -0 $writer || fail "the writer ended under the commits: $(tail -n 3 write.out)"
cassandra_kill live
kill $writer 2>/dev/null || true
wait $writer 2>/dev/null || true
acked=$(cat acked)
cassandra_start live "$CASE/db"
note "killed: $(cassandra_java "$PROGRAMS/GuestBook.java" check "$(cat "$STORES/live/port")" "$acked" $((acked + 1))) entries, $acked acknowledged"
# the copies run beside the live node
n=0
while read -r id before after; do
  n=$((n + 1))
  mkdir "copy$n"
  dm mount shop.db "$CASE/copy$n" --at "$id"
  cassandra_start "copy$n" "$CASE/copy$n"
  count=$(cassandra_java "$PROGRAMS/GuestBook.java" check "$(cat "$STORES/copy$n/port")" "$before" "$after")
  note "commit $n: $before <= $count <= $after entries"
  nodetool "copy$n" flush book
  nodetool "copy$n" verify --extended-verify --force book >verify.out 2>&1 || fail "nodetool verify: $(tail -n 5 verify.out)"
  nodetool "copy$n" scrub --no-snapshot book >scrub.out 2>&1 || fail "nodetool scrub: $(tail -n 5 scrub.out)"
  ! grep -E 'Corrupt|FSReadError|FSWriteError' "$STORES/copy$n/server.log" || fail "the copy met damage"
  same "after scrub" "$(cassandra_java "$PROGRAMS/GuestBook.java" check "$(cat "$STORES/copy$n/port")" "$before" "$after")" "$count"
  cassandra_stop "copy$n"
  dm unmount "$CASE/copy$n"
done <taken
cassandra_stop live
