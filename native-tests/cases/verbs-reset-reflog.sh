# reset, reflog, tag and the ways to name a commit: HEAD^, HEAD~n, prefix, tag, branch, @{n}; what reset left behind is found again.
dot shop db
for n in 1 2 3 4; do
  echo $n >db/n
  id[n]=$(commit "state $n")
done
at() { dm show "$1" | sed -n 's/^commit \([0-9a-f]*\).*/\1/p' | head -n 1; }
same "HEAD" "$(at HEAD)" "${id[4]}"
same "HEAD^" "$(at HEAD^)" "${id[3]}"
same "HEAD~3" "$(at HEAD~3)" "${id[1]}"
same "a prefix of 7" "$(at "${id[2]:0:7}")" "${id[2]}"
same "a branch" "$(at master)" "${id[4]}"
dm tag release "${id[2]}"
same "a tag" "$(at release)" "${id[2]}"
contains "tags are listed" "$(dm tag)" release
refused "already" tag release
refused "" show "${id[2]:0:6}"
refused "" show 0123456789
refused "" show HEAD~4
dm reset --hard HEAD~2
same "the data" "$(cat db/n)" 2
same "the log" "$(dm log --oneline | wc -l)" 2
contains "the reflog" "$(dm reflog)" "${id[4]:0:7}"
same "@{1}" "$(at '@{1}')" "${id[4]}"
dm reset --hard '@{1}'
same "found again" "$(cat db/n)" 4
dm reset "${id[3]}"
same "reset of a clean branch" "$(at HEAD)" "${id[3]}"
dm reset --hard release
same "reset to a tag" "$(cat db/n)" 2
dm reflog --json | is_json
dm tag --json | is_json
