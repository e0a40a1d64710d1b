# The thin client and a JVM of its own answer alike, to the byte; what is odd goes to the JVM; a caller that goes away cancels its command.
# timeout: 400
own=$(dirname "$(dirname "$(readlink -f "$DM")")")/lib/dm
[ "$(readlink -f "$DM")" != "$own" ] || skip "there is no thin client here: dist was made without a compiler"
# No JVM starts in so little memory: what answers here is the standby.
thin() { (ulimit -v 65536 && exec timeout -k 5 60 "$DM" "$@"); }
socket() { find "$XDG_RUNTIME_DIR/dotfs" -type s -name 'client-*' | head -n 1; }
# Without starting one: in that little memory it could not live.
serves() {
  /usr/bin/python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])' "$(socket)" && thin list
}
served_anew() { dm list && serves; }
standby_pid() { pgrep -f "Standby $(socket)" | head -n 1; }

dot shop db files
printf 'one\n' >db/a
printf 'x\ny\n' >files/'na me'
printf 'raw\n' >files/$'\xff\xfe'
commit First -d ticket=42 >/dev/null
printf 'two\n' >>db/a
rm files/'na me'
commit $'Second\n\nwith \xc3\xbcmlauts and two\nlines' >/dev/null
printf 'three\n' >>db/a
dm branch side HEAD^
dm tag v1
dm remote add disk "file://$CASE/disk"
await 60 "a standby" served_anew
pid=$(standby_pid)
[ -n "$pid" ] || fail "no standby runs"

# alike WORDS...: both clients, with the same streams.
alike() {
  local thin_status=0 own_status=0
  thin "$@" >thin.out 2>thin.err </dev/null || thin_status=$?
  timeout -k 5 60 "$own" "$@" >own.out 2>own.err </dev/null || own_status=$?
  cmp thin.out own.out || fail "dm $*: standard output differs"
  cmp thin.err own.err || fail "dm $*: standard error differs: $(cat thin.err own.err)"
  same "exit status of dm $*" $thin_status $own_status
}
while IFS= read -r line; do
  # shellcheck disable=SC2086 # words
  alike $line
done <<'END'
--help
help
help commit
list
ls -H
list --json
list --no-such-option
status
status --json
status --dot nowhere
log
log --json
log --oneline
log --graph
log -n many
log --branch side
show
show HEAD^
show nonsense
diff
diff HEAD^
diff HEAD^ HEAD -p
diff HEAD^ HEAD --stat
diff HEAD^ HEAD --name-status
diff HEAD^ HEAD --summary
diff HEAD^ HEAD --json
diff HEAD^ -- files
diff @{1}
branch
branch -v -a
branch --json
branch -d side -D
branch side
tag
tag --json
reflog
reflog --json
reset HEAD^
checkout nowhere
checkout
checkout -- nothing/here
restore
mount
mount --json
mount shop.db
mount bad..name /tmp
unmount /nowhere
dot
dot show
dot show --json
dot show -H
dot delete
remote
remote -v
remote --json
remote rm nothing
remote switch nothing
push nowhere
pull
fetch --json nowhere
clone disk nothing
commit
commit -m
commit -m x -d Bad=1
commit -m x -d novalue
fsck
completion bash
completion zsh
no-such-verb
comit
cluster
--config
--config /nonexistent/config list
--config=/nonexistent/config --verbose log
END
for verb in init list switch status commit log show diff branch checkout restore reset tag reflog mount unmount dot remote push pull fetch clone fsck doctor completion version daemon cluster; do
  thin $verb --help >thin.out 2>&1 || [ $verb = daemon ] || fail "dm $verb --help"
  "$own" $verb --help >own.out 2>&1
  [ $verb = daemon ] || cmp thin.out own.out || fail "help of $verb differs"
done
alike commit -m ''
alike log --dot ''
alike diff HEAD^ -- $'files/\xff\xfe'
alike show $'\xff'
note "relative names mean the caller's directory"
mkdir -p some/where
(cd some/where && thin --config settings switch shop >/dev/null) || fail "switch with a settings file"
[ -s some/where/settings ] || fail "the settings file was made elsewhere"
(cd some/where && mkdir here && thin mount --read-only shop@side.db here >/dev/null) || fail "mount on a relative name"
is_mounted "$CASE/some/where/here" || fail "the mount is elsewhere: $(dm mount)"
thin unmount some/where/here >/dev/null || fail "unmount of a relative name"
note "the environment is the caller's"
lacks "remotes by another DM_HOME" "$(DM_HOME=$CASE/other thin remote -v)" disk
contains "remotes" "$(thin remote -v)" disk

note "output that nobody takes"
status=0
thin log >/dev/full 2>full.err </dev/null || status=$?
same "status with a full disk" $status 1
same "error with a full disk" "$(cat full.err)" "dm: cannot write the output: No space left on device"
status=0
(trap '' PIPE && thin log >pipe.out 2>&1) | true || true
(set +o pipefail && thin log) | head -c 1 >/dev/null || true

note "what needs a process of its own still works, through it"
dm version | grep -q '^Java' || fail "version"
dm init temporary >/dev/null
status=0
thin dot delete temporary >/dev/null 2>&1 </dev/null || status=$?
[ $status != 0 ] || fail "a prompt was answered by the standby"
[ "$(echo n | timeout 60 "$DM" dot delete temporary | tail -c 9)" = Aborted. ] || fail "the prompt"
echo Y | timeout 60 "$DM" dot delete temporary >/dev/null
refused "temporary" dot show temporary

note "a pager on a terminal"
if command -v script >/dev/null; then
  printf '#!/bin/sh\nsed s/^/paged:/\n' >pager
  chmod 755 pager
  DM_PAGER=$CASE/pager TERM=dumb script -qec "ulimit -v 65536; '$DM' log -n 1" /dev/null >paged.out </dev/null || true
  grep -q '^paged:commit ' paged.out || fail "not paged: $(cat paged.out)"
  DM_PAGER=/no/such/pager TERM=dumb script -qec "ulimit -v 65536; '$DM' log -n 1" /dev/null >paged.out </dev/null || true
  grep -q '^commit ' paged.out || fail "not shown without a pager: $(cat paged.out)"
fi

note "many at once"
pids=()
for n in {1..24}; do
  timeout 60 "$DM" log --json >many.$n 2>&1 </dev/null &
  pids+=($!)
done
for n in {1..24}; do wait "${pids[$((n - 1))]}" || fail "one of many: $(cat many.$n)"; done
for n in {2..24}; do cmp many.1 many.$n || fail "answers got mixed"; done

note "a standby that was killed is replaced"
kill -9 "$pid"
await 60 "another standby" served_anew
note "one whose socket was taken away goes, and another comes"
rm -f "$(socket)"
await 60 "a third standby" served_anew

note "from a directory whose server has stopped"
(cd db && dm daemon stop >/dev/null && dm status >/dev/null 2>"$CASE/gone.err") || fail "status: $(cat gone.err)"
same "no complaint" "$(cat gone.err)" ''
await 60 "the mount" is_mounted "$CASE/db"

note "the daemon stopped: a command starts it as ever, and the standby goes"
dm daemon stop >/dev/null
status=0
thin list >/dev/null 2>&1 || status=$?
[ $status != 0 ] || fail "the standby answered without a daemon"
dm list >/dev/null
dm daemon stop >/dev/null
gone() { ! standby_pid >/dev/null || [ -z "$(socket)" ]; }
await 60 "the end of the standby" gone
