# The whole contract: every verb with every option once, and the layouts that scripts rely on.
# timeout: 600
run() { # WHAT DM-ARGUMENT...: it succeeds and complains of nothing
  local what=$1
  shift
  dm "$@" >"$CASE/out" 2>"$CASE/err" || fail "$what: exit status $? of dm $*: $(cat "$CASE/err")"
  [ ! -s "$CASE/err" ] || fail "$what: dm $* says on stderr: $(cat "$CASE/err")"
}
noted() { # as run, with a note on stderr that matches
  local regex=$1
  shift
  dm "$@" >"$CASE/out" 2>"$CASE/err" || fail "exit status $? of dm $*: $(cat "$CASE/err")"
  grep -qE "$regex" "$CASE/err" || fail "dm $* does not say $regex: $(cat "$CASE/err")"
}
printed() { contains "$1" "$(cat "$CASE/out")" "$2"; }
document() { # DM-ARGUMENT...: one JSON document on stdout
  run "JSON" "$@"
  is_json <"$CASE/out" || fail "dm $* prints no JSON"
}
server() { dm list -H | head -n 1 | cut -f3; }

note "nothing there yet"
refused "^dm: No current dot is selected$" status
run "an empty list" list
same "its heading" "$(head -n 1 "$CASE/out")" "Current remote: local (use 'dm remote -v' to list and 'dm remote switch' to switch)"

note "init, list, switch, status"
run init init shop
run "init of another namespace" init team/other
document init --json third
run switch switch shop
refused "invalid dot name" init "no good"
refused "reserved" init _mine
refused "there is a dot shop already" init shop
mkdir db files at ro copy
run "mount --create" mount --create shop.db "$CASE/db"
run "mount --create" mount --create shop.files "$CASE/files"
printf 'one\ntwo\n' >files/text
printf "%020000d" 7 >db/page
same "the list" "$(dm list)" "Current remote: local (use 'dm remote -v' to list and 'dm remote switch' to switch)

  DOT         BRANCH  SERVER            CONTAINERS  SIZE       COMMITS  DIRTY
* shop        master  $(server)              19.54 kiB  0        19.54 kiB
  third       master  $(server)              -          0        -
  team/other  master  $(server)              -          0        -"
same "the list for programs" "$(dm ls -H | head -n 1)" "shop	master	$(server)		20008	0	20008"
document list --json
document ls --json
run status status
printed "subdots and mounts" "$CASE/db"
document status --json
run "status of another dot" status --dot team/other
run "status of a branch" status --branch master
refused "no such branch" status --branch nowhere

note "commit and log"
run commit commit -m First -d ticket=1 -d by=hand --author "Ann <ann@x>"
matches "an id, the pause, the bytes" "$(tr '\n' ' ' <"$CASE/out")" '[0-9a-f]{64} paused writers for [0-9.]+ .?s, stored [0-9.]+ k?i?B in [0-9]+ objects '
first=$(head_id)
same "nothing is dirty" "$(dm list | awk '$2 == "shop" { print $NF }')" -
printf 'one\n2\n' >files/text
mv db/page db/leaf
document commit -m Second -m "with more" --no-provenance --dot shop --branch master --json
second=$(head_id)
refused "invalid metadata key" commit -m x -d Key=1
refused "is empty" commit -m " "
for arguments in "" "-n 1" "-1" "--max-count 1" --oneline --graph "--graph --oneline" --oldest-first --show-signature HEAD^ "${first:0:7}" "HEAD~1..HEAD" "--dot shop@master" "-- files"; do
  # shellcheck disable=SC2086 # several words
  run "log $arguments" log $arguments
  [ -s "$CASE/out" ] || fail "dm log $arguments prints nothing"
done
document log --json
document log --json --show-signature
same "log of a path" "$(dm log --oneline -- db/page | wc -l)" 2
run show show
printed "the stat of show" "files/text"
for option in -p --stat --name-status -s --no-patch --patch; do run "show $option" show "$option" HEAD; done
document show --json "$first"
for revision in HEAD '@' HEAD^ HEAD~1 master "${first:0:7}" "$first" '@{0}' 'master@{1}' 'HEAD^1'; do run "show $revision" show "$revision"; done
refused "unknown revision" show "${first:0:6}"
refused "unknown revision" show HEAD~2

note "diff"
echo 3 >>files/text
same "name-status" "$(dm diff --name-status HEAD^ HEAD)" "R	db/page	db/leaf
M	files/text"
same "against the data" "$(dm diff --name-status)" "M	files/text"
same "of a commit against the data" "$(dm diff --name-status HEAD^ -- files)" "M	files/text"
same "a range" "$(dm diff --name-status HEAD^..HEAD -- db/leaf db/page)" "R	db/page	db/leaf"
same "unified text" "$(dm diff -p HEAD^ HEAD -- files)" "diff --git a/files/text b/files/text
--- a/files/text
+++ b/files/text
@@ -1,2 +1,2 @@
 one
-two
+2"
run "diff --stat" diff --stat
printed "bytes of bytes" " | "
run "diff --summary" diff --summary
same "a row for each subdot" "$(awk '{ print $1 }' "$CASE/out")" "SUBDOT
files"
document diff --json
document diff --json -p HEAD^ HEAD

note "branches, checkout, restore, reset"
run branch branch dev
run "branch at a commit" branch old HEAD^
same "the branches" "$(dm branch)" "  dev
* master
  old"
run "branch -v" branch -v
run "branch -a" branch -a
document branch --json
run "rename" branch -m old older
run "delete" branch -d older
run "branch to force" branch lost
refused "uncommitted data" reset HEAD^
run "reset --hard" reset --hard HEAD
run "checkout" checkout lost
echo lost >files/lost
run "commit" commit -m Lost
run "checkout back" checkout master
refused "has commits that no other branch" branch -d lost
run "delete with force" branch -D lost
run "checkout -b" checkout -b topic HEAD^
run "back" checkout master
echo carried >files/carried
run "carry" checkout -b along --carry
same "carried" "$(cat files/carried)" carried
run "carry back" checkout --carry master
rm files/carried
run "a path" checkout "$first" -- files/text
same "its old text" "$(cat files/text)" "one
two"
run restore restore files/text
run "restore --source" restore --source HEAD^ files/text
run "restore a subdot" restore files
exec 8<files/text
refused "checkout refused: .*\(pid $$\) has file" checkout dev
refused "reset refused" reset --hard HEAD^
run "checkout --force" checkout --force dev
exec 8<&-
run "back" checkout master
run "reset --hard" reset --hard HEAD
run "reset" reset HEAD
run "reset --hard" reset --hard HEAD^
run "reset by the reflog" reset --hard '@{1}'
same "where it was" "$(head_id)" "$second"
run merge merge --ff-only dev
run merge merge --json topic
for arguments in "" "-n 1" "-1" dev "show dev" "--branch dev"; do
  # shellcheck disable=SC2086 # several words
  run "reflog $arguments" reflog $arguments
done
document reflog --json

note "tags"
run tag tag v1
run "tag -m" tag -m Note v2 HEAD^
run "tag -f" tag -f v1 HEAD^
same "the tags" "$(dm tag -l)" "v1
v2"
document tag --json
run "show a tag" show v2
run "tag -d" tag -d v1

note "mounts, run, fork"
run "mount --at" mount shop.files "$CASE/at" --at HEAD^
echo thrown >at/away
run "mount --at --read-only" mount shop.files "$CASE/ro" --at v2 --read-only
! touch ro/x 2>/dev/null || fail "a read-only mount can be written"
run "mount a branch" mount shop@dev.db "$CASE/copy"
run "the mounts" mount
document mount --json
run unmount unmount "$CASE/copy"
run unmount unmount "$CASE/at"
run unmount unmount "$CASE/ro"
run "mount --as" mount --as 1234:1235 shop.files "$CASE/copy" --at HEAD
same "as another" "$(stat -c %u:%g copy/text)" 1234:1235
run "unmount --force" unmount --force "$CASE/copy"
echo $$ >db/postmaster.pid
run "commit a lock" commit -m Lock
noted "names the live process" mount --at HEAD shop.db "$CASE/copy"
run unmount unmount "$CASE/copy"
noted "removed db/postmaster.pid" mount --at HEAD --drop-locks shop.db "$CASE/copy"
run unmount unmount "$CASE/copy"
if am_root; then
  run "mount --suid --dev" mount --suid --dev --at HEAD shop.files "$CASE/copy"
  run unmount unmount "$CASE/copy"
fi
run "the root directory" mount shop.__root__ "$CASE/copy"
same "all subdots" "$(ls copy)" "db
files"
run unmount unmount "$CASE/copy"
status=0
dm run --at HEAD "shop.files=$CASE/copy" -- sh -c "cat copy/text; exit 7" >"$CASE/out" 2>"$CASE/err" || status=$?
same "run ends as its command" "$status" 7
printed "run shows the data" one
run fork fork shop twin
refused "there is a dot twin already" fork shop twin

note "dots"
run "dot show" dot show
run "dot show -H" dot show -H shop
document dot show --json twin
run "dot rename" dot rename twin double
refused "mounted" dot delete -f shop
same "delete asks" "$(echo n | timeout 60 "$DM" dot delete double)" \
  "Please confirm that you really want to delete the dot double, including all branches and commits? (enter Y to continue): Aborted."
echo Y | timeout 60 "$DM" dot delete double >/dev/null
refused "no such dot" dot show double
run "dot delete -f" dot delete -f third
run "dot delete --force" dot delete --force team/other

note "remotes"
run "remote add" remote add disk "file://$CASE/remote"
refused "exists already" remote add disk "file://$CASE/remote"
same "the remotes" "$(dm remote -v)" "* local	admin@localhost
disk	file://$CASE/remote"
document remote --json
run push push disk
same "what a transfer prints" "$(sed -E 's/[0-9.]+ k?B/N B/g; s/[0-9.]+ MiB/N MiB/; 4q' "$CASE/out")" "Pushing admin/shop to disk:admin/shop
Calculating...
finished N B / N B [======================] 100.00% N MiB/s (2/2)
Done!"
run "push of a dot and branch" push disk shop dev
run "push --all" push --all disk
run "push --force-with-lease" push --force-with-lease disk
run "push --remote-name" push --remote-name admin/else disk
run "set-upstream" dot set-upstream shop disk admin/shop
run "set-upstream of the current" dot set-upstream disk admin/shop
run fetch fetch disk
run "fetch of a branch" fetch disk shop dev
run pull pull disk
run "pull --stash-on-divergence" pull --stash-on-divergence disk shop dev
run "remote branches" show disk/master
run clone clone disk shop --local-name cloned
run "clone of a branch at a commit" clone --at HEAD^ --local-name early disk shop dev
run "switch back" switch shop
run verify verify disk
document verify --json disk
run "remote switch" remote switch disk
run "its list" list
document list --json
run "remote switch" remote switch local
run "remote rm" remote rm disk
refused "no such remote" push disk

note "settings, servers, care"
run config config signing.key "$CASE/key"
same config "$(dm config signing.key)" "$CASE/key"
run "config --list" config --list
document config --json
run "config --unset" config --unset signing.key
run "another settings file" list --config "$CASE/other-config"
run "cluster init" cluster init
run "daemon status" daemon status
document daemon status --json
run "daemon stop" daemon stop
run "daemon start" daemon start
same "the mounts are back" "$(cat files/text)" "one
2"
run fsck fsck
document fsck --json
run gc gc
printed "what it did" "Freed "
run "gc, only looking" gc --dry-run --all --grace 2h --expire never --expire-unreachable 30d
printed "what it would do" "Would free "
run "gc -n" gc -n
document gc --json
run version version
document version --json
run "completion" completion bash
run "completion" completion zsh
for words in "hub --help" "hub serve --help" "hub user --help" "hub key --help" "daemon run --help"; do
  # shellcheck disable=SC2086 # several words
  run "$words" $words
done

note "forms of errors"
wrong_usage "unknown command 'comit'" comit
wrong_usage "unknown option '--nonsense'" status --nonsense
wrong_usage "unexpected word" switch shop twice
wrong_usage "'soon' is no age" gc --grace soon
status=0
dm show nowhere --verbose 2>"$CASE/err" || status=$?
same "a failure's status" "$status" 1
grep -q "^	at io.dotfs" "$CASE/err" || fail "--verbose shows no stack trace"
printf x >"files/$(printf 'bell\a\nline\e[31m')"
lacks "control characters" "$(dm diff -p | tr -d '\n')" $'\e'
same "their escapes" "$(dm diff --name-status -- files)" 'A	files/bell\x07\nline\x1b[31m'
lacks "no colour in a pipe" "$(dm log)" $'\e'
if command -v script >/dev/null; then
  on_terminal() { env -u NO_COLOR TERM=xterm PAGER=cat SHELL=/bin/sh "$@" script -qec "$DM log -1" /dev/null </dev/null; }
  contains "colour on a terminal" "$(on_terminal)" $'\e[33m'
  lacks "NO_COLOR" "$(on_terminal NO_COLOR=1)" $'\e[33m'
  contains "the pager" "$(on_terminal DM_PAGER='sed s/^/paged:/')" "paged:"
fi
