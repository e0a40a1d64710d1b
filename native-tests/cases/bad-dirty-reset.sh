# reset of a dirty branch without --hard is refused, and the data is untouched; with --hard the log finds the old state again.
dot shop db
echo one >db/data
first=$(commit one)
echo two >db/data
second=$(commit two)
echo unsaved >db/data
refused "uncommitted|dirty" reset "$first"
same "the data" "$(cat db/data)" unsaved
same "the branch" "$(head_id)" "$second"
dm reset --hard "$first"
same "after --hard" "$(cat db/data)" one
contains "the reflog has it" "$(dm reflog)" "${second:0:7}"
