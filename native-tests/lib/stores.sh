# PostgreSQL and Redis for cases, the demo and the benchmarks: on any directory, as root's `postgres` or as the caller.
# shellcheck shell=bash
# Needs STORES, a directory for sockets, settings and logs that is not on a mount.

# The directory of PostgreSQL's server programs, newest version first.
pg_bin() {
  local dir
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
    [ -x "$dir/initdb" ] && echo "$dir" && return 0
  done
  return 1
}
needs_postgresql() {
  pg_bin >/dev/null || skip "no PostgreSQL server under /usr/lib/postgresql"
  [ "$(id -u)" != 0 ] || getent passwd postgres >/dev/null || skip "root needs the system user postgres"
}
needs_redis() { command -v redis-server >/dev/null && command -v redis-cli >/dev/null || skip "redis-server is not installed"; }

# The account that a store's server runs under: the store's own when we are root (initdb refuses root), else ourselves.
store_user() {
  if [ "$(id -u)" != 0 ]; then
    id -un
  elif getent passwd "$1" >/dev/null; then
    echo "$1"
  else
    echo nobody
  fi
}
# as_store USER COMMAND...
as_store() {
  local user=$1
  shift
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups "$@"
  else
    "$@"
  fi
}

# free_ports COUNT: TCP ports of 127.0.0.1 that nobody has now, and that the kernel gives to nobody who asks for any.
free_ports() {
  /usr/bin/python3 -c '
import random, socket, sys
with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
    end = int(file.read().split()[0])
found = []
for port in random.sample(range(end // 2, end), end - end // 2):
    if len(found) == int(sys.argv[1]):
        break
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
            found.append(port)
        except OSError:
            pass
print(*found)' "$1"
}
stores_dir() {
  STORES=${STORES:-$CASE/stores}
  mkdir -p "$STORES"
  chmod 1777 "$STORES"
}

# pg_init DATA: a fresh cluster in DATA (an empty directory or mount).
pg_init() {
  local data=$1 user
  stores_dir
  user=$(store_user postgres)
  if [ "$(id -u)" = 0 ]; then chown "$user:" "$data"; fi
  chmod 0700 "$data"
  as_store "$user" "$(pg_bin)/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 \
    ${PG_INITDB_OPTIONS:-} >"$STORES/initdb.log" 2>&1 || {
    cat "$STORES/initdb.log" >&2
    return 1
  }
}
# pg_start NAME DATA: a server whose only door is the Unix socket in $STORES/NAME.
pg_start() {
  local name=$1 data=$2 user
  stores_dir
  user=$(store_user postgres)
  mkdir -p "$STORES/$name"
  if [ "$(id -u)" = 0 ]; then chown "$user:" "$STORES/$name"; fi
  as_store "$user" "$(pg_bin)/pg_ctl" -D "$data" -w -t 60 -l "$STORES/$name/server.log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$STORES/$name' -c shared_buffers=32MB -c max_connections=40 ${PG_SERVER_OPTIONS:-}" \
    start >"$STORES/$name/start.log" 2>&1 || {
    cat "$STORES/$name/start.log" "$STORES/$name/server.log" >&2
    return 1
  }
  echo "pg $name $data" >>"$STORES/running"
}
# pg_stop NAME DATA [MODE]
pg_stop() {
  as_store "$(store_user postgres)" "$(pg_bin)/pg_ctl" -D "$2" -w -t 60 -m "${3:-fast}" stop >"$STORES/$1/stop.log" 2>&1
}
# sql NAME STATEMENT: its result, unaligned.
sql() { psql -X -q -h "$STORES/$1" -U postgres -d "${3:-postgres}" -v ON_ERROR_STOP=1 -At -c "$2"; }

# redis_start NAME DATA [OPTION...]: append-only file, every write synced, a Unix socket only.
redis_start() {
  local name=$1 data=$2 user
  shift 2
  stores_dir
  user=$(store_user redis)
  mkdir -p "$STORES/$name"
  if [ "$(id -u)" = 0 ]; then
    chown "$user:" "$STORES/$name"
    [ "$(stat -c %U "$data")" = "$user" ] || chown "$user:" "$data"
  fi
  (
    cd "$data"
    exec 0</dev/null >"$STORES/$name/redis.log" 2>&1
    as_store "$user" setsid redis-server --port 0 --unixsocket "$STORES/$name/redis.sock" --unixsocketperm 777 --dir "$data" \
      --appendonly yes --appendfsync always --save '' --daemonize no --pidfile "$STORES/$name/redis.pid" "$@"
  ) &
  echo $! >"$STORES/$name/shell.pid"
  echo "redis $name $data" >>"$STORES/running"
  local end=$((SECONDS + 60))
  until [ "$(redis "$name" ping 2>/dev/null)" = PONG ]; do
    if [ $SECONDS -ge $end ] || ! kill -0 "$(cat "$STORES/$name/shell.pid")" 2>/dev/null; then
      cat "$STORES/$name/redis.log" >&2
      return 1
    fi
    sleep 0.1
  done
}
redis() {
  local name=$1
  shift
  redis-cli -s "$STORES/$name/redis.sock" "$@"
}
redis_stop() {
  redis "$1" shutdown >/dev/null 2>&1 || true
  local end=$((SECONDS + 30))
  while kill -0 "$(cat "$STORES/$1/shell.pid")" 2>/dev/null; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
}
# Stops whatever still runs of what was started here.
stop_stores() {
  local kind name data
  [ -n "${STORES:-}" ] && [ -e "$STORES/running" ] || return 0
  while read -r kind name data; do
    case $kind in
      pg) pg_stop "$name" "$data" immediate 2>/dev/null ;;
      redis) redis_stop "$name" 2>/dev/null ;;
      rabbitmq) rabbitmq_stop "$name" 2>/dev/null ;;
      cassandra) cassandra_stop "$name" 2>/dev/null ;;
    esac
  done <"$STORES/running"
  return 0
}
