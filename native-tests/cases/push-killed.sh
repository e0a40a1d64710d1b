# A push whose daemon and client are killed on the way: nothing half is visible at the hub, and the same command again finishes it.
# timeout: 300
hub_start "$CASE/hub"
key=$(hub_user "$CASE/hub" ada)
DOTMESH_PASSWORD=$key dm remote add hub "ada@127.0.0.1:$HUB_PORT"
dot shop db
/usr/bin/python3 -c 'import os, sys
with open("db/data", "wb") as file:
    for _ in range(int(sys.argv[1])):
        file.write(os.urandom(1 << 20))' "$(by_size 200 2000)"
id=$(commit large)
new_home "$CASE/second"
second() { at_home "$CASE/second" "$@"; }
DOTMESH_PASSWORD=$key second remote add hub "ada@127.0.0.1:$HUB_PORT"
received() { du -sk "$CASE/hub" | cut -f1; }
before=$(received)
interrupted=0
for round in 1 2 3; do
  dm push hub >"push.$round.out" 2>&1 &
  push=$!
  await 60 "some of it to arrive" bash -c "[ \$(du -sk '$CASE/hub' | cut -f1) -gt $((before + 10000 * round)) ] || ! kill -0 $push"
  kill -0 $push 2>/dev/null && interrupted=$((interrupted + 1))
  daemon=$(daemon_pid) || daemon=''
  if [ -n "$daemon" ]; then
    kill -9 "$daemon" || true
    # Who connects to one that is just dying is told of a lost connection.
    await 60 "the killed daemon to be gone" bash -c "! kill -0 $daemon"
  fi
  wait $push || true
  if [ $round = 1 ] && [ $interrupted = 1 ]; then
    ! second clone hub shop >clone.out 2>&1 || fail "a half push can be cloned"
  fi
done
[ $interrupted -gt 0 ] || skip "every push was faster than the test"
dm push hub >last.out
second clone hub shop >/dev/null
mkdir copy
second mount shop.db "$CASE/copy"
cmp copy/data db/data
same "the same commit" "$(second log -n 1 | sed -n 's/^commit //p')" "$id"
