# status: dot, branch, subdots and their mounts, dirty size per subdot, and who has files open.
dot shop db cache
head -c 100000 /dev/urandom >db/data
out=$(dm status)
for word in shop master db cache "$CASE/db" "$CASE/cache" kiB; do contains "status" "$out" "$word"; done
sleep 1000 <db/data &
holder=$!
await 60 "the holder" grep -qx sleep "/proc/$holder/comm"
contains "the process that has a file open" "$(dm status)" "$holder"
contains "its name" "$(dm status)" "sleep"
kill $holder
wait $holder 2>/dev/null || true
dm status --json | is_json
lacks "nobody is shown for closed files" "$(dm status)" "$holder"
commit one >/dev/null
same "nothing is dirty after a commit" "$(dm status --json | json 'sum(s["dirtyBytes"] for s in d["subdots"])')" 0
contains "it says so" "$(dm status)" "Nothing to commit."
