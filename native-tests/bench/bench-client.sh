# How soon everyday verbs answer with the daemon running: the thin client, the JVM client it saves, and what others need to answer at all.
rounds=${ROUNDS:-15}
own=$(dirname "$(dirname "$(readlink -f "$DM")")")/lib/dm
java=$(command -v java || echo "${JAVA_HOME:-}/bin/java")
fresh_dot shop db "$WORK/db"
echo one >"$WORK/db/a"
for n in {1..20}; do
  echo "$n" >>"$WORK/db/a"
  commit "number $n" shop >/dev/null
done
echo more >>"$WORK/db/a"
git init -q "$WORK/git"
(cd "$WORK/git" && echo one >a && git add a && git -c user.name=a -c user.email=a commit -qm one && echo two >>a)
milliseconds() { seconds "$@" | awk '{ printf "%.2f", $1 * 1000 }'; }
in_git() { git -C "$WORK/git" "$@"; }
# Until a standby serves the thin client.
for n in {1..50}; do
  dm list >/dev/null
  (ulimit -v 65536 && "$DM" list) >/dev/null 2>&1 && break
  sleep 0.2
done
for ((round = 1; round <= rounds; round++)); do
  progress "round $round of $rounds"
  for verb in list status log; do
    record "dm $verb [ms]" "java -version" "$(milliseconds "$java" -Xshare:auto -version)"
    record "dm $verb [ms]" "git status" "$(milliseconds in_git status)"
    record "dm $verb [ms]" lib/dm "$(milliseconds "$own" "$verb")"
    record "dm $verb [ms]" dm "$(milliseconds "$DM" "$verb")"
  done
done
done_progress
