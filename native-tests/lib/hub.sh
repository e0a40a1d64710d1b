# A hub of one's own for cases and the demo: its data in a directory, a free port on the loopback.
# shellcheck shell=bash

# hub_start DIR [PORT]: serves DIR; sets HUB_PORT and HUB_PID.
hub_start() {
  mkdir -p "$1"
  # What an earlier hub said must not be taken for this one's.
  : >"$1.out"
  "$DM" hub serve --home "$1" --listen "127.0.0.1:${2:-0}" </dev/null >"$1.out" 2>"$1.err" &
  HUB_PID=$!
  local end=$((SECONDS + 60))
  until HUB_PORT=$(sed -n 's/.*127\.0\.0\.1:\([0-9][0-9]*\).*/\1/p' "$1.out" | head -n 1) && [ -n "$HUB_PORT" ]; do
    if [ $SECONDS -ge $end ] || ! kill -0 $HUB_PID 2>/dev/null; then
      cat "$1.out" "$1.err" >&2
      echo "FAILED: the hub does not start" >&2
      return 1
    fi
    sleep 0.1
  done
}
hub_stop() {
  kill "$HUB_PID" 2>/dev/null
  wait "$HUB_PID" 2>/dev/null || true
}
# hub_user DIR NAME: makes an account and prints an API key of it.
hub_user() {
  "$DM" hub user add "$2" --home "$1" </dev/null >/dev/null && "$DM" hub key add "$2" --home "$1" </dev/null | tail -n 1
}
