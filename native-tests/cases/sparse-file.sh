# A sparse file of 20 GB costs what is written in it, in the mount, in a commit and in a clone, and its holes stay holes.
dot shop db
truncate -s 20G db/sparse
for at in 0 1 777 10000 19999; do printf 'here %d' $at | dd of=db/sparse bs=1 seek=$((at * 1000000)) conv=notrunc status=none; done
same "its size" "$(stat -c %s db/sparse)" 21474836480
[ "$(stat -c %b db/sparse)" -lt 4096 ] || fail "it takes $(stat -c %b db/sparse) sectors"
id=$(commit sparse)
[ "$(du -sk "$DM_HOME" | cut -f1)" -lt 50000 ] || fail "the home takes $(du -sk "$DM_HOME" | cut -f1) kiB"
mkdir at
dm mount shop.db at --at "$id" --read-only
same "the committed size" "$(stat -c %s at/sparse)" 21474836480
for at in 0 1 777 10000 19999; do
  same "the data at $at MB" "$(dd if=at/sparse bs=1 skip=$((at * 1000000)) count=$((5 + ${#at})) status=none)" "here $at"
done
data=$(/usr/bin/python3 - at/sparse <<'PY'
import os, sys
file = os.open(sys.argv[1], os.O_RDONLY)
at = total = 0
while True:
    try:
        begin = os.lseek(file, at, os.SEEK_DATA)
    except OSError:
        break
    at = os.lseek(file, begin, os.SEEK_HOLE)
    total += at - begin
print(total)
PY
)
[ "$data" -le 1000000 ] || fail "SEEK_DATA finds $data bytes of data"
truncate -s 15G db/sparse
truncate -s 20G db/sparse
same "what was cut off stays gone" "$(dd if=db/sparse bs=1 skip=19999000000 count=10 status=none | tr -d '\0')" ""
commit cut >/dev/null
