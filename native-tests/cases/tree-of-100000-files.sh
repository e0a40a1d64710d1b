# 100,000 files: commit, touch ten, commit and diff what changed only, checkout both ways, clone.
# timeout: 500
# alone: yes
files=$(by_size 20000 100000)
dot shop files
fill() {
  /usr/bin/python3 - "$1" "$2" <<'PY'
import os, sys
top, files = sys.argv[1], int(sys.argv[2])
for number in range(files):
    if number % 1000 == 0:
        directory = f"{top}/d{number // 1000:03}"
        os.mkdir(directory)
    with open(f"{directory}/f{number:06}", "wb") as file:
        file.write(b"file %d\n" % number * 10)
PY
}
fill files "$files"
first=$(commit first)
same "nothing is dirty" "$(dm diff --name-status)" ""
for n in {0..9}; do echo changed >>"files/d00$n/f00${n}500"; done
second=$(commit second)
cat commit.out
same "ten files differ" "$(dm diff --name-status "$first" "$second" | wc -l)" 10
dm checkout -b old "$first"
same "an old file" "$(tail -n 1 files/d005/f005500)" "file 5500"
same "as many as ever" "$(find files -type f | wc -l)" "$files"
dm checkout master
same "the new file" "$(tail -n 1 files/d005/f005500)" changed
rm -r files/d003
same "a directory less" "$(dm diff --name-status | wc -l)" 1000
commit third >/dev/null
mkdir remote copy
dm remote add backup "file://$CASE/remote"
dm push backup >/dev/null
new_home "$CASE/second"
at_home "$CASE/second" remote add backup "file://$CASE/remote"
at_home "$CASE/second" clone backup shop >/dev/null
at_home "$CASE/second" mount shop.files "$CASE/copy"
diff <(cd files && find . -type f -print0 | sort -z | xargs -0 cat | sha256sum) <(cd copy && find . -type f -print0 | sort -z | xargs -0 cat | sha256sum)
