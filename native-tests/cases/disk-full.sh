# A full disk: writes end with ENOSPC before the database meets one, what was synced is whole, removing frees space at once, and commits go on.
am_root || skip "mounts a small file system"
mkdir small
mount -t tmpfs -o size=400m none small
own=$DM_HOME
export DM_HOME=$CASE/small/home
dot shop db
echo kept >db/kept
sync db/kept
commit "before" >/dev/null
/usr/bin/python3 - "$CASE/db" <<'P'
import errno, os, sys, time
db = sys.argv[1]
block = os.urandom(1 << 20)
def fill(name):
    written = 0
    fd = os.open(db + "/" + name, os.O_CREAT | os.O_WRONLY)
    try:
        while written < 1 << 30:
            written += os.write(fd, block)
            os.fsync(fd)
    except OSError as e:
        assert e.errno == errno.ENOSPC, e
    finally:
        os.close(fd)
    return written
first = fill("big")
assert first < 400 << 20, first
for attempt in range(20):
    # The database gives back a little by itself, so that one or another may fit.
    try:
        os.mkdir(db + "/directory")
        os.rmdir(db + "/directory")
    except OSError as e:
        assert e.errno == errno.ENOSPC, e
assert open(db + "/kept").read() == "kept\n"
assert os.path.getsize(db + "/big") >= first
os.unlink(db + "/big")
# The kernel tells of the end of an inode a little after the unlink.
deadline = time.monotonic() + 30
while True:
    try:
        second = fill("again")
        if second > first / 2 or time.monotonic() > deadline:
            break
    except OSError as e:
        assert e.errno == errno.ENOSPC and time.monotonic() < deadline, e
    time.sleep(0.05)
assert second > first / 2, (first, second)
os.unlink(db + "/again")
while True:
    try:
        os.mkdir(db + "/directory")
        break
    except OSError as e:
        assert e.errno == errno.ENOSPC and time.monotonic() < deadline, e
        time.sleep(0.05)
P
commit "after" >/dev/null
same "the data" "$(cat db/kept)" kept
[ -d db/directory ] || fail "the directory is missing"
dm fsck
dm daemon stop
umount -l small
export DM_HOME=$own
