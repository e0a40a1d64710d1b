# RabbitMQ's durable classic and quorum queues: every confirmed message is in each commit taken meanwhile, and in the data of a killed broker.
# timeout: 600
# alone: yes
. "$NATIVE/lib/rabbitmq.sh"
needs_rabbitmq
/usr/bin/python3 -c 'import pika' 2>/dev/null || skip "Python has no pika"
dot shop mq
rabbitmq_start live "$CASE/mq"
port=$(cat "$STORES/live/port")
"$PROGRAMS/queues" declare "$port"
await 60 "the quorum queue's log to be named on the disk" rabbitmq_has_named "$CASE/mq" quorum
"$PROGRAMS/queues" publish "$port" "$CASE/acked" >publish.out 2>&1 &
publisher=$!
await 60 "the first confirmed messages" bash -c "[ \$(cat '$CASE/acked') -gt 30 ]"
for n in 1 2; do
  before=$(cat acked)
  id=$(commit "under load $n")
  echo "$id $before $(($(cat acked) + 1))" >>taken
  await 60 "further messages" bash -c "[ \$(cat '$CASE/acked') -gt $((before + 30)) ]"
done
kill -0 $publisher || fail "the publisher ended under the commits: $(tail -n 3 publish.out)"
# killed under load, and started again on the same mount
rabbitmq_kill live
wait $publisher 2>/dev/null || true
acked=$(cat acked)
rabbitmq_start live "$CASE/mq"
note "killed: $("$PROGRAMS/queues" check "$(cat "$STORES/live/port")" "$acked" $((acked + 1))) messages, $acked confirmed"
rabbitmq_stop live
n=0
while read -r id before after; do
  n=$((n + 1))
  mkdir "copy$n"
  dm mount shop.mq "$CASE/copy$n" --at "$id"
  rabbitmq_start "copy$n" "$CASE/copy$n"
  counts=$("$PROGRAMS/queues" check "$(cat "$STORES/copy$n/port")" "$before" "$after")
  note "commit $n: $before <= $counts <= $after messages"
  rabbitmq_stop "copy$n"
  dm unmount "$CASE/copy$n"
done <taken
