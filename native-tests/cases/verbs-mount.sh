# mount and unmount: --create, a second place, a commit read-only and as a throw-away copy, a branch, lock files, errors.
dot shop db files
echo one >db/data
printf '%s\n' $$ >db/postmaster.pid
first=$(commit first)
echo two >db/data
mkdir ro rw second branch
dm mount shop.db ro --at "$first" --read-only
same "the committed data" "$(cat ro/data)" one
! echo x >ro/new 2>/dev/null || fail "a read-only mount takes writes"
! touch ro/data 2>/dev/null || fail "a read-only mount takes times"
out=$(dm mount shop.db rw --at "$first" 2>&1)
contains "the lock file is pointed out" "$out" postmaster.pid
same "the copy" "$(cat rw/data)" one
echo changed >rw/data
same "the copy is written" "$(cat rw/data)" changed
same "the live data is not" "$(cat db/data)" two
same "the commit is not" "$(cat ro/data)" one
same "nor is it dirty by it" "$(dm diff --name-status)" "M	db/data"
dm unmount rw
dm mount shop.db rw --at "$first" --drop-locks
[ ! -e rw/postmaster.pid ] || fail "--drop-locks left the lock file"
same "the copy was thrown away" "$(cat rw/data)" one
dm mount shop.db second
echo seen >second/other
same "a second place shows the same" "$(cat db/other)" seen
dm checkout -b side
dm checkout master
dm mount shop@side.db branch
echo side >branch/data
same "another branch's mount" "$(cat db/data)" two
for dir in ro rw second branch; do
  dm unmount "$CASE/$dir"
  ! is_mounted "$CASE/$dir" || fail "$dir is still mounted"
done
refused "subdot|exist" mount shop.nothing second
refused "directory|exist" mount shop.db "$CASE/nowhere"
refused "mounted" unmount second
refused "mounted" mount shop.files db
sleep 1000 <db/data &
await 60 "the holder" grep -qx sleep "/proc/$!/comm"
refused "sleep|$!" unmount db
kill $!
wait $! 2>/dev/null || true
dm unmount db
dm mount shop.db db
same "the working data is as it was left" "$(cat db/data)" two
# unmounted past dm, as an administrator may: it is said, and the place can be mounted again
if am_root; then umount db; else fusermount3 -u db; fi
contains "status of what somebody else unmounted" "$(dm status)" "unmounted by somebody else"
dm mount shop.db db
same "mounted again" "$(cat db/data)" two
lacks "status of what is mounted again" "$(dm status)" "somebody else"
if am_root; then
  umount db
  mount -t tmpfs theirs db
  dm unmount db
  is_mounted "$CASE/db" || fail "dm unmount took away somebody else's mount"
  umount db
else
  fusermount3 -u db
  dm unmount db
fi
dm mount shop.db db
same "and again" "$(cat db/data)" two
