# diff: letters A M D R T, --stat with bytes, unified hunks, one line for binary, -- PATH, --json, --summary; against commits and working data.
dot shop files db
cd files
printf 'one\ntwo\nthree\n' >text
echo same >same
echo gone >gone
head -c 50000 /dev/urandom >old-name
echo plain >becomes-link
mkdir dir && echo below >dir/below
cd ..
head -c 300000 /dev/urandom >db/table
first=$(commit first)
same "nothing has changed" "$(dm diff)" ""
cd files
printf 'one\nTWO\nthree\nfour\n' >text
rm gone
mv old-name new-name
ln -sf same becomes-link
echo new >dir/new
cd ..
printf 'X' | dd of=db/table bs=1 seek=200000 conv=notrunc status=none
expected=$(printf 'M\tdb/table\nT\tfiles/becomes-link\nA\tfiles/dir/new\nD\tfiles/gone\nR100\tfiles/old-name\tfiles/new-name\nM\tfiles/text')
normal() { LC_ALL=C sort -t$'\t' -k2 | sed 's/^R[0-9]*\t/R100\t/'; }
same "names against the working data" "$(dm diff --name-status | normal)" "$(normal <<<"$expected")"
second=$(commit second)
same "names of two commits" "$(dm diff --name-status "$first" "$second" | normal)" "$(normal <<<"$expected")"
same "and by other words for them" "$(dm diff --name-status HEAD^ HEAD | normal)" "$(normal <<<"$expected")"
same "backwards" "$(dm diff --name-status HEAD HEAD~1 -- files/gone)" "A	files/gone"
same "limited to a path" "$(dm diff --name-status HEAD^ HEAD -- files/dir)" "A	files/dir/new"
same "limited to a subdot" "$(dm diff --name-status HEAD^ HEAD -- db)" "M	db/table"
patch=$(dm diff -p HEAD^ HEAD -- files/text)
contains "a hunk" "$patch" "@@ -1,3 +1,4 @@
 one
-two
+TWO
 three
+four"
contains "git's default is the patch" "$(dm diff HEAD^ HEAD -- files/text)" "+TWO"
same "one line for binary" "$(dm diff -p HEAD^ HEAD -- db/table | grep -ci 'binary')" 1
stat=$(dm diff --stat HEAD^ HEAD)
contains "--stat names the file" "$stat" "db/table"
matches "--stat has bytes changed of bytes in all" "$(grep -F db/table <<<"$stat")" '.*[0-9.]+.*292\.97 kiB.*|.*[0-9]+.*300000.*|.*[0-9]+.*300,000.*'
dm diff --json HEAD^ HEAD | is_json
same "paths in JSON" "$(dm diff --json HEAD^ HEAD -- db | json 'd["entries"][0]["path"]')" "db/table"
contains "--summary" "$(dm diff --summary HEAD^ HEAD)" "files"
printf 'odd' >"files/$(printf 'new\nline\033[31m')"
lacks "control characters never reach the terminal" "$(dm diff --name-status)" $'\033'
same "a name with a line break is one line" "$(dm diff --name-status | wc -l)" 1
