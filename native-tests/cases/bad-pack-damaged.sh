# A pack that lost its end or has a flipped byte: fsck names it, reading what it held gives EIO and never wrong data, push refuses; the rest stays usable.
NO_FSCK=1
dot shop db
head -c 2000000 /dev/urandom >db/data
cp db/data original
commit one >/dev/null
echo small >db/small
commit two >/dev/null
dm unmount db
dm daemon stop
packs() { find "$DM_HOME" -type f -name '*.pack' -printf '%s %p\n' | sort -rn; }
victim=$(packs | head -n 1 | cut -d' ' -f2-)
[ -n "$victim" ] || fail "no pack under DM_HOME"
cp "$victim" saved
size=$(stat -c %s "$victim")
chmod u+w "$victim"
mkdir -p elsewhere

damaged() { # WHAT
  note "$1"
  local status=0 read_status=0
  dm fsck >fsck.out 2>&1 || status=$?
  same "status of fsck: $1" "$status" 1
  contains "fsck names the pack: $1" "$(cat fsck.out)" "$(basename "$victim" .pack)"
  ! grep -qE '^[[:space:]]+at ' fsck.out || fail "a stack trace: $(cat fsck.out)"
  # Data that cannot be read whole is an error; whatever can be read is right.
  if dm mount shop.db db --at HEAD --read-only 2>mount.err; then
    cat db/data >read.out 2>read.err || read_status=$?
    same "status of reading the damaged file: $1" "$read_status" 1
    contains "the error" "$(cat read.err)" "Input/output error"
    cmp -n "$(stat -c %s read.out)" read.out original || fail "wrong data was served: $1"
    dm unmount db
  else
    one_clear_line 1 mount.err 1 .
  fi
  rm -rf elsewhere && mkdir elsewhere
  refused "damaged|corrupt|truncated|$(basename "$victim" .pack)" push backup
  same "nothing visible was left at the remote" "$(at_home "$CASE/other" clone backup shop >/dev/null 2>&1 && echo cloned)" ""
  dm daemon stop
}
dm remote add backup "file://$CASE/elsewhere"
new_home "$CASE/other"
at_home "$CASE/other" remote add backup "file://$CASE/elsewhere"
dm daemon stop

/usr/bin/python3 -c 'import sys; f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); b = f.read(1); f.seek(int(sys.argv[2])); f.write(bytes([b[0] ^ 0x40]))' "$victim" $((size / 2))
damaged "a flipped bit in the middle"
cp saved "$victim"
truncate -s $((size * 2 / 3)) "$victim"
damaged "the last third is missing"

cp saved "$victim"
dm fsck
dm mount shop.db db
cmp db/data original
same "the rest" "$(cat db/small)" small
dm push backup
