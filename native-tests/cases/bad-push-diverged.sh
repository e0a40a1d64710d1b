# A push that would lose commits on the other side is refused and says which; a pull of diverged history is refused; nothing is lost on either side.
hub_start "$CASE/hub"
key=$(hub_user "$CASE/hub" ada)
new_home "$CASE/second"
second() { at_home "$CASE/second" "$@"; }
DOTMESH_PASSWORD=$key dm remote add hub "ada@127.0.0.1:$HUB_PORT"
DOTMESH_PASSWORD=$key second remote add hub "ada@127.0.0.1:$HUB_PORT"
dot shop db
echo base >db/data
commit base >/dev/null
dm push hub
second clone hub shop
mkdir copy
second mount shop.db "$CASE/copy"
echo theirs >copy/data
second commit -m theirs >/dev/null
second push hub
theirs=$(second log -n 1 | sed -n 's/^commit //p')
echo ours >db/data
ours=$(commit ours)
refused "${theirs:0:7}|lose|diverged|fast-forward" push hub
contains "it says which commit" "$(cat "$CASE/refused.err")" "${theirs:0:7}"
refused "diverged|fast-forward" pull hub
same "ours is still here" "$(head_id)" "$ours"
same "our data too" "$(cat db/data)" ours
second fetch hub
same "theirs is still there" "$(second show hub/master | sed -n 's/^commit //p' | head -n 1)" "$theirs"
dm pull hub --stash-on-divergence
same "theirs is taken" "$(head_id)" "$theirs"
same "with its data" "$(cat db/data)" theirs
stash=$(dm branch | grep -o 'master-DIVERGED-[^ ]*')
same "ours is kept on a branch" "$(dm log -n 1 --branch "$stash" | sed -n 's/^commit //p')" "$ours"
