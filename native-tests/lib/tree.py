"""tree.py DIR: one line for everything below DIR, so that two trees can be compared with diff.

Name, type, mode, owner, link group, size, mtime in nanoseconds, device, xattrs, and the content's hash or the link's target.
Times of directories are left out with --no-dir-times.
"""
import hashlib
import os
import stat
import sys

top = os.fsencode(sys.argv[1])
dir_times = "--no-dir-times" not in sys.argv
groups = {}


def line(path, name):
    status = os.lstat(path)
    kind = stat.filemode(status.st_mode)
    fields = [repr(name)[1:], kind, f"{status.st_uid}:{status.st_gid}"]
    if not stat.S_ISDIR(status.st_mode):
        if status.st_nlink > 1:
            fields.append("links=" + groups.setdefault(status.st_ino, repr(name)[1:]))
        fields.append(f"size={status.st_size}")
    if dir_times or not stat.S_ISDIR(status.st_mode):
        fields.append(f"mtime={status.st_mtime_ns}")
    if kind[0] in "bc":
        fields.append(f"rdev={os.major(status.st_rdev)}:{os.minor(status.st_rdev)}")
    for attribute in sorted(os.listxattr(path, follow_symlinks=False)):
        fields.append(f"{attribute}={os.getxattr(path, attribute, follow_symlinks=False).hex()}")
    if kind[0] == "l":
        fields.append("-> " + repr(os.readlink(path))[1:])
    if kind[0] == "-":
        digest = hashlib.sha256()
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        fields.append(digest.hexdigest())
    return " ".join(fields)


print(line(top, b"."))
for here, dirs, files in os.walk(top):
    dirs.sort()
    for name in sorted(dirs + files):
        full = os.path.join(here, name)
        print(line(full, os.path.relpath(full, top)))
