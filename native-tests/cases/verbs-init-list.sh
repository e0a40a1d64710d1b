# init and list: the table of CLI.md to the byte, -H, --json, what is current, and DIRTY known without a commit.
dm init shop
server=$(dm list --json | json 'd["dots"][0]["server"]')
matches "the server's id" "$server" '[0-9a-f]{16}'
same "list of an empty dot" "$(dm list)" "Current remote: local (use 'dm remote -v' to list and 'dm remote switch' to switch)

  DOT   BRANCH  SERVER            CONTAINERS  SIZE  COMMITS  DIRTY
* shop  master  $server              -     0        -"

mkdir db
dm mount --create shop.db db
head -c 337000 /dev/urandom >db/data
table=$(dm list)
same "its heading" "$(head -n 1 <<<"$table")" "Current remote: local (use 'dm remote -v' to list and 'dm remote switch' to switch)"
same "its second line" "$(sed -n 2p <<<"$table")" ""
row=$(sed -n 4p <<<"$table")
matches "the row before a commit" "$row" "\* shop  master  $server  .*[0-9]+\.[0-9][0-9] (kiB|MiB)  0        329\.[0-9][0-9] kiB"
commit first >/dev/null
row=$(dm list | sed -n 4p)
matches "the row after a commit" "$row" "\* shop  master  $server  .*[0-9]+\.[0-9][0-9] (kiB|MiB)  1        -"

dm init accounts_2
same "columns line up with the longer name" "$(dm ls | sed -n '3,$p' | cut -c1-24)" "  DOT         BRANCH  SE
* accounts_2  master  ${server:0:2}
  shop        master  ${server:0:2}"
same "-H has no heading and one tab-separated line per dot" "$(dm list -H | wc -l)" 2
same "-H fields" "$(dm list -H | awk -F'\t' '{ print NF }' | sort -u | wc -l)" 1
matches "-H line" "$(dm list -H | grep -P '^\*?\s?shop\t|\tshop\t|shop\t')" ".*shop"$'\t'"master"$'\t'"$server"$'\t'".*"
same "names in JSON" "$(dm list --json | json 'sorted(x["dot"] for x in d["dots"])')" '["accounts_2", "shop"]'
refused 'there is a dot shop already' init shop
