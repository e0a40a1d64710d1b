# The store against `tar | zstd -3` and sha256sum on one data set: first commit, commit after pgbench, nothing, sending, bringing back.
rounds=${ROUNDS:-3}
scale=10
[ "${FULL:-0}" = 0 ] || scale=40
needs_postgresql
command -v zstd >/dev/null || fail "zstd is not installed"
for ((round = 1; round <= rounds; round++)); do
  progress "round $round of $rounds: making the data"
  dot=set$round
  fresh_dot $dot db "$WORK/db"
  pg_init "$WORK/db"
  pg_start bench "$WORK/db"
  "$(pg_bin)/pgbench" -q -i -s $scale -h "$STORES/bench" -U postgres postgres >/dev/null 2>&1
  sql bench checkpoint >/dev/null
  pg_stop bench "$WORK/db"
  rm -rf "$WORK/plain"
  cp -a "$WORK/db" "$WORK/plain"
  sync
  progress "round $round of $rounds: first commit"
  record "first commit [s]" "tar|zstd" "$(seconds bash -c "tar -C '$WORK/plain' -cf - . | zstd -q -3 -T0 >'$WORK/tar.zst'")"
  record "first commit [s]" "sha256sum" "$(seconds bash -c "find '$WORK/plain' -type f -print0 | xargs -0 -n 64 -P 2 sha256sum")"
  before=$(pack_bytes "$DM_HOME")
  record "first commit [s]" dm "$(seconds commit first $dot)"
  record "first commit, stored [MB]" "tar|zstd" "$(stat -c %s "$WORK/tar.zst" | awk '{ print $1 / 1e6 }')"
  record "first commit, stored [MB]" dm "$(awk -v b=$(($(pack_bytes "$DM_HOME") - before)) 'BEGIN { print b / 1e6 }')"

  pg_start bench "$WORK/db"
  "$(pg_bin)/pgbench" -n -c 4 -j 2 -t 250 -h "$STORES/bench" -U postgres postgres >/dev/null 2>&1
  sql bench checkpoint >/dev/null
  pg_stop bench "$WORK/db"
  before=$(pack_bytes "$DM_HOME")
  record "after 1,000 transactions [s]" "tar|zstd" "$(seconds bash -c "tar -C '$WORK/plain' -cf - . | zstd -q -3 -T0 >'$WORK/tar.zst'")"
  record "after 1,000 transactions [s]" dm "$(seconds commit second $dot)"
  record "after 1,000 transactions, stored [MB]" dm "$(awk -v b=$(($(pack_bytes "$DM_HOME") - before)) 'BEGIN { print b / 1e6 }')"
  record "nothing changed [s]" "find+stat" "$(seconds find "$WORK/plain" -printf '%T@ %s %p\n')"
  record "nothing changed [s]" dm "$(seconds commit third $dot)"
  record "diff of two commits [s]" "find+stat" "$(seconds find "$WORK/plain" -printf '%T@ %s %p\n')"
  record "diff of two commits [s]" dm "$(seconds dm diff --name-status --dot $dot HEAD~2 HEAD~1)"

  progress "round $round of $rounds: sending and bringing back"
  rm -rf "$WORK/remote"
  mkdir "$WORK/remote"
  dm remote add "r$round" "file://$WORK/remote"
  record "push of it all [s]" "cp -a" "$(seconds bash -c "cp -a '$WORK/plain' '$WORK/copy' && sync -f '$WORK/copy'")"
  record "push of it all [s]" dm "$(seconds dm push "r$round" $dot)"
  record "second push [s]" dm "$(seconds dm push "r$round" $dot)"
  rm -rf "$WORK/copy"
  record "clone [s]" "cp -a" "$(seconds bash -c "cp -a '$WORK/plain' '$WORK/copy' && sync -f '$WORK/copy'")"
  rm -rf "$WORK/copy"
  record "clone [s]" dm "$(seconds dm clone "r$round" $dot --local-name "copy$round")"
  mkdir -p "$WORK/at"
  record "mount of a commit [s]" dm "$(seconds dm mount "$dot.db" "$WORK/at" --at "$(dm log --dot $dot -n 1 --json | json_of 'd["commits"][0]["id"]')" --read-only)"
  drop_caches
  record "cold read of everything [s]" native "$(seconds bash -c "tar -C '$WORK/plain' -cf - . | cat")"
  drop_caches
  record "cold read of everything [s]" dm "$(seconds bash -c "tar -C '$WORK/at' -cf - . | cat")"
  dm unmount "$WORK/at" >/dev/null
  dm unmount "$WORK/db" >/dev/null
done
done_progress
