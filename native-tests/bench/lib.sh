# What the benchmarks share. Sourced by bench/run; WORK is a directory on the disk that is measured.
# shellcheck shell=bash
NATIVE=$(dirname "$BENCH")
STORES=$WORK/stores
skip() { fail "$*"; }
fail() {
  echo "bench: $*" >&2
  exit 1
}
. "$NATIVE/lib/stores.sh"

dm() { timeout 900 "$DM" "$@" </dev/null; }
# record TEST SUBJECT VALUE: one measurement; the report prints medians and ratios.
record() {
  [ -n "$3" ] || fail "no figure for: $1, $2"
  printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$WORK/figures"
}
now() { date +%s%N; }
# seconds_to FILE COMMAND...: how long it takes; its output goes to FILE.
seconds_to() {
  local begin output=$1
  shift
  begin=$(now)
  "$@" >"$output" 2>"$WORK/stderr" || fail "$* failed: $(tail -n 3 "$WORK/stderr")"
  echo "$(now) $begin" | awk '{ printf "%.4f", ($1 - $2) / 1e9 }'
}
# seconds COMMAND...: how long it takes, with its output thrown away.
seconds() { seconds_to /dev/null "$@"; }
progress() { [ ! -t 2 ] || printf '\r\033[K%s' "$*" >&2; }
done_progress() { progress ''; }
drop_caches() {
  sync
  if [ "$(id -u)" = 0 ]; then echo 3 >/proc/sys/vm/drop_caches 2>/dev/null || true; fi
}
# json_of EXPRESSION: of the document on stdin, called d.
json_of() { /usr/bin/python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }
pack_bytes() { find "$1" -type f -name '*.pack' -printf '%s\n' 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'; }
# commit MESSAGE DOT: as JSON, so that the daemon's own figures can be had.
commit() { dm commit --json --dot "$2" -m "$1"; }
fresh_dot() { # DOT SUBDOT DIR
  mkdir -p "$3"
  dm init "$1" >/dev/null
  dm mount --create "$1.$2" "$3" >/dev/null
}
