# RabbitMQ brokers for cases and stacks, on any directory; nothing of the host's own broker (port mapper, cookie, settings) is met.
# shellcheck shell=bash
#
# A node's data belong to the node's name: mnesia's tables and the members of quorum queues hold it, and a copy that starts under another
# name ends at once with "failed_to_cluster_with". So copies bear the same name, and a port mapper (epmd) of each one's own keeps them apart.
#
# A quorum queue's log lies in a directory of a random name, and names.dets says whose it is. Ra before 2.11 (its pull request 443) writes that
# half a second and more after the declaration was answered, while messages are already confirmed. A broker that is killed before it starts
# another log, an empty one that elects no leader, on every file system; hence rabbitmq_has_named, before a kill or a commit.

needs_rabbitmq() {
  RABBITMQ_PROGRAMS=/usr/lib/rabbitmq/bin
  [ -x $RABBITMQ_PROGRAMS/rabbitmq-server ] || skip "rabbitmq-server is not installed"
  needs epmd erl
}

# rabbitmq_start NAME DATA: a broker with DATA as its directory; $STORES/NAME/port is where it listens for AMQP.
rabbitmq_start() {
  local name=$1 data=$2 user dir epmd dist port
  stores_dir
  user=$(store_user rabbitmq)
  dir=$STORES/$name
  read -r epmd dist port < <(free_ports 3)
  mkdir -p "$dir/log" "$dir/home"
  rm -f "$dir/pid" "$dir/server.log"
  echo "$port" >"$dir/port"
  echo '[].' >"$dir/enabled"
  cat >"$dir/environment" <<ENVIRONMENT
HOME=$dir/home
PATH=/usr/bin:/bin:/usr/sbin:/sbin
LC_ALL=C.UTF-8
ERL_EPMD_PORT=$epmd
ERL_EPMD_ADDRESS=127.0.0.1
RABBITMQ_NODENAME=rabbit@localhost
RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
RABBITMQ_NODE_PORT=$port
RABBITMQ_DIST_PORT=$dist
RABBITMQ_MNESIA_DIR=$data
RABBITMQ_MNESIA_BASE=$dir
RABBITMQ_LOG_BASE=$dir/log
RABBITMQ_LOGS=-
RABBITMQ_ENABLED_PLUGINS_FILE=$dir/enabled
RABBITMQ_CONF_ENV_FILE=/dev/null
RABBITMQ_CONFIG_FILE=$dir/rabbitmq
RABBITMQ_ADVANCED_CONFIG_FILE=$dir/advanced.config
RABBITMQ_PID_FILE=$dir/pid
RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}
ENVIRONMENT
  # one file's cookie for all: whoever calls the broker's tools has it from there
  [ -e "$dir/home/.erlang.cookie" ] || { echo cookie >"$dir/home/.erlang.cookie" && chmod 0400 "$dir/home/.erlang.cookie"; }
  printf 'vm_memory_high_watermark.absolute = 512MB\ndisk_free_limit.absolute = 10MB\n' >"$dir/rabbitmq.conf"
  if [ "$(id -u)" = 0 ]; then
    chown -R "$user:" "$dir"
    [ "$(stat -c %U "$data")" = "$user" ] || chown "$user:" "$data"
  fi
  (
    cd "$dir"
    exec 0</dev/null >"$dir/epmd.log" 2>&1
    # shellcheck disable=SC2016 # expanded by the inner shell
    as_store "$user" env -i PATH=/usr/bin:/bin sh -c 'echo $$ >epmd.pid && exec epmd -address 127.0.0.1 -port "$1"' sh "$epmd"
  ) &
  # a node that meets no port mapper starts one itself, which nobody would end
  local end=$((SECONDS + 60))
  until epmd -port "$epmd" -names >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { cat "$dir/epmd.log" >&2 && return 1; }
    sleep 0.05
  done
  (
    cd "$dir"
    exec 0</dev/null >"$dir/server.log" 2>&1
    mapfile -t environment <"$dir/environment"
    as_store "$user" env -i "${environment[@]}" setsid "$RABBITMQ_PROGRAMS/rabbitmq-server"
  ) &
  echo $! >"$dir/shell.pid"
  echo "rabbitmq $name $data" >>"$STORES/running"
  end=$((SECONDS + 120))
  until grep -q 'Server startup complete' "$dir/server.log" 2>/dev/null; do
    if [ $SECONDS -ge $end ] || ! kill -0 "$(cat "$dir/shell.pid")" 2>/dev/null; then
      tail -n 40 "$dir/server.log" >&2
      return 1
    fi
    sleep 0.2
  done
}
# rabbitmq_has_named DATA QUEUE: whether the directory says by now which log is that of the quorum queue QUEUE of vhost /.
rabbitmq_has_named() { grep -qaF "%2F_$2" "$1"/quorum/*/names.dets; }
# rabbitmq_tool NAME PROGRAM ARGUMENT...: rabbitmqctl, rabbitmq-diagnostics and their like, with the broker NAME.
rabbitmq_tool() {
  local name=$1 program=$2 environment
  shift 2
  mapfile -t environment <"$STORES/$name/environment"
  as_store "$(store_user rabbitmq)" env -i "${environment[@]}" timeout -k 5 90 "$RABBITMQ_PROGRAMS/$program" -q "$@" </dev/null
}
# rabbitmq_end SIGNAL NAME: the Erlang machine, whose pid the broker has written down, and then its port mapper.
rabbitmq_end() {
  local dir=$STORES/$2 pid end=$((SECONDS + 60))
  pid=$(head -n 1 "$dir/pid" 2>/dev/null || cat "$dir/shell.pid")
  kill "-$1" "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
  wait "$(cat "$dir/shell.pid")" 2>/dev/null || true
  kill "$(cat "$dir/epmd.pid")" 2>/dev/null || true
}
rabbitmq_stop() { rabbitmq_end TERM "$1"; }
rabbitmq_kill() { rabbitmq_end KILL "$1"; }
