# SQLite with a write-ahead log and with a rollback journal: writers that are killed, commits under them, integrity_check of each.
# timeout: 180
needs sqlite3
dot shop db
cat >writer.py <<'PY'
import sqlite3, sys
path, mode, journal = sys.argv[1:4]
db = sqlite3.connect(path, timeout=30, isolation_level=None)
assert db.execute(f"pragma journal_mode={mode}").fetchone()[0] == mode
db.execute("pragma synchronous=full")
db.execute("create table if not exists t (n integer primary key, twin integer, text blob)")
n = db.execute("select coalesce(max(n), 0) from t").fetchone()[0]
acked = open(journal, "w")
while True:
    db.execute("begin immediate")
    for _ in range(5):  # all five or none
        n += 1
        db.execute("insert into t values (?, ?, randomblob(300))", (n, -n))
    if n % 50 == 0:
        db.execute("delete from t where n < ?", (n - 2000,))
    db.execute("commit")
    acked.seek(0)
    acked.write(f"{n:10}")
    acked.flush()
PY
check() { # FILE AT-LEAST
  same "integrity of $1" "$(sqlite3 "$1" 'pragma integrity_check')" ok
  same "whole transactions of $1" "$(sqlite3 "$1" 'select max(n) % 5, sum(n + twin) from t')" "0|0"
  [ "$(sqlite3 "$1" 'select max(n) from t')" -ge "$2" ] || fail "$1 lost acknowledged transactions: $(sqlite3 "$1" 'select max(n) from t') < $2"
}
acked() { tr -d ' ' <"$CASE/acked.$1"; }
more_than() { [ "$(acked "$1")" -gt "$2" ]; }
for mode in wal delete; do
  for round in 1 2; do
    : >"acked.$mode"
    /usr/bin/python3 writer.py db/$mode.db $mode "acked.$mode" &
    writer=$!
    await 60 "the writer" test -s "acked.$mode"
    await 60 "its transactions" more_than $mode $(($(acked $mode) + 200))
    before=$(acked $mode)
    id=$(commit "$mode $round")
    await 60 "further ones" more_than $mode $((before + 100))
    kill -9 $writer
    wait $writer 2>/dev/null || true
    at=$CASE/at.$mode.$round
    mkdir "$at"
    dm mount shop.db "$at" --at "$id"
    check "$at/$mode.db" "$before"
    dm unmount "$at"
    check db/$mode.db "$(acked $mode)"
  done
done
# two processes in one database see each other's rows, as locks and the shared memory file have it
/usr/bin/python3 - "$CASE/db/shared.db" <<'PY'
import os, sqlite3, sys
path = sys.argv[1]
sqlite3.connect(path).execute("pragma journal_mode=wal").connection.execute("create table t (who, n)")
children = []
for who in range(3):
    pid = os.fork()
    if pid == 0:
        db = sqlite3.connect(path, timeout=60, isolation_level=None)
        for n in range(100):
            db.execute("insert into t values (?, ?)", (who, n))
        os._exit(0)
    children.append(pid)
for pid in children:
    assert os.waitpid(pid, 0)[1] == 0
assert sqlite3.connect(path).execute("select count(*), count(distinct who * 1000 + n) from t").fetchone() == (300, 300)
PY
