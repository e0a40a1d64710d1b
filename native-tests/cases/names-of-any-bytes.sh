# Names of 255 bytes of any value but / and NUL, and symbolic links to such, through commit, checkout, diff and clone.
dot shop files
mkdir remote
dm remote add backup "file://$CASE/remote"
/usr/bin/python3 - files <<'PY'
import os, sys
top = os.fsencode(sys.argv[1])
every = bytes(b for b in range(1, 256) if b != 0x2F)
names = [every + b"x", b"\xff" * 255, b"\n" * 255, b"-rf", b" ", b"\\", "ü".encode(), "u\u0308".encode(), b"a" * 255, b"..."]
for number, name in enumerate(names):
    with open(os.path.join(top, name), "wb") as file:
        file.write(b"%d" % number)
os.symlink(b"\xfe/" * 1000, os.path.join(top, b"link"))
os.symlink(every, os.path.join(top, b"link2"))
try:
    open(os.path.join(top, b"b" * 256), "w")
    sys.exit("a name of 256 bytes was taken")
except OSError as error:
    if error.errno != 36:
        raise
PY
tree files >expected
id=$(commit names)
dm checkout -b other
rm -r files/*
commit none >/dev/null
same "a line for each name that went (the shell leaves ... alone)" "$(dm diff --name-status master other | wc -l)" 11
dm checkout master
tree files >actual
diff expected actual
mkdir at copy
dm mount shop.files at --at "$id" --read-only
tree at >actual
diff expected actual
dm push backup
new_home "$CASE/second"
at_home "$CASE/second" remote add backup "file://$CASE/remote"
at_home "$CASE/second" clone backup shop
at_home "$CASE/second" mount shop.files "$CASE/copy"
tree copy >actual
diff expected actual
