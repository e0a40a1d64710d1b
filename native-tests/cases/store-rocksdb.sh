# RocksDB under synced batches, flushes and compactions: killed, and committed meanwhile; each copy holds whole batches, all that were acknowledged.
# timeout: 240
# alone: yes
needs javac
jar=$(find "$(dirname "$(dirname "$DM")")/lib" -name 'rocksdbjni*.jar' | head -n 1)
[ -n "$jar" ] || skip "no rocksdbjni beside $DM"
dot shop db
mkdir classes
javac -d classes -cp "$jar" "$PROGRAMS/Rocks.java"
rocks() { java -Xmx128m -cp "$jar:$CASE/classes" Rocks "$@"; }
mkdir db/rocks
java -Xmx128m -cp "$jar:$CASE/classes" Rocks write "$CASE/db/rocks" "$CASE/acked" >write.out 2>&1 &
writer=$!
for n in 1 2 3; do
  from=$(cat acked 2>/dev/null || echo 0)
  await 60 "more keys" bash -c "[ \$(cat '$CASE/acked') -gt $((from + 2000)) ]"
  before=$(cat acked)
  id=$(commit "under load $n")
  echo "$id $before" >>taken
done
kill -0 $writer || fail "the writer ended: $(tail -n 3 write.out)"
kill -9 $writer
wait $writer 2>/dev/null || true
note "killed: $(rocks check db/rocks "$(cat acked)") keys, $(cat acked) acknowledged"
n=0
while read -r id before; do
  n=$((n + 1))
  mkdir "copy$n"
  dm mount shop.db "$CASE/copy$n" --at "$id"
  note "commit $n: $(rocks check "copy$n/rocks" "$before") keys, $before acknowledged before"
  dm unmount "$CASE/copy$n"
done <taken
# its own tools: a benchmark killed in the middle, and the checker
if command -v db_bench >/dev/null && command -v ldb >/dev/null; then
  db_bench --benchmarks=fillrandom,overwrite --db="$CASE/db/bench" --num=100000000 --value_size=200 --sync=0 --write_buffer_size=1048576 \
    --target_file_size_base=1048576 --compression_type=none >bench.out 2>&1 &
  bench=$!
  await 60 "the benchmark's tables" bash -c "[ \$(ls '$CASE/db/bench'/*.sst | wc -l) -gt 3 ]"
  id=$(commit "under db_bench")
  kill -9 $bench
  wait $bench 2>/dev/null || true
  mkdir bench
  dm mount shop.db "$CASE/bench" --at "$id"
  for dir in db/bench bench/bench; do
    contains "ldb of $dir" "$(ldb --db="$CASE/$dir" checkconsistency 2>&1)" OK
    db_bench --benchmarks=verifychecksum,readseq --use_existing_db=1 --db="$CASE/$dir" --compression_type=none >check.out 2>&1 || fail "db_bench: $(tail -n 3 check.out)"
  done
  dm unmount "$CASE/bench"
else
  note "without rocksdb-tools: no db_bench, no ldb"
fi
