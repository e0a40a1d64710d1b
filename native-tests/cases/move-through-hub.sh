# push, a second push, clone, pull and fetch through a hub: data, history and branches arrive; what is there already is not sent again.
hub_start "$CASE/hub"
key=$(hub_user "$CASE/hub" ada)
new_home "$CASE/second"
second() { at_home "$CASE/second" "$@"; }
DOTMESH_PASSWORD=$key dm remote add hub "ada@127.0.0.1:$HUB_PORT"
DOTMESH_PASSWORD=$key second remote add hub "ada@127.0.0.1:$HUB_PORT"
dot shop db files
head -c 3000000 /dev/urandom >db/data
mkdir files/dir && echo one >files/dir/a
commit one >/dev/null
echo two >files/dir/a
commit two >/dev/null
dm push hub >push.out
contains "what a push prints" "$(cat push.out)" "Pushing admin/shop to hub:ada/shop
Calculating...
finished "
contains "its end" "$(cat push.out)" "Done!"
matches "its bar" "$(grep finished push.out | tail -n 1)" 'finished [0-9.]+ [kMG]?i?B / [0-9.]+ [kMG]?i?B \[=*>?.*\] 100\.00% .*\([0-9]+/[0-9]+\).*'
dm push hub >again.out
lacks "a second push sends nothing" "$(cat again.out)" "MB / "
second clone hub shop >clone.out
contains "what a clone prints" "$(cat clone.out)" "Done!"
mkdir db2 files2
second mount shop.db "$CASE/db2"
second mount shop.files "$CASE/files2"
cmp db/data db2/data
same "the tree" "$(tree files)" "$(tree files2)"
same "the history" "$(second log --json | json '[c["id"] for c in d["commits"]]')" "$(dm log --json | json '[c["id"] for c in d["commits"]]')"
echo three >files/dir/a
third=$(commit three)
dm tag -m "the third state" v3
dm tag light
dm push hub >/dev/null
second fetch hub
same "tags come with what they name" "$(second tag)" "light
v3"
contains "an annotated one whole" "$(second tag --json)" "the third state"
same "fetch moves nothing of ours" "$(cat files2/dir/a)" two
second log -n 1 | grep -q "$third" && fail "fetch moved the branch"
same "but knows" "$(second show hub/master | sed -n 's/^commit \([0-9a-f]*\).*/\1/p' | head -n 1)" "$third"
second pull hub
same "pull brings the data" "$(cat files2/dir/a)" three
echo dirty >files2/dir/a
echo four >files/dir/a
commit four >/dev/null
dm push hub >/dev/null
status=0
second pull hub >pull.out 2>pull.err || status=$?
one_clear_line $status pull.err 1 "uncommitted|dirty"
same "the uncommitted data is untouched" "$(cat files2/dir/a)" dirty
second reset --hard HEAD
second pull hub
same "then it is pulled" "$(cat files2/dir/a)" four
dm checkout -b feature
echo feature >files/dir/a
commit feature >/dev/null
dm push hub
second clone hub shop feature --local-name shop2 >/dev/null 
second fetch hub shop
contains "the branch is known" "$(second show hub/feature --dot shop)" feature
