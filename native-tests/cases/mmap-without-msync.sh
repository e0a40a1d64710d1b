# A store through a shared mapping, never msynced, whose descriptor is closed: the flusher brings it into the commit.
dot shop db
truncate -s 1M db/mapped
/usr/bin/python3 - "$CASE" <<'PY' &
import mmap, sys, time
case = sys.argv[1]
with open(f"{case}/db/mapped", "r+b") as file:
    mapping = mmap.mmap(file.fileno(), 0)
for page in range(0, 1 << 20, 4096):
    mapping[page : page + 6] = b"stored"
open(f"{case}/stored", "w").close()
time.sleep(1000)
PY
holder=$!
await 60 "the stores" test -e stored
id=$(commit "mapped")
mkdir at
dm mount shop.db at --at "$id" --read-only
same "every page is in the commit" "$(/usr/bin/python3 -c 'd = open("at/mapped", "rb").read(); print(sum(d[p:p+6] == b"stored" for p in range(0, 1 << 20, 4096)))')" 256
kill $holder
