# timeout: 300
# Commits through files: dm bundle create, verify, unbundle, between homes without a network; and bundles that nobody should take.
dot shop db
echo one >db/a
head -c 300000 /dev/urandom >db/large
first=$(commit first)
dm tag v1
echo two >db/a
second=$(commit second)
dm branch other "$first"

note "the first bundle makes the dot, the second brings what is new"
contains "create" "$(dm bundle create all.bundle master v1)" "Wrote 2 refs"
dm bundle create - master ^v1 >new.bundle
[ "$(stat -c %s new.bundle)" -lt 20000 ] || fail "the second bundle is not only what is new: $(stat -c %s new.bundle)"
contains "verify" "$(dm bundle verify all.bundle)" "The bundle is sound"
contains "verify says for whom" "$(dm bundle verify new.bundle)" "for those who have ${first:0:12}"
new_home "$CASE/second"
second() { at_home "$CASE/second" "$@"; }
status=0
second bundle unbundle new.bundle 2>err || status=$?
one_clear_line $status err 1 "builds on commit ${first:0:12}, which shop does not have"
same "nothing is there" "$(second list -H | wc -l)" 0
dm bundle create old.bundle other v1 >/dev/null
dm branch -D other >/dev/null
contains "unbundle" "$(second bundle unbundle old.bundle)" "$first heads/other"
mkdir copy
second mount shop.db copy
same "the data of it" "$(cat copy/a)" one
cmp copy/large db/large
same "the tag" "$(second tag)" v1
second bundle unbundle new.bundle --remote-name work >/dev/null
same "the working data stays" "$(cat copy/a)" one
second merge work/master >/dev/null
same "a fast-forward" "$(cat copy/a)" two
same "the same commit" "$(second log -n 1 --json | json 'd["commits"][0]["id"]')" "$second"
second bundle unbundle new.bundle --remote-name work >/dev/null
second fsck >/dev/null

note "what is no bundle, or damaged, or lacks something, is refused and leaves nothing"
cp all.bundle bad.bundle
/usr/bin/python3 - <<'PY'
import random
good = open("all.bundle", "rb").read()
random.seed(5)
for i in range(12):
    bad = bytearray(good); at = random.randrange(len(good)); bad[at] ^= 1 << random.randrange(8)
    open("bad%d.bundle" % i, "wb").write(bad)
open("cut.bundle", "wb").write(good[:-100])
open("header.bundle", "wb").write(good[:40])
open("newer.bundle", "wb").write(good.replace(b"dotfs bundle 1\n", b"dotfs bundle 2\n", 1))
PY
refused "ends too early" bundle unbundle cut.bundle --dot none
refused "ends too early" bundle verify cut.bundle
refused "ends too early" bundle unbundle header.bundle --dot none
refused "newer dm" bundle unbundle newer.bundle --dot none
head -c 3000 /dev/urandom >noise.bundle
refused "no bundle" bundle unbundle noise.bundle --dot none
: >nothing.bundle
refused "no bundle" bundle unbundle nothing.bundle --dot none
for i in $(seq 0 11); do refused "bundle" bundle unbundle "bad$i.bundle" --dot none; done
refused "there is no" bundle verify nowhere.bundle
refused "no branch or tag is called" bundle create x.bundle nothing
refused "no branch or tag is named" bundle create x.bundle
refused "would be empty" bundle create x.bundle master ^master
refused "cannot write" bundle create /nowhere/at/all master
refused "reserved" bundle unbundle all.bundle --dot _x
[ ! -e x.bundle ] || fail "a refused bundle was written"
same "no dot was made" "$(dm list -H | wc -l)" 1
[ -z "$(find "$DM_HOME/quarantine" -name '*.pack' 2>/dev/null)" ] || fail "objects of refused bundles are left"

note "nothing that another dot holds completes a bundle"
dm init stranger >/dev/null
refused "does not have" bundle unbundle new.bundle --dot stranger
