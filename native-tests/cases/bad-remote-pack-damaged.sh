# The same at a file:// remote: fetch and clone refuse and say why, the own store stays sound, verify finds it.
dot shop db
head -c 2000000 /dev/urandom >db/data
commit one >/dev/null
mkdir remote
dm remote add backup "file://$CASE/remote"
dm push backup
victim=$(find remote -type f -name '*.pack' -printf '%s %p\n' | sort -rn | head -n 1 | cut -d' ' -f2-)
[ -n "$victim" ] || fail "no pack at the remote"
cp "$victim" saved
chmod u+w "$victim"
new_home "$CASE/other"
at_home "$CASE/other" remote add backup "file://$CASE/remote"
size=$(stat -c %s "$victim")
refuses() {
  local status=0
  at_home "$CASE/other" clone backup shop >clone.out 2>clone.err || status=$?
  one_clear_line $status clone.err 1 "damaged|corrupt|truncated|$(basename "$victim" .pack)"
  ! grep -qE '^[[:space:]]+at ' clone.err || fail "a stack trace: $(cat clone.err)"
  at_home "$CASE/other" fsck
  status=0
  at_home "$CASE/other" verify backup >verify.out 2>verify.err || status=$?
  one_clear_line $status verify.err 1 "1 thing is damaged"
  contains "verify names the dot" "$(cat verify.out)" "damaged: admin/shop: "
  same "nothing half is listed" "$(at_home "$CASE/other" log --dot shop 2>/dev/null | wc -l)" 0
}
/usr/bin/python3 -c 'import sys; f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); b = f.read(1); f.seek(int(sys.argv[2])); f.write(bytes([b[0] ^ 0x40]))' "$victim" $((size / 2))
refuses
cp saved "$victim"
truncate -s $((size / 2)) "$victim"
refuses
cp saved "$victim"
contains "verify" "$(at_home "$CASE/other" verify backup)" "All is sound"
at_home "$CASE/other" verify --json backup | is_json
[ ! -e "$CASE/other/verify" ] || fail "verify left what it fetched"
at_home "$CASE/other" clone backup shop
mkdir copy
at_home "$CASE/other" mount shop.db "$CASE/copy"
cmp copy/data db/data
