# Cassandra nodes for cases and stacks, on any directory: org.apache.cassandra.service.CassandraDaemon with a cassandra.yaml of our own,
# from the jars of Maven Central; no cluster but the node itself, loopback alone.
# shellcheck shell=bash
#
#   cassandra_fetch DIR       the jars (68 MB), once; also the Java driver
#   cassandra_start NAME DATA  all of its directories lie below DATA; $STORES/NAME/port is where it listens for CQL. Half a minute
#   cassandra_stop NAME; cassandra_kill NAME; nodetool NAME ARGUMENT...; cassandra_java FILE.java ARGUMENT...
CASSANDRA_VERSION=5.0.9

# What the launcher needs of the JDK's inside, from Java 17 on.
CASSANDRA_OPENS=(-Djdk.attach.allowAttachSelf=true)
for package in base/jdk.internal.misc base/java.lang.ref management.rmi/com.sun.jmx.remote.internal.rmi rmi/sun.rmi.registry rmi/sun.rmi.server sql/java.sql; do
  CASSANDRA_OPENS+=("--add-exports=java.$package=ALL-UNNAMED")
done
for package in java.lang java.lang.module java.lang.reflect java.io java.util sun.nio.ch \
  jdk.internal.loader jdk.internal.ref jdk.internal.reflect jdk.internal.math jdk.internal.module jdk.internal.util.jar; do
  CASSANDRA_OPENS+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
CASSANDRA_OPENS+=(--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED --add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED)
unset package

# cassandra_fetch DIR [REPOSITORY]: status 1 with Maven's words in DIR.log when Maven Central is out of reach.
cassandra_fetch() {
  CASSANDRA_JARS=$1
  [ ! -e "$1/cassandra-all-$CASSANDRA_VERSION.jar" ] || return 0
  mkdir -p "$1.pom"
  cat >"$1.pom/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId>
  <artifactId>cassandra-node</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.cassandra</groupId><artifactId>cassandra-all</artifactId><version>$CASSANDRA_VERSION</version></dependency>
  </dependencies>
</project>
POM
  timeout 600 mvn -q -B -f "$1.pom/pom.xml" ${2:+-Dmaven.repo.local="$2"} org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies \
    -DoutputDirectory="$1" -DincludeScope=runtime >"$1.log" 2>&1 || return 1
  [ -e "$1/cassandra-all-$CASSANDRA_VERSION.jar" ]
}
cassandra_user() { if [ "$(id -u)" = 0 ]; then echo nobody; else id -un; fi; }

# cassandra_start NAME DATA
cassandra_start() {
  local name=$1 data=$2 user dir port storage secure jmx kind
  stores_dir
  user=$(cassandra_user)
  dir=$STORES/$name
  read -r port storage secure jmx < <(free_ports 4)
  mkdir -p "$dir/tmp"
  rm -f "$dir/server.log"
  echo "$port" >"$dir/port"
  echo "$jmx" >"$dir/jmx"
  {
    cat <<YAML
cluster_name: dotfs
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
num_tokens: 4
listen_address: 127.0.0.1
rpc_address: 127.0.0.1
storage_port: $storage
ssl_storage_port: $secure
native_transport_port: $port
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters: [ { seeds: "127.0.0.1:$storage" } ]
endpoint_snitch: SimpleSnitch
data_file_directories: [ "$data/data" ]
# a write is acknowledged when the commit log is on disk
commitlog_sync: batch
commitlog_segment_size: 8MiB
memtable_heap_space: 64MiB
memtable_offheap_space: 64MiB
file_cache_size: 32MiB
key_cache_size: 4MiB
concurrent_reads: 4
concurrent_writes: 4
concurrent_compactors: 1
auto_snapshot: false
YAML
    for kind in commitlog saved_caches hints cdc_raw; do echo "${kind}_directory: $data/$kind"; done
  } >"$dir/cassandra.yaml"
  cat >"$dir/logback.xml" <<'XML'
<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{0} - %msg%n</pattern></encoder></appender>
  <root level="INFO"><appender-ref ref="out" /></root>
</configuration>
XML
  sed 's/INFO/WARN/;s/<encoder>/<target>System.err<\/target>&/' "$dir/logback.xml" >"$STORES/client.xml"
  if [ "$(id -u)" = 0 ]; then
    chown -R "$user:" "$dir"
    [ "$(stat -c %U "$data")" = "$user" ] || chown "$user:" "$data"
  fi
  (
    cd "$dir"
    exec 0</dev/null >"$dir/server.log" 2>&1
    # shellcheck disable=SC2016 # expanded by the inner shell
    as_store "$user" setsid sh -c 'echo $$ >pid && exec "$@"' sh java "${CASSANDRA_OPENS[@]}" -Xms256m -Xmx"${CASSANDRA_HEAP:-512m}" -XX:+ExitOnOutOfMemoryError \
      -Djava.io.tmpdir="$dir/tmp" -Dlogback.configurationFile="$dir/logback.xml" -Dcassandra.config="file://$dir/cassandra.yaml" -Dcassandra.storagedir="$data" \
      -Dcassandra-foreground=yes -Dcassandra.jmx.local.port="$jmx" -Dcassandra.skip_wait_for_gossip_to_settle=0 -Dcassandra.ring_delay_ms=100 \
      -Dcassandra.superuser_setup_delay_ms=0 -cp "$CASSANDRA_JARS/*" org.apache.cassandra.service.CassandraDaemon || exit $?
  ) &
  echo $! >"$dir/shell.pid"
  echo "cassandra $name $data" >>"$STORES/running"
  local end=$((SECONDS + 180))
  until grep -q 'Starting listening for CQL clients' "$dir/server.log" 2>/dev/null; do
    if [ $SECONDS -ge $end ] || ! kill -0 "$(cat "$dir/shell.pid")" 2>/dev/null; then
      tail -n 40 "$dir/server.log" >&2
      return 1
    fi
    sleep 0.2
  done
}
# cassandra_end SIGNAL NAME
cassandra_end() {
  local dir=$STORES/$2 pid end=$((SECONDS + 90))
  pid=$(cat "$dir/pid" 2>/dev/null || cat "$dir/shell.pid")
  kill "-$1" "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
  wait "$(cat "$dir/shell.pid")" 2>/dev/null || true
}
cassandra_stop() { cassandra_end TERM "$1"; }
cassandra_kill() { cassandra_end KILL "$1"; }
# nodetool NAME ARGUMENT...
nodetool() {
  local name=$1
  shift
  timeout -k 5 120 java "${CASSANDRA_OPENS[@]}" -Xmx128m -Duser.home="$STORES/$name" -Dlogback.configurationFile="$STORES/client.xml" -cp "$CASSANDRA_JARS/*" \
    org.apache.cassandra.tools.NodeTool -h 127.0.0.1 -p "$(cat "$STORES/$name/jmx")" "$@" </dev/null
}
# cassandra_java FILE.java ARGUMENT...: a client of one source file; the driver is on its class path. Needs a JDK.
cassandra_java() { java -Xmx128m -Dlogback.configurationFile="$STORES/client.xml" -cp "$CASSANDRA_JARS/*" "$@" </dev/null; }
