# Random operations on files and names, with commits, checkouts, resets, remounts and a daemon that ends among them, compared with a model all the time.
# timeout: 400
# RANDOM_SEED and RANDOM_OPERATIONS repeat or lengthen a run.
seed=${RANDOM_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
count=${RANDOM_OPERATIONS:-$(by_size 1500 20000)}
note "seed $seed: repeat it with RANDOM_SEED=$seed RANDOM_OPERATIONS=$count"
dot shop files
cat >kill-daemon <<KILL
#!/usr/bin/env bash
. "$NATIVE/lib/harness.sh"
pid=\$(daemon_pid "$DM_HOME") && kill -9 "\$pid" && { while kill -0 "\$pid" 2>/dev/null; do read -rt 0.05 <> <(:) || :; done; }
KILL
chmod +x kill-daemon
mkdir place
KILL_DAEMON=$CASE/kill-daemon "$PROGRAMS/random-operations" "$seed" "$count" "$CASE/files" shop.files "$CASE/place" ||
  fail "the mount is not as the model has it: seed $seed, $count operations"
