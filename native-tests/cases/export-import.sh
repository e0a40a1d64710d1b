# dm export and dm import: all that a file has goes out as a tar that GNU tar (and bsdtar) read, and comes back as the same tree.
# timeout: 300
needs setfattr setfacl tar
dot shop files cache
cd files
echo data >plain
chmod 0640 plain
ln plain hard1
mkdir dir
ln plain dir/hard2
ln -s plain soft
ln -s "/$(printf 'far%.0s' $(seq 60))" dangling
mkfifo -m 0600 fifo
/usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
setfattr -n user.color -v blue plain
setfattr -n user.binary -v 0x00ff00 dir
setfattr -n 'user.a=b%' -v '' plain
touch -d '2001-02-03 04:05:06.789012345' plain
touch -h -d '1969-12-31 23:59:58.999999999' soft
mkdir -m 1777 sticky
: >empty
printf 'no utf-8' >"$(printf 'n\377\nx')"
long=$(printf 'é%.0s' $(seq 120))
mkdir -p "$long/$long"
echo deep >"$long/$long/$(printf '\200%.0s' $(seq 250))"
truncate -s 60M hole
printf x | dd of=hole bs=1 seek=30M conv=notrunc status=none
head -c 3000000 /dev/urandom >large
dd if=/dev/zero of=zeros bs=16k count=3 status=none
if setfacl -m u:1001:rw,g:1002:r plain 2>/dev/null; then setfacl -d -m u:1001:rwx dir; fi
if am_root; then
  chown 1234:5678 empty
  chown -h 4000000000:7 soft
  mknod block b 7 200
  mknod char c 1 3
  cp /bin/true setuid && chmod 4755 setuid
fi
touch -d '2005-05-05 05:05:05.5' dir
cd ..
echo keys >cache/appendonly.aof
truncate -s 20G cache/huge
printf x | dd of=cache/huge bs=1 seek=10G conv=notrunc status=none
tree files >expected
first=$(commit first)
echo later >files/plain
commit second >/dev/null

note "the same commit, the same bytes"
dm export shop.files --at "$first" a.tar >export.out
contains "export says what" "$(cat export.out)" "$first"
dm export shop.files --at "$first" >b.tar
dm export shop.files --at "${first:0:12}" - | cmp - a.tar
cmp a.tar b.tar
[ "$(stat -c %s a.tar)" -lt 8000000 ] || fail "holes were written: $(stat -c %s a.tar) bytes"

note "GNU tar takes it as it is"
mkdir x
# An ordinary user cannot make devices; all others of its files are its own.
tar -C x --xattrs --xattrs-include='*' --acls -xpf a.tar 2>tar.err
# hdrcharset=BINARY is POSIX' word for the one name that is too long for a header and no UTF-8; GNU tar takes the bytes all the same.
! grep -v "implausibly old\|keyword 'hdrcharset'" tar.err || fail "GNU tar complains"
rm x/socket
tree x >actual
diff <(grep -av "socket\|^'\.'" expected) <(grep -av "^'\.'" actual)
[ "$(du -k x/hole | cut -f1)" -lt 1000 ] || fail "GNU tar wrote the holes"
same "capabilities of names" "$(getfattr --absolute-names -n user.binary -e hex x/dir | grep user)" user.binary=0x00ff00

note "import(export(C)) is C's tree"
dm import back.files a.tar -m "Back again" -d ticket=42 >import.out
dm export back.files c.tar >/dev/null
cmp <(tail -c +1025 a.tar) <(tail -c +1025 c.tar) || fail "the archives differ behind the line that names the commit"
mkdir back
dm mount back.files back
tree back >actual
diff expected actual
contains "message and metadata" "$(dm log --dot back)" "ticket: 42"
contains "message and metadata" "$(dm log --dot back)" "Back again"
same "hard links are one file" "$(stat -c %h back/plain)" 3

note "a whole dot, and the ids of trees"
dm export shop.__root__ --at "$first" all.tar
dm import copy.__root__ all.tar
same "subdots" "$(dm status --dot copy --json | json '[s["subdot"] for s in d["subdots"]]')" '["cache", "files"]'
dm export copy.__root__ all2.tar
cmp <(tail -c +1025 all.tar) <(tail -c +1025 all2.tar)

dm export copy.cache huge.tar
same "more than 8 GiB, for GNU tar" "$(tar -tvf huge.tar | awk '/huge/ { print $3 }')" $((20 << 30))
mkdir huge
dm mount copy.cache huge
same "more than 8 GiB" "$(stat -c %s huge/huge)" $((20 << 30))
same "what is in it" "$(dd if=huge/huge bs=1 count=1 skip=10G status=none)" x

note "a running mount switches to what is imported, and history stays"
mkdir new
echo new >new/file
dm commit --dot shop -m clean >/dev/null
dm import shop.cache new -m "From a directory" >/dev/null
same "the mount shows it" "$(ls cache)" file
same "the other subdot stays" "$(cat files/hard1)" later
same "commits" "$(dm log --dot shop --oneline | wc -l)" 4
echo dirty >cache/dirty
refused "uncommitted data, which import would drop" import shop.cache new
same "nothing changed" "$(cat cache/dirty)" dirty
dm commit --dot shop -m dirty >/dev/null
(cd cache && exec 0<file && refused "import refused" import shop.cache "$CASE/new")
dm import shop.cache new --force >/dev/null

note "a directory as first commit is what is there"
mkdir -p source/data
cp -a x/. source/data 2>/dev/null || true
tree source/data >expected2
dm import library source/data >/dev/null
mkdir library
dm mount library library
tree library >actual
diff expected2 actual
same "the dot is current" "$(dm status --json | json 'd["name"]')" admin/library

note "pipes, and compressed tars"
tar -C new -c . | timeout 90 "$DM" import piped.a -
tar -C new -cz . | timeout 90 "$DM" import piped.b -
tar -C new -c . | zstd -q | timeout 90 "$DM" import piped.c -
tar -C new -c --format=gnu . >gnu.tar && dm import piped.d gnu.tar
tar -C new -c --format=v7 . >v7.tar && dm import piped.e v7.tar
truncate -s 1M new/sparse && printf y >>new/sparse
for how in "--format=gnu -S" "--format=posix -S --sparse-version=0.0" "--format=posix -S --sparse-version=0.1"; do
  # shellcheck disable=SC2086
  tar -C new -c $how . >sparse.tar
  dm import piped.s sparse.tar >/dev/null
  same "sparse as $how" "$(dm export piped.s | tar -xO ./sparse | sha256sum)" "$(sha256sum <new/sparse)"
done
mkdir piped
dm mount piped.__root__ piped
for sub in a b c d e; do same "subdot $sub" "$(cat "piped/$sub/file")" new; done
if command -v bsdtar >/dev/null; then
  note "bsdtar reads ours, and we read its"
  mkdir y
  bsdtar -C y -xpf a.tar 2>bsd.err || true
  same "a file" "$(sha256sum <y/large)" "$(sha256sum <x/large)"
  same "a hole" "$(stat -c %s y/hole)" $((60 << 20))
  bsdtar -C new -cf bsd.tar . && dm import piped.bsd bsd.tar >/dev/null
fi
