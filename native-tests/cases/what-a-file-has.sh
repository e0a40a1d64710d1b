# Hard links, symbolic links, modes, owners, times in nanoseconds, xattrs, ACLs, fifos, sockets' names and devices, through commit, checkout and clone.
needs setfattr setfacl
dot shop files
cd files
echo data >plain
chmod 0640 plain
ln plain hard1
mkdir dir
ln plain dir/hard2
ln -s plain soft
ln -s /nowhere/at/all dangling
mkfifo -m 0600 fifo
/usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
setfattr -n user.color -v blue plain
setfattr -n user.binary -v 0x00ff00 dir
touch -d '2001-02-03 04:05:06.789012345' plain
touch -h -d '1999-12-31 23:59:59.999999999' soft
mkdir -m 1777 sticky
mkdir -m 2755 setgid
: >empty
setfacl -m u:4321:rw,g:8765:r plain
setfacl -d -m u:4321:rwx dir
mkdir dir/inherited
same "a default ACL is inherited" "$(getfacl -nc dir/inherited | sort | sed 1d)" "$(printf '%s\n' default:group::r-x default:mask::rwx default:other::r-x default:user:4321:rwx default:user::rwx group::r-x mask::rwx other::r-x user:4321:rwx user::rwx)"
if am_root; then
  chown 1234:5678 empty
  mknod block b 7 200
  mknod char c 1 3
  cp /bin/true setuid && chmod 4755 setuid
fi
touch -d '2005-05-05 05:05:05.5' dir
cd ..
same "links count" "$(stat -c %h files/plain)" 3
tree files >expected
id=$(commit all)
mkdir at copy remote
dm mount shop.files at --at "$id" --read-only
tree at >actual
diff expected actual
dm checkout -b other
rm -r files/dir files/hard1
echo changed >files/plain
commit changed >/dev/null
dm checkout master
tree files >actual
diff expected actual
echo more >>files/hard1
same "hard links are still one file" "$(tail -n 1 files/dir/hard2)" more
dm reset --hard HEAD
dm remote add backup "file://$CASE/remote"
dm push backup
new_home "$CASE/second"
second() { at_home "$CASE/second" "$@"; }
second remote add backup "file://$CASE/remote"
second clone backup shop
second mount shop.files "$CASE/copy"
tree copy >actual
diff expected actual
if am_root; then
  ! dd if=copy/char of=/dev/null count=1 2>/dev/null || fail "a cloned device node has effect without --dev"
  grep -F "$CASE/copy " /proc/self/mountinfo | grep -q nosuid || fail "a clone's mount honours set-id bits"
fi
