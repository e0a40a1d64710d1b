# branch and checkout: list, -b, start points, data of each branch, -d refused and -D, -m; dirty data stays with its branch; PATH restored.
dot shop db files
echo base >db/data
echo base >files/a
echo base >files/b
base=$(commit base)
same "the first branch" "$(dm branch)" "* master"
dm checkout -b experiment
same "the list" "$(dm branch)" "* experiment
  master"
echo changed >db/data
rm files/a
commit "on experiment" >/dev/null
dm checkout master
same "old data of db" "$(cat db/data)" base
same "old data of files" "$(ls files)" "a
b"
same "list shows the branch" "$(dm list --json | json 'd["dots"][0]["branch"]')" master
echo uncommitted >db/data
dm checkout experiment
same "the other branch's data" "$(cat db/data)" changed
dm checkout master
same "uncommitted data stayed with its branch" "$(cat db/data)" uncommitted
dm checkout master -- db/data
same "a single path is brought back" "$(cat db/data)" base
dm checkout experiment -- db/data
same "a single path from another branch" "$(cat db/data)" changed
same "nothing else moved" "$(ls files)" "a
b"
dm reset --hard HEAD
dm branch old "$base"
same "a branch made elsewhere" "$(dm branch | tr -d '\n')" "  experiment* master  old"
dm branch -m old older
contains "renamed" "$(dm branch)" "  older"
dm branch -d older
refused "has commits that no other" branch -d experiment
contains "refused: it is still there" "$(dm branch)" "experiment"
dm branch -D experiment
same "only master is left" "$(dm branch)" "* master"
refused "current|checked out" branch -d master
refused "no such branch: nothing" checkout nothing
refused "already" checkout -b master
dm branch -v | grep -q "${base:0:7}" || fail "branch -v does not show the commit"
dm branch --json | is_json
dm checkout -b from-start "$base"
same "-b BRANCH START" "$(dm log --oneline | wc -l)" 1
