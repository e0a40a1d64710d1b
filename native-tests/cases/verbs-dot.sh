# dot show and delete: the question before deleting, refused while mounted, -f, and nothing of other dots touched.
dot shop db
echo x >db/data
id=$(commit first)
out=$(dm dot show shop)
for word in shop master db; do contains "dot show" "$out" "$word"; done
dm dot show --json shop | is_json
same "-H is tab-separated" "$(dm dot show -H shop | grep -c $'\t' | awk '{ print ($1 > 0) }')" 1
refused "mounted|in use" dot delete -f shop
same "refused: the data is still there" "$(cat db/data)" x
dm unmount db
asked=$(echo n | timeout 60 "$DM" dot delete shop 2>&1 || true)
contains "the question" "$asked" "(enter Y to continue)"
contains "the answer" "$asked" "Aborted."
contains "aborted: still listed" "$(dm list)" shop
echo Y | timeout 60 "$DM" dot delete shop >/dev/null
lacks "deleted" "$(dm list)" " shop "
refused "unknown|exist|no such|not found" dot show shop
