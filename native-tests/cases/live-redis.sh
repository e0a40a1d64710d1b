# Redis with its append-only file, committed while numbered keys are written: each commit loads, and holds exactly the keys 1..n.
# timeout: 200
needs_redis
dot shop cache
redis_start live "$CASE/cache"
/usr/bin/python3 - "$STORES/live/redis.sock" "$CASE/acked" <<'PY' &
import os, socket, struct, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
answers = client.makefile("rb")
acked = os.open(sys.argv[2], os.O_CREAT | os.O_WRONLY)
n = 0
while True:
    n += 1
    key = b"key:%d" % n
    client.sendall(b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%d\r\n" % (len(key), key, len(b"%d" % n), n))
    if answers.readline() != b"+OK\r\n":
        sys.exit("no OK")
    os.pwrite(acked, struct.pack("<Q", n), 0)
PY
writer=$!
acked() { od -An -t u8 "$CASE/acked" | tr -d ' '; }
await 60 "the writer" test -s acked
more_than() { [ "$(acked)" -gt "$1" ]; }
for n in {1..5}; do
  await 60 "further keys" more_than $((n == 1 ? 100 : after + 100))
  before=$(acked)
  id=$(commit "under load $n")
  after=$(acked)
  echo "$id $before $after" >>taken
done
kill $writer
wait $writer 2>/dev/null || true
while read -r id before after; do
  mkdir "copy$before"
  dm mount shop.cache "$CASE/copy$before" --at "$id"
  redis-check-aof "$CASE/copy$before/appendonlydir/appendonly.aof.manifest" >aof.out 2>&1 || note "tail to be cut: $(tail -n 1 aof.out)"
  redis_start "copy$before" "$CASE/copy$before"
  keys=$(redis "copy$before" dbsize)
  [ "$keys" -ge "$before" ] && [ "$keys" -le $((after + 1)) ] || fail "$keys keys; $before were acknowledged before the commit, $after right after it"
  same "the last key" "$(redis "copy$before" get "key:$keys")" "$keys"
  same "no key is missing before it" "$(redis "copy$before" eval "for i = 1, $keys do if redis.call('get', 'key:' .. i) ~= tostring(i) then return i end end return 0" 0)" 0
  note "$before <= $keys <= $after keys"
  redis_stop "copy$before"
  dm unmount "$CASE/copy$before"
done <taken
redis_stop live
