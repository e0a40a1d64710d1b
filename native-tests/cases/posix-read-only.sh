# A read-only mount says EROFS to everything that would change it, and goes on being read.
dot shop files
/usr/bin/python3 - "$CASE/files" <<'PY'
import os, sys
os.chdir(sys.argv[1])
os.mkdir("dir")
with open("file", "w") as f: f.write("content")
os.link("file", "hard")
os.symlink("file", "soft")
os.mkfifo("fifo")
os.setxattr("file", "user.a", b"b")
PY
id=$(commit one)
mkdir at
dm mount shop.files "$CASE/at" --at "$id" --read-only
cat >check.py <<'PY'
import errno, os, sys
os.chdir(sys.argv[1])
def refused(what, *arguments, **options):
    try:
        what(*arguments, **options)
    except OSError as e:
        assert e.errno == errno.EROFS, f"{what.__name__}{arguments}: {e}"
        return
    raise AssertionError(f"{what.__name__}{arguments} was allowed")
# open(2), creat: EROFS: pathname refers to a file on a read-only filesystem and write access was requested
refused(os.open, "file", os.O_WRONLY)
refused(os.open, "file", os.O_RDWR)
refused(os.open, "file", os.O_RDONLY | os.O_TRUNC)
refused(os.open, "new", os.O_CREAT | os.O_WRONLY)
refused(os.open, ".", os.O_TMPFILE | os.O_RDWR)
refused(os.mkdir, "new")
refused(os.rmdir, "dir")
refused(os.unlink, "file")
refused(os.rename, "file", "new")
refused(os.rename, "file", "hard2")
refused(os.link, "file", "new")
refused(os.symlink, "x", "new")
refused(os.mkfifo, "new")
refused(os.mknod, "new", 0o100644)
refused(os.chmod, "file", 0o600)
refused(os.chown, "file", os.geteuid(), -1)
refused(os.utime, "file", (1, 1))
refused(os.truncate, "file", 0)
refused(os.setxattr, "file", "user.a", b"c")
refused(os.removexattr, "file", "user.a")
assert not os.access("file", os.W_OK) and os.access("file", os.R_OK)
# mkdir(2), link(2): what is there is named before the file system's state
for call, arguments in ((os.mkdir, ("dir",)), (os.link, ("file", "hard")), (os.symlink, ("x", "soft"))):
    try:
        call(*arguments)
        raise AssertionError(call)
    except FileExistsError:
        pass
with open("soft") as f:
    assert f.read() == "content"
assert os.stat("file").st_nlink == 2 and os.getxattr("file", "user.a") == b"b"
assert sorted(os.listdir()) == ["dir", "fifo", "file", "hard", "soft"]
assert os.statvfs(".").f_flag & os.ST_RDONLY
os.fsync(os.open("file", os.O_RDONLY))
PY
/usr/bin/python3 check.py "$CASE/at"
same "the live data" "$(cat files/file)" content
