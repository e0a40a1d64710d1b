# --json of every listing is one document with what the listing shows, also where names need quoting; -H never has a heading.
dot shop files
printf 'x' >"files/$(printf 'a"b\\c\nd')"
commit 'a "quoted" message' >/dev/null
dm tag one
for listing in list "dot show" status log branch tag reflog remote "diff HEAD"; do
  # shellcheck disable=SC2086
  dm $listing --json >document || fail "dm $listing --json ends with $?"
  is_json <document || fail "dm $listing --json is not one JSON document: $(head -c 300 document)"
done
same "the message survives" "$(dm log --json | json 'd["commits"][0]["message"].strip()')" 'a "quoted" message'
