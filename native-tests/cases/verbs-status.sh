# status: dot, branch, subdots and their mounts, dirty size per subdot, and who has files open.
dot shop db cache
head -c 100000 /dev/urandom >db/data
out=$(dm status)
for word in shop master db cache "$CASE/db" "$CASE/cache" kiB; do contains "status" "$out" "$word"; done
sleep 1000 <db/data &
holder=$!
contains "the process that has a file open" "$(dm status)" "$holder"
contains "its name" "$(dm status)" "sleep"
kill $holder
dm status --json | is_json
lacks "nobody is shown for closed files" "$(dm status)" "$holder"
commit one >/dev/null
lacks "nothing is dirty after a commit" "$(dm status)" "97.66 kiB"
