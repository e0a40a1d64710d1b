# LMDB, which reads through a mapping and writes by pwrite or through the mapping: killed writers, and commits under them that open and hold a prefix.
# timeout: 180
needs mdb_stat
/usr/bin/python3 -c 'import lmdb' 2>/dev/null || skip "Python has no lmdb"
dot shop db
cat >writer.py <<'PY'
import lmdb, sys
path, writemap, acked = sys.argv[1:4]
env = lmdb.open(path, map_size=1 << 30, writemap=writemap == "yes", map_async=False)
n = env.stat()["entries"]
acked = open(acked, "w")
while True:
    with env.begin(write=True) as txn:
        for _ in range(7):  # all seven or none
            txn.put(b"%08d" % n, b"%08d" % n * 40)
            n += 1
    acked.seek(0)
    acked.write(f"{n:10}")
    acked.flush()
PY
cat >check.py <<'PY'
import lmdb, sys
path, least = sys.argv[1], int(sys.argv[2])
env = lmdb.open(path, map_size=1 << 30)
with env.begin() as txn:
    keys = 0
    for key, value in txn.cursor():
        assert key == b"%08d" % keys and value == key * 40, (keys, key)
        keys += 1
assert keys % 7 == 0 and keys >= least, f"{keys} entries, {least} were acknowledged"
PY
acked() { tr -d ' ' <"acked.$1"; }
more_than() { [ "$(acked "$1")" -gt "$2" ]; }
for writemap in no yes; do
  mkdir db/$writemap
  /usr/bin/python3 writer.py db/$writemap $writemap "acked.$writemap" &
  writer=$!
  await 60 "the writer" test -s "acked.$writemap"
  for round in 1 2 3; do
    await 60 "further entries" more_than $writemap $((round == 1 ? 700 : before + 700))
    before=$(acked $writemap)
    id=$(commit "$writemap $round")
    mkdir "at.$writemap.$round"
    dm mount shop.db "$CASE/at.$writemap.$round" --at "$id"
    /usr/bin/python3 check.py "at.$writemap.$round/$writemap" "$before"
    mdb_stat -e "at.$writemap.$round/$writemap" >/dev/null
    dm unmount "$CASE/at.$writemap.$round"
  done
  kill -9 $writer
  wait $writer 2>/dev/null || true
  /usr/bin/python3 check.py db/$writemap "$(acked $writemap)"
done
mdb_copy -c db/yes >copy.mdb
[ "$(stat -c %s copy.mdb)" -gt 100000 ] || fail "a copy of $(stat -c %s copy.mdb) bytes"
