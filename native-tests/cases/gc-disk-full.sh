# A full disk: gc removes what needs no rewriting first, and with that space the rest; what is needed stays.
am_root || skip "mounts a small file system"
mkdir small
mount -t tmpfs -o size=300m none small
own=$DM_HOME
export DM_HOME=$CASE/small/home
dot shop db
head -c 30000000 /dev/urandom >db/kept
sum=$(sha256sum <db/kept)
commit "kept" >/dev/null
dm checkout -b junk >/dev/null
head -c 60000000 /dev/urandom >db/junk
commit "junk" >/dev/null
dm checkout master >/dev/null
dm branch -D junk >/dev/null
# To the last block, past every reserve of ours.
head -c 400000000 /dev/zero >small/ballast 2>/dev/null || true
dm gc --grace now --expire-unreachable now || true
rm small/ballast
contains "nothing is left" "$(dm gc --grace now --expire-unreachable now)" "nothing needs"
[ "$(du -sm small/home/objects | cut -f1)" -lt 45 ] || fail "the junk takes its space still"
same "what is kept" "$(sha256sum <db/kept)" "$sum"
dm fsck
dm daemon stop
umount -l small
export DM_HOME=$own
