# A disk that stops answering holds up those who wait for it, and nobody else: neither other files of the mount nor another mount.
needs bindfs fusermount3 mountpoint
dot shop slow
fast=$CASE/fast
mkdir "$fast"
dm mount --create shop.fast "$fast" >/dev/null
for n in 1 2 3; do
  echo "there before $n" >"slow/before-$n"
  echo "there before $n" >"$fast/before-$n"
done
sync -d slow/before-* "$fast"/before-*

# From here on the mount's backing files are made behind a file system of its own, whose server can be stopped. The files
# from before are open in the daemon, which goes past it to them.
overlay=$(echo "$DM_HOME"/overlay/*)
[ -d "$overlay" ] || fail "not one tree in the overlay: $overlay"
am_root && allow='' || allow='--no-allow-other'
# shellcheck disable=SC2086 # an option or none
bindfs -f $allow "$overlay" "$overlay" &
server=$!
trap 'kill -CONT "$server" 2>/dev/null; fusermount3 -uz "$overlay" 2>/dev/null; kill "$server" 2>/dev/null' EXIT
await 60 "the slow disk" mountpoint -q "$overlay"
count=$(($(nproc) + 4))
for ((n = 1; n <= count; n++)); do echo old >"slow/file-$n"; done
kill -STOP "$server"

# Some write, some sync: all wait for the disk.
writers=()
for ((n = 1; n <= count; n++)); do
  if ((n % 3 == 0)); then sync -d "slow/file-$n" & else echo "new $n" 1<>"slow/file-$n" & fi
  writers+=($!)
done
all_wait() {
  local writer
  for writer in "${writers[@]}"; do
    [ "$(cat "/proc/$writer/wchan")" = request_wait_answer ] || return 1
  done
}
await 60 "$count requests that wait" all_wait

# Meanwhile everything else goes on; what hangs is ended by the time limit, and fails the case.
others() { # DIR
  timeout 60 bash -euc '
    cd "$1"
    for n in 1 2 3; do
      [ "$(cat "before-$n")" = "there before $n" ]
      echo "changed $n" 1<>"before-$n"
      sync -d "before-$n"
    done
    mkdir directory
    ln -s target directory/link
    ln before-1 directory/name
    mv directory/name directory/renamed
    [ "$(stat -c %h before-1)" = 2 ]
    [ "$(ls directory | wc -l)" = 2 ]
    rm -r directory' bash "$1"
}
others slow || fail "other files of the mount wait for the slow disk"
others "$fast" || fail "another mount waits for the slow disk"
for writer in "${writers[@]}"; do
  kill -0 "$writer" 2>/dev/null || fail "a writer did not wait: the disk was not slow, and nothing was tested"
done

kill -CONT "$server"
for writer in "${writers[@]}"; do
  wait "$writer" || fail "a writer failed"
done
for ((n = 1; n <= count; n++)); do
  ((n % 3 == 0)) && text=old || text="new $n"
  same "file-$n" "$(cat "slow/file-$n")" "$text"
done
for n in 1 2 3; do same "before-$n" "$(head -n 1 "slow/before-$n")" "changed $n"; done

dm daemon stop >/dev/null
fusermount3 -u "$overlay"
wait "$server" || true
trap - EXIT
dm list >/dev/null
same "after a restart" "$(cat slow/file-1)" "new 1"
