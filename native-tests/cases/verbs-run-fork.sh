# dm run (a copy for the time of a command), fork, dot rename, and checkout --carry.
dot shop db files
echo committed >db/a
echo other >files/b
first=$(commit First)
echo working >db/a

note "run: the command begins in the copy of HEAD, and nothing of it stays"
same "in the copy" "$(dm run shop.db -- sh -c 'cat a; echo new >a; cat a; cat "$DM_RUN/db/a"')" $'committed\nnew\nnew'
same "the data stands as it was" "$(cat db/a)" working
same "no mount is left" "$(dm mount --json | json 'len(d["mounts"])')" 2
[ -z "$(find "$TMPDIR" -maxdepth 1 -name 'dm-run.*')" ] || fail "a temporary directory is left"
status=0
dm run shop.db -- sh -c 'exit 7' || status=$?
same "exit status" $status 7
mkdir place
same "two copies, one at a place" \
  "$(cd "$CASE" && dm run shop.db=place shop.files -- sh -c 'cat place/a; cat "$DM_RUN/files/b"')" $'committed\nother'
same "input goes through" "$(echo hello | timeout 60 "$DM" run shop.db -- cat)" hello
status=0
dm run shop.db -- /no/such/program 2>err || status=$?
same "a program that is not there" $status 127
one_clear_line 1 err 1 "cannot run"
wrong_usage "no command" run shop.db
wrong_usage "no data" run -- true
refused "no subdot" run shop.nothing -- true
dm run --keep --at "$first" shop.db=place -- sh -c 'echo kept >place/c' 2>err
grep -q "stays mounted" err || fail "--keep says nothing: $(cat err)"
same "kept" "$(cat place/c)" kept
dm daemon stop >/dev/null
dm status >/dev/null
same "a kept copy outlives the daemon" "$(cat place/c)" kept
dm unmount place

note "Ctrl-C ends the command, and the copy goes"
: >started
(trap - INT && exec timeout --foreground 60 "$DM" run shop.db -- sh -c 'echo $$ >"$CASE/started"; exec sleep 1000') &
runner=$!
begun() { [ -s started ]; }
await 60 "the command" begun
kill -INT "$runner"
kill -TERM "$(cat started)" 2>/dev/null || true
wait "$runner" || true
gone() { [ "$(dm mount --json | json 'len(d["mounts"])')" = 2 ]; }
await 60 "the copy's end" gone

note "checkout --carry"
dm checkout -b experiment --carry
same "carried" "$(cat db/a)" working
dm checkout master
same "left clean" "$(cat db/a)" committed
dm checkout experiment
commit Working >/dev/null
echo more >db/a
refused "same commit" checkout --carry master
same "refused: nothing moved" "$(cat db/a)" more

note "fork and rename"
dm unmount db
dm unmount files
contains "fork" "$(dm fork shop try)" "Forked shop to try, on branch experiment with 2 commits"
same "the current dot stays" "$(dm status --json | json 'd["name"]')" admin/shop
same "its history" "$(dm log --dot try --oneline | wc -l)" 2
refused "already" fork shop try
refused "no such dot" fork none some
dm dot rename shop store
same "the current dot goes along" "$(dm status --json | json 'd["name"]')" admin/store
refused "no such dot" dot show shop
dm mount store.db db
same "with what was not committed" "$(cat db/a)" more
refused "mounted" dot rename store back
refused "invalid" dot rename try 'a b'
