# One changed page of a large file: the commit stores little, the push sends no more than that, and a second push sends nothing.
# timeout: 300
size=$(by_size 128 1024)
dot shop db
mkdir remote
dm remote add backup "file://$CASE/remote"
/usr/bin/python3 -c 'import os, sys
with open("db/data", "wb") as file:
    for _ in range(int(sys.argv[1])):
        file.write(os.urandom(1 << 20))' "$size"
commit first >/dev/null
dm push backup >/dev/null
bytes_of() { find "$1" -type f -name '*.pack' -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }'; }
home_before=$(bytes_of "$DM_HOME") remote_before=$(bytes_of remote)
head -c 4096 /dev/urandom | dd of=db/data bs=4096 seek=$((size * 64)) conv=notrunc status=none
commit page >/dev/null
stored=$(($(bytes_of "$DM_HOME") - home_before))
note "stored $stored bytes: $(tr '\n' ' ' <commit.out)"
[ $stored -gt 4000 ] && [ $stored -le 204800 ] || fail "a changed page of $size MiB stored $stored bytes"
dm push backup >push.out
sent=$(($(bytes_of remote) - remote_before))
note "sent $sent bytes"
[ $sent -gt 4000 ] && [ $sent -le $((stored + 1024)) ] || fail "the push sent $sent bytes where $stored were stored"
files_before=$(find remote -type f | sort)
dm push backup >push.out
same "a second push sends nothing" "$(find remote -type f | sort)" "$files_before"
