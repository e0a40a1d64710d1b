# git, tar, rsync and cp work on a mount as on any directory, and what they wrote survives a commit and a checkout.
# timeout: 240
needs git rsync tar setfacl
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
mkdir origin
cd origin
git init -q -b main .
mkdir src
for n in {1..300}; do head -c $((n * 37)) /dev/urandom | base64 >"src/file$n.txt"; done
git add . && git commit -qm one
for n in {1..300..7}; do echo changed >>"src/file$n.txt"; done
git commit -qam two
if setfacl -m u:4321:rw src/file1.txt; then
  setfacl -d -m g:8765:rx src
fi
cd ..
dot work repo tree
git clone -q --no-hardlinks origin repo/clone
same "git status" "$(git -C repo/clone status --porcelain)" ""
git -C repo/clone fsck --full
git -C repo/clone gc -q
git -C repo/clone checkout -q HEAD^
echo more >>repo/clone/src/file1.txt
same "git sees the change" "$(git -C repo/clone status --porcelain)" " M src/file1.txt"
git -C repo/clone checkout -q -f main
tar -C origin -cf - . | tar -C tree -xpf - --one-top-level=untarred
diff -r origin tree/untarred
mkdir tree/rsynced
rsync -aHAX --checksum origin/ tree/rsynced/
same "rsync finds nothing more to do" "$(rsync -aHAXn --itemize-changes --checksum origin/ tree/rsynced/)" ""
same "getfacl after rsync" "$(cd tree/rsynced && find src | sort | getfacl -n -)" "$(cd origin && find src | sort | getfacl -n -)"
cp -a --reflink=auto tree/untarred tree/copied
diff -r tree/untarred tree/copied
# with everything that a file can have: links, holes, attributes, ACLs; there and back
rich=$CASE/rich
mkdir -p "$rich/sub"
echo linked >"$rich/one"
ln "$rich/one" "$rich/sub/two"
ln -s ../one "$rich/sub/soft"
truncate -s 5M "$rich/holes"
printf 'end' | dd of="$rich/holes" bs=1 seek=3000000 conv=notrunc status=none
echo attributed >"$rich/attributed"
chmod 0641 "$rich/attributed"
kinds=()
if setfattr -n user.key -v value "$rich/attributed" 2>/dev/null; then kinds+=(--xattrs); fi
if setfacl -m u:1:rw,g:2:r "$rich/attributed" 2>/dev/null && setfacl -d -m u:1:rwx "$rich/sub" 2>/dev/null; then kinds+=(--acls); fi
# not of this very second, in which rsync takes times for equal
find "$rich" -depth -exec touch -h -d '2021-02-03 04:05:06.123456789' {} +
# facts DIR: everything about it that is not an inode number
facts() {
  (
    cd "$1"
    find . -printf '%p %M %n %s %T@ %l\n' | sort | sed 's/^\(.* d[^ ]* [0-9]*\) [0-9]*/\1/'
    find . -type f -exec sha256sum {} + | sort
    # of what is not a link, sorted: both follow the directory's order otherwise
    find . ! -type l -print0 | sort -z | xargs -0 getfattr -d -m -
    find . ! -type l -print0 | sort -z | xargs -0 getfacl -n
  ) 2>/dev/null
}
there() { [ "$(facts "$1")" == "$(facts "$rich")" ] || diff <(facts "$rich") <(facts "$1") || fail "$2 lost something"; }
holes() { [ "$(du -k "$1/holes" | cut -f1)" -lt 1000 ] || fail "$2 made the hole to $(du -k "$1/holes" | cut -f1) KiB"; }
mkdir tree/rich back
rsync -aHAXS "$rich/" tree/rich/
there tree/rich "rsync to the mount"
holes tree/rich "rsync to the mount"
rsync -aHAXS tree/rich/ back/
there back "rsync from the mount"
mkdir tree/tarred back.tar
tar -C "$rich" -cf - --sparse "${kinds[@]}" . | tar -C tree/tarred -xpf - "${kinds[@]}"
there tree/tarred "tar to the mount"
holes tree/tarred "tar to the mount"
tar -C tree/tarred -cf - --sparse "${kinds[@]}" . | tar -C back.tar -xpf - "${kinds[@]}"
there back.tar "tar from the mount"
holes back.tar "tar from the mount: SEEK_HOLE"
cp -a --reflink=auto tree/rich tree/rich.copy
there tree/rich.copy "cp -a on the mount"
holes tree/rich.copy "cp -a on the mount"
note "with ${kinds[*]:-neither attributes nor ACLs: the host has none}"
facts tree/rich >expected.rich
id=$(commit all)
tree repo >expected.repo
tree tree >expected.tree
dm checkout -b other
rm -rf repo/clone tree/untarred tree/rich
same "rm -rf leaves nothing" "$(ls -A repo)" ""
dm checkout master
dm reset --hard "$id"
tree repo | diff expected.repo -
tree tree | diff expected.tree -
facts tree/rich | diff expected.rich - || fail "a commit lost something"
git -C repo/clone fsck --full
