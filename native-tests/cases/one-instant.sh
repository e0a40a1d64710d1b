# One instant: writers on two subdots take turns by every kind of operation, in threads and processes; each of 200 commits holds an exact prefix.
# timeout: 400
# alone: yes
commits=$(by_size 200 2000)
dot pair A B
"$PROGRAMS/turns" "$CASE/A" "$CASE/B" "$CASE/history" >ready 2>turns.err &
export WRITERS=$!
await 60 "the writers" grep -q ready ready
dm commit -m "as a user takes it" >commit.out
mkdir at
"$PROGRAMS/instants" "$commits" pair "$CASE/history" "$CASE/at" || fail "not every commit is one instant"
wait $WRITERS || fail "the writers failed: $(cat turns.err)"
same "commits in the log" "$(dm log --oneline --dot pair | wc -l)" $((commits + 1))
