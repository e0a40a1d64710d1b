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
id=$(commit all)
tree repo >expected.repo
tree tree >expected.tree
dm checkout -b other
rm -rf repo/clone tree/untarred
same "rm -rf leaves nothing" "$(ls -A repo)" ""
dm checkout master
dm reset --hard "$id"
tree repo | diff expected.repo -
tree tree | diff expected.tree -
git -C repo/clone fsck --full
