# PostgreSQL under pgbench, committed while it runs: each commit, mounted elsewhere, recovers, passes pg_amcheck, and its sums agree.
# timeout: 400
# alone: yes
needs_postgresql
dot shop db
pg_init "$CASE/db"
pg_start live "$CASE/db"
bin=$(pg_bin)
"$bin/pgbench" -q -i -s "$(by_size 2 20)" -h "$STORES/live" -U postgres postgres >init.out 2>&1
count() { sql "$1" 'select count(*) from pgbench_history'; }
more_than() { [ "$(count live)" -gt "$1" ]; }
"$bin/pgbench" -n -c 4 -j 2 -T 600 -h "$STORES/live" -U postgres postgres >bench.out 2>&1 &
bench=$!
await 60 "pgbench" more_than 20
for n in 1 2 3; do
  before=$(count live)
  id=$(commit "under load $n")
  after=$(count live)
  echo "$id $before $after" >>taken
  await 60 "further transactions" more_than $((after + 20))
done
kill -0 $bench || fail "pgbench ended under the commits: $(cat bench.out)"
kill $bench
wait $bench 2>/dev/null || true
lacks "pgbench met no error" "$(cat bench.out)" "ERROR"
n=0
while read -r id before after; do
  n=$((n + 1))
  mkdir "copy$n"
  dm mount shop.db "$CASE/copy$n" --at "$id" --drop-locks
  [ ! -e "copy$n/postmaster.pid" ] || fail "the lock file of the live server is still there"
  pg_start "copy$n" "$CASE/copy$n"
  rows=$(count "copy$n")
  # each of the four clients may have one in the log already that others do not see yet
  [ "$rows" -ge "$before" ] && [ "$rows" -le $((after + 4)) ] ||
    fail "commit $n has $rows transactions; $before were acknowledged before it, $after right after it"
  sums=$(sql "copy$n" "select (select sum(abalance) from pgbench_accounts) = (select sum(delta) from pgbench_history),
    (select sum(bbalance) from pgbench_branches) = (select sum(delta) from pgbench_history),
    (select sum(tbalance) from pgbench_tellers) = (select sum(delta) from pgbench_history)")
  same "the sums of commit $n" "$sums" "t|t|t"
  sql "copy$n" "create extension if not exists amcheck"
  "$bin/pg_amcheck" -h "$STORES/copy$n" -U postgres --heapallindexed --parent-check postgres >amcheck.out 2>&1 ||
    fail "pg_amcheck: $(cat amcheck.out)"
  grep -q "database system was not properly shut down\|redo" "$STORES/copy$n/server.log" || fail "the copy did not recover: that was no live commit"
  note "commit $n: $before <= $rows <= $after transactions"
  pg_stop "copy$n" "$CASE/copy$n"
  dm unmount "$CASE/copy$n"
done <taken
[ "$(count live)" -ge "$(tail -n 1 taken | cut -d" " -f3)" ] || fail "the live database lost transactions"
pg_stop live "$CASE/db"
