# What every case has at hand. Sourced by lib/case after the runner prepared the environment:
#   CASE      the case's own directory, empty at first, removed afterwards
#   DM        the program under test;  DM_HOME  its store;  HOME, TMPDIR, XDG_RUNTIME_DIR  inside CASE
#   PROGRAMS  our compiled programs and checkers
# A case ends at the first command that fails, with its line shown; after one that passed, `dm fsck` must be clean and the
# daemon must stop and leave no mount behind.
# shellcheck shell=bash

# Runs dm with nothing on stdin and a time limit, so that a hang is a failure of that very line.
dm() { timeout -k 5 "${DM_TIMEOUT:-90}" "$DM" "$@" </dev/null; }

# Every home is a host of its own: at HOME_DIR do dm ...
at_home() {
  local home=$1
  shift
  env DM_HOME="$home" HOME="$home.user" timeout -k 5 "${DM_TIMEOUT:-90}" "$DM" "$@" </dev/null
}

# new_home DIR: an empty home with a user directory of its own, whose daemon is stopped at the end.
new_home() {
  mkdir -p "$1" "$1.user"
  chmod 0755 "$1.user"
  echo "$1" >>"$CASE/.homes"
}

note() { echo "--- $*"; }
fail() {
  echo "FAILED: $*" >&2
  exit 1
}
# skip WHY: this host cannot run the case.
skip() {
  echo "$*" >"$CASE/.skip"
  exit 77
}
needs() {
  local tool
  for tool in "$@"; do command -v "$tool" >/dev/null || skip "$tool is not installed"; done
}
am_root() { [ "$(id -u)" = 0 ]; }
full() { [ "${FULL:-0}" != 0 ]; }
# by_size QUICK FULL: the value for this run.
by_size() { if full; then echo "$2"; else echo "$1"; fi; }

# same WHAT ACTUAL EXPECTED
same() {
  [ "$2" == "$3" ] || {
    printf 'FAILED: %s\n' "$1" >&2
    diff -u --label expected <(printf '%s\n' "$3") --label actual <(printf '%s\n' "$2") >&2 || true
    exit 1
  }
}
# matches WHAT ACTUAL REGEX (extended, over the whole text)
matches() { [[ $2 =~ ^$3$ ]] || fail "$1: expected /$3/, got: $2"; }
# contains WHAT ACTUAL TEXT
contains() { [[ $2 == *"$3"* ]] || fail "$1: expected it to contain '$3', got: $2"; }
lacks() { [[ $2 != *"$3"* ]] || fail "$1: expected it not to contain '$3', got: $2"; }

# await SECONDS WHAT COMMAND...: until the command succeeds.
await() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt "$end" ] || fail "waited in vain for: $what"
    sleep 0.05
  done
}

# one_clear_line STATUS ERROR_FILE EXPECTED_STATUS REGEX: the form that CLI.md gives errors.
one_clear_line() {
  local status=$1 file=$2 expected=$3 regex=$4 text
  text=$(cat "$file")
  [ "$status" = "$expected" ] || fail "exit status $status instead of $expected; stderr: $text"
  [[ $(sed -n 1p "$file") =~ ^dm:\ .*$ ]] || fail "the first line of stderr is not 'dm: ...': $text"
  [[ $(sed -n 1p "$file") =~ $regex ]] || fail "stderr does not match /$regex/: $text"
  [ "$(sed 1d "$file" | grep -cv '^hint: ' || true)" = 0 ] || fail "more than one line and hints on stderr: $text"
  [ "$(wc -l <"$file")" -le 2 ] || fail "more than two lines on stderr: $text"
  lacks "stderr" "$text" "Exception"
  ! grep -qE '^[[:space:]]+at |^Caused by' "$file" || fail "a stack trace on stderr: $text"
}

# refused REGEX DM-ARGUMENT...: exit status 1, and one clear line that matches.
refused() {
  local regex=$1 status=0
  shift
  note "dm $* (to be refused)"
  dm "$@" >"$CASE/refused.out" 2>"$CASE/refused.err" || status=$?
  one_clear_line $status "$CASE/refused.err" 1 "$regex"
}
# wrong_usage REGEX DM-ARGUMENT...: exit status 2; the usage may follow.
wrong_usage() {
  local regex=$1 status=0 text
  shift
  dm "$@" >"$CASE/refused.out" 2>"$CASE/refused.err" || status=$?
  text=$(cat "$CASE/refused.err")
  [ $status = 2 ] || fail "exit status $status instead of 2 for dm $*; stderr: $text"
  [[ $text =~ $regex ]] || fail "stderr does not match /$regex/: $text"
  ! grep -qE '^[[:space:]]+at |Exception' "$CASE/refused.err" || fail "a stack trace on stderr: $text"
}

# json EXPRESSION: the document on stdin, checked and evaluated as `d` in Python; prints the result.
json() {
  /usr/bin/python3 -c '
import json, sys
d = json.load(sys.stdin)
result = eval(sys.argv[1])
print(json.dumps(result) if isinstance(result, (dict, list, bool)) or result is None else result)' "$1"
}
is_json() { /usr/bin/python3 -m json.tool >/dev/null; }

# A dot with mounted subdots: dot NAME [SUBDOT...] mounts each at $CASE/SUBDOT.
dot() {
  local name=$1 sub
  shift
  dm init "$name"
  for sub in "$@"; do
    mkdir -p "$CASE/$sub"
    dm mount --create "$name.$sub" "$CASE/$sub"
  done
}
# commit MESSAGE [DM-ARGUMENT...]: prints the commit's id, which the command printed.
commit() {
  local message=$1
  shift
  dm commit -m "$message" "$@" >"$CASE/commit.out"
  grep -oE '[0-9a-f]{64}' "$CASE/commit.out" | head -n 1 | grep . || head_id "$@"
}
# head_id: the id of the newest commit, as log shows it.
head_id() {
  local dot=()
  while [ $# -gt 0 ]; do
    case $1 in
      --dot | --branch) dot+=("$1" "$2") && shift ;;
    esac
    shift
  done
  dm log -n 1 "${dot[@]}" | sed -n 's/^commit \([0-9a-f]*\).*/\1/p' | head -n 1
}
is_mounted() { awk -v dir="$1" '$5 == dir { found = 1 } END { exit !found }' /proc/self/mountinfo; }
# tree DIR: one line for everything in it: type, mode, owner, size, mtime, content's hash or target, name.
tree() { /usr/bin/python3 "$NATIVE/lib/tree.py" "$1"; }

# The pid of the daemon that serves a home; its own words say which, and the system's say that it is ours to end.
daemon_pid() {
  local home=${1:-$DM_HOME} pid
  for pid in $(pgrep -x java); do
    if tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -xF -A1 -e --home | grep -qxF "$home" ||
      { tr '\0' '\n' <"/proc/$pid/cmdline" | grep -q DaemonMain && tr '\0' '\n' <"/proc/$pid/environ" | grep -qxF "DM_HOME=$home"; } 2>/dev/null; then
      echo "$pid"
      return 0
    fi
  done
  return 1
}

. "$NATIVE/lib/hub.sh"
. "$NATIVE/lib/stores.sh"
. "$NATIVE/lib/docker.sh"

# Afterwards: whatever the case did, the store must be sound, and the daemon must go when told.
afterwards() {
  local status=$? home left log
  trap - EXIT ERR
  set +e
  stop_stores
  docker_stop
  cd /
  echo "$DM_HOME" >>"$CASE/.homes"
  for home in $(sort -u "$CASE/.homes"); do
    [ -d "$home" ] || continue
    if [ $status = 0 ] && [ -z "${NO_FSCK:-}" ]; then
      at_home "$home" fsck >"$CASE/fsck.out" 2>&1 || {
        echo "FAILED: fsck after the case:"
        cat "$CASE/fsck.out"
        status=1
      }
    fi
    if [ $status = 77 ] || ! at_home "$home" daemon status >/dev/null 2>&1; then continue; fi
    DM_TIMEOUT=30 at_home "$home" daemon stop >"$CASE/stop.out" 2>&1 || {
      echo "FAILED: the daemon does not stop:"
      cat "$CASE/stop.out"
      [ $status = 0 ] && status=1
    }
  done
  docker_unshare
  left=$(awk -v dir="$CASE/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo)
  if [ $status = 0 ] && [ -n "$left" ]; then
    echo "FAILED: mounts left after the daemon has stopped: $left"
    status=1
  fi
  if [ $status != 0 ] && [ $status != 77 ]; then
    for log in $(find "$CASE" -xdev \( -name daemon.log -o -name server.log -o -name redis.log -o -name initdb.log -o -name hub.err \) -size +0 2>/dev/null); do
      echo "--- the last lines of ${log#"$CASE/"}"
      grep -avE '^[[:space:]]+at (org\.eclipse|java\.base|io\.dotfs\.daemon\.control)|frames omitted' "$log" | tail -n 14 | cut -c1-300
    done
  fi
  exit $status
}
