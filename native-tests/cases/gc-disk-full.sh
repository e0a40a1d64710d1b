# A full disk: gc removes what needs no rewriting first, and with that space the rest; where there is none it says so in one line, and all is as it was.
am_root || skip "mounts a small file system"
mkdir small
mount -t tmpfs -o size=500m none small
own=$DM_HOME
export DM_HOME=$CASE/small/home
gc() { dm gc --grace now --expire-unreachable now; }
# To the last block, past every reserve of ours.
fill() { head -c 600000000 /dev/zero >small/ballast 2>/dev/null || true; }
whole() {
  same "what is kept" "$(sha256sum <db/kept)" "$sum"
  same "what was taken over" "$(sha256sum <db/wanted)" "$wanted"
  dm fsck >/dev/null
}
dot shop db
head -c 30000000 /dev/urandom >db/kept
sum=$(sha256sum <db/kept)
commit "kept" >/dev/null
dm checkout -b mixed >/dev/null
head -c 20000000 /dev/urandom >db/wanted
wanted=$(sha256sum <db/wanted)
head -c 40000000 /dev/urandom >db/junk
commit "mixed" >/dev/null
dm checkout master >/dev/null
dm checkout mixed -- db/wanted >/dev/null
commit "wanted" >/dev/null
dm branch -D mixed >/dev/null

note "no room for what has to be rewritten"
fill
status=0
gc >out 2>err || status=$?
same "the exit status" "$status" 1
same "one line" "$(cat err)" "dm: no space left where the data is stored"
whole
rm small/ballast

note "room comes from what goes first"
dm checkout -b junk >/dev/null
head -c 60000000 /dev/urandom >db/junk
commit "junk" >/dev/null
dm checkout master >/dev/null
dm branch -D junk >/dev/null
fill
contains "gc on a full disk" "$(gc)" "Freed 9"
whole
rm small/ballast
contains "nothing is left" "$(gc)" "nothing needs 0 objects"
[ "$(du -sm small/home/objects | cut -f1)" -lt 60 ] || fail "the junk takes its space still"
dm daemon stop
umount -l small
export DM_HOME=$own
