# One write is in a commit whole or not at all, unless the kernel makes two requests of it: then a commit may hold the first, up to the end of a page, and nothing else.
# timeout: 240
commits=$(by_size 12 200)
dot shop files
"$PROGRAMS/versions" write files >ready 2>writer.err &
writer=$!
await 30 "the first versions" grep -q ready ready
for i in $(seq "$commits"); do
  commit "number $i" >>ids
done
kill $writer && wait $writer || true
same "what the writer says" "$(cat writer.err)" ""
mkdir at
for id in $(cat ids); do
  dm mount shop.files at --at "$id" --read-only
  "$PROGRAMS/versions" check at >>found || fail "commit $id"
  dm unmount at
done
note "$(sort found | uniq -c | tr -s ' \n' ' ')"
