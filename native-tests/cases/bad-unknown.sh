# Unknown dots, branches, commits, paths and remotes: each verb says what it does not know, and changes nothing.
dot shop db
echo x >db/data
commit one >/dev/null
before=$(dm log --json; dm branch; cat db/data)
for words in "status --dot nothing" "log --dot nothing" "commit --dot nothing -m x" "switch nothing" "dot show nothing" "dot delete -f nothing" "mount nothing.db $CASE/tmp" \
  "checkout nothing" "checkout -b new nothing" "reset --hard nothing" "show nothing" "diff nothing" "tag t nothing" "branch -d nothing" "branch new nothing" "log --branch nothing" \
  "checkout master -- db/nothing" "push nowhere" "pull nowhere" "fetch nowhere" "clone nowhere shop" "remote rm nowhere" "mount shop.db $CASE/tmp --at nothing"; do
  # shellcheck disable=SC2086
  refused "nothing|nowhere" $words
done
same "nothing has changed" "$(dm log --json; dm branch; cat db/data)" "$before"
