# Tars that nobody should take: one clear line each, nothing written outside, no commit, and nothing of it visible.
# timeout: 300
needs tar
dot shop files
echo kept >files/a
commit first >/dev/null
mkdir evil
make() { /usr/bin/python3 - "$@" <<'PY'
import sys, tarfile, io
out, kind = sys.argv[1], sys.argv[2]
t = tarfile.open(out, "w", format=tarfile.PAX_FORMAT)
def add(name, data=b"", **more):
    i = tarfile.TarInfo(name); i.size = len(data)
    for k, v in more.items(): setattr(i, k, v)
    t.addfile(i, io.BytesIO(data))
add("good", b"good")
if kind == "up": add("../../../../../../tmp/evil-up", b"x")
if kind == "inner-up": add("a/../../evil", b"x")
if kind == "absolute": add("/tmp/evil-absolute", b"x")
if kind == "link-up": add("l", type=tarfile.LNKTYPE, linkname="../../etc/passwd")
if kind == "link-absolute": add("l", type=tarfile.LNKTYPE, linkname="/etc/passwd")
if kind == "link-nowhere": add("l", type=tarfile.LNKTYPE, linkname="nowhere")
if kind == "through":
    add("s", type=tarfile.SYMTYPE, linkname="/tmp"); add("s/evil-through", b"x")
if kind == "twice": add("good", b"bad")
if kind == "file-directory": add("good/below", b"x")
if kind == "xattr": add("x", pax_headers={"SCHILY.xattr.user.x": "y" * 70000})
if kind == "uid": add("x", pax_headers={"uid": "99999999999"})
if kind == "mtime": add("x", pax_headers={"mtime": "1e400"})
if kind == "size": add("x", pax_headers={"size": "9000000000000000000"})
t.close()
PY
}
try() {
  make "$1.tar" "$1"
  refused "$2" import shop.files "$1.tar"
}
try up "leads out of the tree"
try inner-up "leads out of the tree"
try absolute "is absolute"
try link-up "leads out of the tree"
try link-absolute "is absolute"
try link-nowhere "no file there"
try through "no directory"
try twice "twice"
try file-directory "no directory"
try xattr "xattr|extended attribute"
try uid "out of range"
try mtime "time"
try size "not whole"
make good.tar none
head -c 700 good.tar >cut.tar
refused "not whole" import shop.files cut.tar
head -c 3000 /dev/urandom >noise.tar
refused "no tar" import shop.files noise.tar
: >nothing.tar
refused "no tar" import shop.files nothing.tar
gzip -c good.tar | head -c 60 >cut.tar.gz
refused "cut off" import shop.files cut.tar.gz
xz -c good.tar >good.tar.xz
refused "pipe it through xz" import shop.files good.tar.xz
(cat good.tar; echo more) >more.tar
refused "behind the end" import shop.files more.tar
refused "leads out" import new.files up.tar
refused "no directory" import whole.__root__ good.tar
refused "there is no" import shop.files nowhere.tar
refused "invalid dot name" import 'a b' good.tar
refused "reserved" import _x.y good.tar
refused "no such dot" export nothing
refused "no subdot" export shop
refused "UNKNOWN|no such|unknown" export shop.files --at 0123456789
mkdir no
refused "cannot write" export shop.files /nowhere/at/all.tar
if ! am_root; then
  mkdir closed && : >closed/x && chmod 0 closed/x
  refused "cannot read" import shop.files closed
fi
[ -z "$(find /tmp evil -maxdepth 1 -name 'evil-*')" ] || fail "something was written outside"
[ -z "$(find "$CASE" -maxdepth 1 -name '.*.tar.*')" ] || fail "a part of an export is left"
same "the data is as it was" "$(cat files/a)" kept
same "no commit" "$(dm log --dot shop --oneline | wc -l)" 1
same "no other dot" "$(dm list -H | wc -l)" 1

note "a sender that dies in the middle, and a daemon that is killed, leave nothing"
head -c 20000000 /dev/urandom >big
tar -cf big.tar big
filled() { [ "$(du -sk "$DM_HOME/objects" | cut -f1)" -gt 12000 ]; }
gone() { [ "$(du -sk "$DM_HOME/objects" | cut -f1)" -lt 12000 ]; }
begin() {
  rm -f pipe && mkfifo pipe
  { head -c 15000000 big.tar && exec sleep 1000; } >pipe &
  sender=$!
  "$DM" import shop.files - <pipe >import.out 2>&1 &
  client=$!
  await 60 "half of a tar" filled
}
begin
kill -9 $client
await 60 "the objects go" gone
same "no commit" "$(dm log --dot shop --oneline | wc -l)" 1
kill $sender 2>/dev/null || true
begin
kill -9 "$(daemon_pid)"
wait $client || true
kill $sender 2>/dev/null || true
dm daemon start >/dev/null
await 60 "the objects go" gone
same "no commit" "$(dm log --dot shop --oneline | wc -l)" 1
same "the data is as it was" "$(cat files/a)" kept
one_clear_line 1 import.out 1 "daemon"
