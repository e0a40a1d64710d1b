# merge: fast-forward, both sides' files in one commit with two parents, conflicts by path with three ids that touch nothing, refusals.
dot shop files
echo 1 >files/a
echo 1 >files/b
mkdir files/d
echo 1 >files/d/f
dm commit -m Base >/dev/null
dm checkout -b dev >/dev/null
echo 2 >files/a
dm commit -m "Ours of dev" >/dev/null
dm checkout master >/dev/null

note "fast-forward, and nothing to do"
matches "a fast-forward" "$(dm merge dev)" 'Fast-forward: branch master is now at [0-9a-f]{12} Ours of dev'
same "its data" "$(cat files/a)" 2
same "once more" "$(dm merge dev)" "Already up to date."
contains "the reflog" "$(dm reflog -1)" "merge dev: fast-forward"
dm reset --hard HEAD^ >/dev/null

note "refusals"
echo 3 >files/b
refused "has uncommitted data" merge dev
dm commit -m "Ours of master" >/dev/null
refused "has commits that dev lacks" merge --ff-only dev
refused "unknown revision" merge nowhere
wrong_usage "do not go together" merge --ff-only --no-ff dev
wrong_usage BRANCH merge
exec 9<files/a
refused "merge refused: .* has file" merge dev
exec 9<&-

note "a merge commit"
dm merge -m "Join" -m "both" --author "Ann <a@x>" dev >/dev/null
same "both sides' data" "$(cat files/a files/b files/d/f)" "2
3
1"
same "two parents" "$(dm log --json -1 | json 'len(d["commits"][0]["parents"])')" 2
same "the message" "$(dm log --json -1 | json 'd["commits"][0]["message"]')" "Join

both"
same "nothing is dirty" "$(dm list -H | cut -f7)" 0
contains "the graph" "$(dm log --graph --oneline)" "|/"
dm checkout -b forward >/dev/null
echo 4 >files/new
dm commit -m New >/dev/null
dm checkout master >/dev/null
matches "--no-ff makes one too" "$(dm merge --no-ff forward)" 'Merged: branch master is now at [0-9a-f]{12} Merge forward into master'
same "what merged is in it" "$(cat files/new)" 4

note "conflicts"
echo 5 >files/a
rm -r files/d
dm commit -m "Theirs to lose" >/dev/null
head=$(head_id)
dm checkout dev >/dev/null
echo 6 >files/a
echo 6 >files/d/f
echo 6 >files/free
dm commit -m "Theirs" >/dev/null
dm checkout master >/dev/null
refused "both sides changed 2 paths; nothing was merged" merge dev
matches "conflicts by path with their ids" "$(cat "$CASE/refused.out")" 'CONFLICT files/a: base [0-9a-f]{12}, ours [0-9a-f]{12}, theirs [0-9a-f]{12}
CONFLICT files/d/f: base [0-9a-f]{12}, ours not there, theirs [0-9a-f]{12}'
same "conflicts in JSON" "$(dm merge --json dev 2>/dev/null | json '[d["outcome"], [c["path"] for c in d["conflicts"]], [len(c["theirs"]["id"]) for c in d["conflicts"]]]')" \
  '["conflicts", ["files/a", "files/d/f"], [64, 64]]'
same "the branch stands" "$(head_id)" "$head"
same "the data stands" "$(cat files/a; ls files)" "5
a
b
new"
same "and is clean" "$(dm list -H | cut -f7)" 0
note "made alike, it merges"
dm checkout dev -- files/a files/d >/dev/null
dm commit -m Alike >/dev/null
dm merge dev >/dev/null
same "merged after all" "$(cat files/a files/d/f files/free)" "6
6
6"
