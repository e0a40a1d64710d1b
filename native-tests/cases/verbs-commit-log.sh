# commit, log and show: ids, pause and bytes printed, metadata sorted, messages of many lines, -n, --oneline, --oldest-first, --json.
dot shop db
echo one >db/file
out=$(dm commit -m "First state" --author "Ada Lovelace <ada@example.org>" -d ticket=42 -d area=billing)
id1=$(head_id)
matches "a commit id" "$id1" '[0-9a-f]{64}'
contains "commit prints the id" "$out" "${id1:0:7}"
matches "commit prints the pause and the bytes" "${out//$'\n'/ }" '.*[0-9.]+ ?(µs|us|ms).*[0-9.]+ ?(B|kB|kiB|KiB|MiB|bytes).*'
same "log" "$(dm log | sed -E 's/^Date: .+/Date: DATE/; s/^Date:.*DATE/Date: DATE/')" "commit $id1
Author: Ada Lovelace <ada@example.org>
Date: DATE
area: billing
ticket: 42

    First state"
matches "the date can be read" "$(dm log | sed -n 's/^Date: *//p')" '(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]+ [0-9]+ [0-9:]{8} 20[0-9][0-9] [+-][0-9]{4}'

echo two >>db/file
dm commit -m "Second state

with a body
of two lines" >/dev/null
contains "all lines of a message, indented by 4" "$(dm log -n 1)" "    Second state

    with a body
    of two lines"
same "newest first" "$(dm log --oneline | sed -E 's/^[0-9a-f]+ (\([^)]*\) )?//')" "Second state
First state"
same "oldest first" "$(dm log --oneline --oldest-first | sed -E 's/^[0-9a-f]+ (\([^)]*\) )?//')" "First state
Second state"
same "-n 1" "$(dm log --oneline -n 1 | wc -l)" 1
contains "--graph" "$(dm log --graph --oneline)" "* "
same "the parent in JSON" "$(dm log --json | json 'd["commits"][0]["parents"]')" "[\"$id1\"]"
same "metadata in JSON" "$(dm log --json | json 'd["commits"][1]["metadata"]["ticket"]')" 42
contains "show" "$(dm show)" "Second state"
contains "show has the stat" "$(dm show)" "db/file"
contains "show of an older one" "$(dm show "${id1:0:8}")" "commit $id1"
refused "invalid metadata key" commit -m bad -d Upper=1
wrong_usage "-m" commit
