# A hub that goes away in the middle of a push and comes back: the push picks up by itself, or by the same command again.
# timeout: 240
hub_start "$CASE/hub" "$(free_ports 1)" # nobody else may get it while the hub is down
key=$(hub_user "$CASE/hub" ada)
DOTMESH_PASSWORD=$key dm remote add hub "ada@127.0.0.1:$HUB_PORT"
dot shop db
/usr/bin/python3 -c 'import os
with open("db/data", "wb") as file:
    for _ in range(200):
        file.write(os.urandom(1 << 20))'
commit large >/dev/null
before=$(du -sk "$CASE/hub" | cut -f1)
DM_TIMEOUT=200 dm push hub >push.out 2>&1 &
push=$!
await 60 "some of it to arrive" bash -c "[ \$(du -sk '$CASE/hub' | cut -f1) -gt $((before + 10000)) ] || ! kill -0 $push"
port=$HUB_PORT
kill -9 $HUB_PID
wait $HUB_PID 2>/dev/null || true
hub_start "$CASE/hub" "$port"
wait $push || { note "not by itself: $(tail -n 1 push.out)" && dm push hub; }
new_home "$CASE/second"
DOTMESH_PASSWORD=$key at_home "$CASE/second" remote add hub "ada@127.0.0.1:$port"
at_home "$CASE/second" clone hub shop >/dev/null
mkdir copy
at_home "$CASE/second" mount shop.db "$CASE/copy"
cmp copy/data db/data
