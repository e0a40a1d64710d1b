# The daemon starts with the first command that needs it, once though many ask, survives its terminal, stops when told and starts again with its mounts.
[ -z "$(daemon_pid || true)" ] || fail "there is a daemon already"
dm version >/dev/null
[ -z "$(daemon_pid || true)" ] || fail "version started a daemon"
# A terminal that goes away takes its session with it, but not the daemon.
/usr/bin/python3 - "$DM" <<'PY'
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "init", "shop"])
while True:
    try:
        if not os.read(terminal, 1024):
            break
    except OSError:
        break
_, status = os.waitpid(pid, 0)
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(status))
PY
pid=$(daemon_pid) || fail "no daemon after the terminal is gone"
mkdir db
dm mount --create shop.db db
echo kept >db/data
same "the same daemon serves" "$(daemon_pid)" "$pid"
same "it has no terminal" "$(ps -o tty= -p "$pid" | tr -d ' ')" "?"
same "it stands in /" "$(readlink "/proc/$pid/cwd")" "/"
dm daemon status >status.out
contains "its status" "$(cat status.out)" "$pid"
dm daemon stop
await 60 "the end of the daemon" bash -c "! kill -0 $pid"
! is_mounted "$CASE/db" || fail "a stopped daemon left its mount"
for n in {1..6}; do dm list >"list.$n" & done
for job in $(jobs -p); do wait "$job" || fail "a concurrent first command failed"; done
same "six first commands, one daemon" "$(pgrep -x java | while read -r p; do tr "\0" "\n" <"/proc/$p/cmdline" 2>/dev/null | grep -xF "$DM_HOME" || true; done | wc -l)" 1
same "all six were answered" "$(cat list.? | grep -c shop)" 6
await 60 "the mount to be back" is_mounted "$CASE/db"
same "the data" "$(cat db/data)" kept
