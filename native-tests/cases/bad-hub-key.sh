# A wrong key, a hub that is down, a hub that is not one: one clear line, exit status 1, nothing changed, and the same command works afterwards.
hub_start "$CASE/hub" "$(free_ports 1)" # nobody else may get it while the hub is down
key=$(hub_user "$CASE/hub" ada)
dot shop db
echo x >db/data
id=$(commit one)
DOTMESH_PASSWORD=0000000000000000000000000000000000000000000000000000000000000000 dm remote add wrong "ada@127.0.0.1:$HUB_PORT" 2>add.err || one_clear_line 1 add.err 1 'Permission denied'
if dm remote -v | grep -q wrong; then
  refused '^dm: Permission denied\. Please check that your API key is still valid\.$' push wrong
  refused '^dm: Permission denied\. Please check that your API key is still valid\.$' clone wrong shop
fi
DOTMESH_PASSWORD=$key dm remote add hub "ada@127.0.0.1:$HUB_PORT"
port=$HUB_PORT
hub_stop
refused "127.0.0.1|connect|refused|reach" push hub
refused "127.0.0.1|connect|refused|reach" fetch hub
same "nothing lost" "$(head_id)" "$id"
/usr/bin/python3 -m http.server --bind 127.0.0.1 "$port" >/dev/null 2>&1 &
stranger=$!
await 60 "the stranger" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
refused "." push hub
kill $stranger
wait $stranger 2>/dev/null || true
hub_start "$CASE/hub" "$port"
dm push hub
same "nothing is left to push" "$(dm push hub >push.out 2>&1 && echo yes)" yes
