# checkout, reset and pull while somebody has a file, a directory, a working directory or a mapping open: refused, naming the process; --force overrides.
dot shop db
echo one >db/data
mkdir db/sub
first=$(commit one)
dm checkout -b other
echo two >db/data
commit two >/dev/null
hold() { # HOW...: a process that holds something open, its pid in $holder
  "$@" &
  holder=$!
  await 60 "the holder" test -e "$CASE/held"
  rm "$CASE/held"
}
release() {
  kill "$holder"
  wait "$holder" 2>/dev/null || true
}
python() { exec /usr/bin/python3 -c "$1; open('$CASE/held', 'w').close(); import time; time.sleep(1000)"; }
refuses() {
  refused "python3|$holder" checkout master
  contains "the process is named" "$(cat "$CASE/refused.err")" "$holder"
  refused "python3|$holder" reset --hard "$first"
  same "the data stayed" "$(cat db/data)" two
  release
}
hold python "f = open('db/data')"
refuses
hold python "import os; f = os.open('db/sub', os.O_RDONLY)"
refuses
hold python "import os; os.chdir('db')"
refuses
hold python "import mmap; f = open('db/data', 'rb'); m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ); f.close()"
refuses
dm checkout master
same "nobody is there any more" "$(cat db/data)" one
dm checkout other
hold python "f = open('db/data', 'rb+', buffering=0)"
dm checkout --force master
same "--force" "$(cat db/data)" one
release
dm fsck
