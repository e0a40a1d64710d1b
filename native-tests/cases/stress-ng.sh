# stress-ng's file system class, each stressor for a second, checking itself; a commit under it; nothing is left behind.
# timeout: 300
# alone: yes
# What is left out, and why:
#   bind-mount, binderfs, procfs, ioprio, eventfd, dup   do nothing to a file system that is mounted
#   fiemap, verity, chattr, inode-flags                  ioctls that a FUSE mount does not have (docs/posix.md)
needs stress-ng
dot shop files
mkdir files/stress
left_out=bind-mount,binderfs,procfs,ioprio,eventfd,dup,fiemap,verity,chattr,inode-flags
(cd files/stress && stress-ng --sequential 1 --class filesystem --exclude "$left_out" --timeout 1s --verify --metrics-brief \
  --temp-path . --oomable >"$CASE/stress.out" 2>&1) &
stress=$!
await 60 "the stressors" bash -c "[ -n \"\$(ls -A '$CASE/files/stress')\" ]"
while kill -0 $stress 2>/dev/null; do
  dm commit -m "under stress" >/dev/null
  sleep 5
done
wait $stress || fail "stress-ng: $(grep -E 'fail|error' stress.out | head -n 5)"
! grep -E ' fail: ' stress.out || fail "a stressor found something wrong"
grep -E 'metrc: .* [0-9]+ +[0-9]+\.[0-9]+ ' stress.out | awk '{ print $4, $5 }' | paste -sd ' ' | fold -s -w 120
# stress-ng says itself what it could not do here
{ grep -E 'skip|not supported' stress.out || true; } | sed 's/.*\] //' | sort -u
rm -r files/stress
same "what it leaves behind" "$(ls -A files)" ""
