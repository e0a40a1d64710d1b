# Inode numbers stay through unmount and mount, a commit, and a daemon that stops or is killed; hard links keep theirs together.
dot shop files
mkdir files/dir
for n in {1..200}; do echo "$n" >"files/dir/file$n"; done
ln files/dir/file1 files/hard
ln -s x files/soft
mkfifo files/fifo
# inode number, link count and name of everything
numbers() { (cd files && find . -printf '%i %n %p\n' | sort -k3); }
numbers >before
same "numbers are unique but for the hard link" "$(cut -d' ' -f1 before | sort | uniq -d | wc -l)" 1
commit one >/dev/null
numbers | diff before - || fail "a commit changed inode numbers"
dm unmount "$CASE/files"
dm mount shop.files "$CASE/files"
numbers | diff before - || fail "unmounting changed inode numbers"
echo more >files/new
# times at the far ends of what a caller may set must not keep the daemon from starting
for far in 9223372036854775807 4611686018427387904 -4611686018427387904 -9223372036854775808; do
  echo far >"files/far$far"
  touch -d "@$far" "files/far$far"
done
numbers >before
dm daemon stop
dm status >/dev/null
await 60 "the mount" is_mounted "$CASE/files"
await 60 "the mount's content" test -e files/new
numbers | diff before - || fail "a restart of the daemon changed inode numbers"
kill -9 "$(daemon_pid)"
await 60 "the daemon to be gone" bash -c "! kill -0 $(daemon_pid || echo 999999999) 2>/dev/null"
dm status >/dev/null
await 60 "the mount's content" test -e files/new
numbers | diff before - || fail "the daemon's death changed inode numbers"
# a new file gets a number that was never given before
rm files/new files/dir/file7
echo again >files/again
! cut -d' ' -f1 before | grep -qx "$(stat -c %i files/again)" || fail "an inode number was given twice"
