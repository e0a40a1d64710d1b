# The jnr-fuse front end (DM_FRONT_END=libfuse): files of every kind, commit, checkout, diff, a restart of the daemon, SQLite and Redis on it.
# timeout: 240
needs setfattr sqlite3
needs_redis
export DM_FRONT_END=libfuse
dot shop files cache
cd files
echo data >plain
chmod 0640 plain
ln plain hard
mkdir -p dir/deep
ln plain dir/hard2
ln -s plain soft
ln -s /nowhere/at/all dangling
mkfifo -m 0600 fifo
/usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
setfattr -n user.color -v blue plain
setfattr -n user.binary -v 0x00ff00 dir
touch -d '2001-02-03 04:05:06.789012345' plain
mkdir -m 1777 sticky
mkdir -m 2755 setgid
: >empty
echo "a name in UTF-8" >"Grüße, 世界"
/usr/bin/python3 - <<'PY'
import os, time
# Sparse, appended to, cut, grown again, and written in parts larger than one request of libfuse.
with open("sparse", "wb") as f:
    f.seek(5_000_000)
    f.write(b"end")
with open("grown", "ab") as f:
    f.write(b"x" * 3_000_000)
os.truncate("grown", 1_000_001)
os.truncate("grown", 1_500_000)
with open("grown", "r+b") as f:
    f.seek(700_000)
    f.write(b"y" * 400_000)
data = open("grown", "rb").read()
assert data == b"x" * 700_000 + b"y" * 400_000 + b"\0" * 400_000, "content of grown"
# Unlinked while open: what is written can be read.
fd = os.open("gone", os.O_RDWR | os.O_CREAT)
os.unlink("gone")
os.write(fd, b"still here")
assert os.pread(fd, 100, 0) == b"still here" and os.fstat(fd).st_size == 10
os.ftruncate(fd, 5)
os.fchmod(fd, 0o600)
assert os.pread(fd, 100, 0) == b"still"
os.fsync(fd)
os.close(fd)
# close(2) does not wait for the RELEASE upon which libfuse removes the name that it hid the file under.
deadline = time.monotonic() + 20
while left := [n for n in os.listdir(".") if n.startswith((".fuse_hidden", "gone"))]:
    assert time.monotonic() < deadline, f"left behind: {left}"
    time.sleep(0.01)
# Names: replace by rename, into another directory, refusals.
open("old", "w").write("1")
open("new", "w").write("2")
os.rename("new", "old")
assert open("old").read() == "2"
os.rename("old", "dir/moved")
for call, error in (
    (lambda: os.rmdir("dir"), "ENOTEMPTY"),
    (lambda: os.mkdir("dir"), "EEXIST"),
    (lambda: os.unlink("nothing"), "ENOENT"),
    (lambda: os.open("plain/x", os.O_RDONLY), "ENOTDIR"),
    (lambda: os.open("empty", os.O_CREAT | os.O_EXCL), "EEXIST"),
    (lambda: os.mkdir("n" * 256), "ENAMETOOLONG"),
    (lambda: os.getxattr("plain", "user.none"), "ENODATA"),
):
    try:
        call()
    except OSError as e:
        import errno
        assert errno.errorcode[e.errno] == error, f"{errno.errorcode[e.errno]} instead of {error}"
    else:
        raise AssertionError(f"no {error}")
assert len(os.listdir("/proc/self/fd")) < 20
for n in range(2000):
    os.mkdir(f"dir/deep/{n}") if n % 500 == 0 else open(f"dir/deep/{n}", "w").close()
assert len(os.listdir("dir/deep")) == 2000
PY
if am_root; then
  chown 1234:5678 empty
  mknod block b 7 200
  mknod char c 1 3
  chown -h 1:2 soft
fi
touch -d '2005-05-05 05:05:05.5' dir
cd ..
same "links count" "$(stat -c %h files/plain)" 3
[ "$(stat -f -c %s files)" -gt 0 ] || fail "statfs says nothing"
sqlite3 files/rows.db 'pragma journal_mode = wal; create table t (n integer primary key, s text);' >/dev/null
seq 1 300 | sed 's/.*/insert into t values (&, hex(randomblob(200)));/' | sqlite3 files/rows.db
same "SQLite's own check" "$(sqlite3 files/rows.db 'pragma integrity_check; select count(*) from t;')" $'ok\n300'
redis_start live "$CASE/cache"
for n in {1..50}; do redis live set "key:$n" "$n" >/dev/null; done
tree files >expected
id=$(commit all)
matches "the commit's id" "$id" '[0-9a-f]{64}'
redis live set key:51 51 >/dev/null
redis_stop live
same "nothing of the files changed" "$(dm diff --name-status | grep -v '	cache/' || true)" ""

mkdir at copy
dm mount shop.files at --at "$id" --read-only
tree at >actual
diff expected actual
! echo x >at/new 2>/dev/null || fail "a read-only mount takes writes"
dm unmount at
dm mount shop.cache copy --at "$id"
redis_start copy "$CASE/copy"
same "the commit's Redis" "$(redis copy dbsize)" 50
redis_stop copy
dm unmount copy

dm checkout -b other
rm -r files/dir files/hard
echo changed >files/plain
contains "the difference" "$(dm diff --name-status)" "D	files/hard"
commit changed >/dev/null
dm checkout master
tree files >actual
diff expected actual
exec 9<files/plain
refused "plain" checkout other
exec 9<&-

dm daemon stop
dm list >/dev/null
await 60 "the mounts to be back" test -e files/plain
grep -F "$CASE/files " /proc/self/mountinfo | grep -q 'fuse.dotfs' || fail "not mounted"
tree files >actual
diff expected actual
redis_start live "$CASE/cache"
same "Redis after the restart" "$(redis live dbsize)" 51
redis_stop live
