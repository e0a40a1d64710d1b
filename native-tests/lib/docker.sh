# A Docker engine of a case's own, whose only volume plugins are the case's, and images made of what is installed here.
# shellcheck shell=bash
#
# docker_start sets DOCKER_HOST and has the case's daemon serve the driver at $DM_DOCKER_SOCKET. The engine lives in a mount namespace
# of its own that receives the case's mounts: there /run is empty but for the case's plugin directory, so that neither a Docker of
# the host nor another case is met. docker_stop, which runs after the case too, ends what was started, by pid.

# Debian's client first: it fits the engine.
docker_client() { if [ -x /usr/bin/docker ]; then echo /usr/bin/docker; else command -v docker; fi; }
docker() { timeout -k 5 "${DOCKER_TIMEOUT:-120}" "$(docker_client)" "$@" </dev/null; }
compose() {
  local program=(docker-compose)
  command -v docker-compose >/dev/null || program=("$(docker_client)" compose)
  (cd "${COMPOSE_DIR:-$CASE}" && exec timeout -k 5 "${DOCKER_TIMEOUT:-120}" "${program[@]}" "$@" </dev/null)
}

needs_docker() {
  am_root || skip "containers need root"
  needs dockerd docker busybox unshare
}

# docker_start: an engine with an image `box`, or a skip that says why there is none.
docker_start() {
  needs_docker
  ENGINE=$CASE/engine
  mkdir -p "$ENGINE/plugins" "$ENGINE/images" "$CASE/mnt"
  # What the daemon mounts has to reach the engine's namespace, also where the host's mounts are private.
  docker_share "$DM_HOME" "$CASE/mnt"
  export DM_DOCKER_SOCKET=$ENGINE/plugins/dm.sock DOCKER_HOST=unix://$ENGINE/docker.sock
  export DOCKER_CONFIG=$ENGINE/config COMPOSE_HTTP_TIMEOUT=60
  engine_run
  # An engine may start where no container does: in a chroot, in a container without the rights for one.
  image_box box
  docker run --rm --network none box true >/dev/null 2>"$ENGINE/probe" || skip "no container starts here: $(tail -n 1 "$ENGINE/probe" | cut -c1-200)"
}
# docker_share DIR...: mounts made below it from now on are seen by engines started afterwards.
docker_share() {
  local dir
  for dir in "$@"; do
    mount --bind "$dir" "$dir" && mount --make-shared "$dir" || skip "no shared mounts here"
    echo "$dir" >>"$CASE/.shared"
  done
}
docker_unshare() {
  local dir
  [ -e "$CASE/.shared" ] || return 0
  while read -r dir; do umount "$dir" || umount -l "$dir"; done <"$CASE/.shared"
  rm -f "$CASE/.shared"
}
# engine_run [OPTION...]: the engine's process, at first and again.
engine_run() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  unshare --mount --propagation slave /bin/sh -c '
    mount -t tmpfs tmpfs /run && mkdir -p /run/docker/plugins && mount --bind "$1/plugins" /run/docker/plugins || exit 9
    engine=$1
    shift
    exec dockerd --iptables=false --ip6tables=false --ip-forward=false --bridge=none --data-root "$engine/data" --exec-root "$engine/exec" \
      --host "unix://$engine/docker.sock" --pidfile "$engine/pid" --log-level warn "$@"' sh "$ENGINE" "$@" >>"$ENGINE/log" 2>&1 </dev/null &
  ENGINE_PID=$!
  local end=$((SECONDS + 120))
  until docker info >/dev/null 2>&1; do
    if [ $SECONDS -ge $end ] || ! kill -0 $ENGINE_PID 2>/dev/null; then
      docker_stop
      [ -e "$ENGINE/ran" ] && fail "the engine does not start again: $(tail -n 3 "$ENGINE/log")"
      skip "no Docker engine starts here: $(grep -aE 'level=(error|fatal)|failed' "$ENGINE/log" | tail -n 1 | cut -c1-200)"
    fi
    sleep 0.2
  done
  : >"$ENGINE/ran"
}
# engine_stop: the engine alone, its containers with it.
engine_stop() {
  local end=$((SECONDS + 40))
  kill -TERM "$ENGINE_PID" 2>/dev/null || return 0
  while kill -0 "$ENGINE_PID" 2>/dev/null && [ $SECONDS -lt $end ]; do sleep 0.1; done
  kill -KILL "$ENGINE_PID" 2>/dev/null || true
  wait "$ENGINE_PID" 2>/dev/null || true
}
docker_stop() {
  [ -n "${ENGINE_PID:-}" ] || return 0
  local container
  for container in $(docker ps -aq 2>/dev/null || true); do docker rm -f "$container" >/dev/null 2>&1 || true; done
  docker network prune -f >/dev/null 2>&1 || true
  engine_stop
  ENGINE_PID=
  return 0
}

# How many volumes of the driver are mounted.
volumes_mounted() { awk -v dir="$DM_HOME/volumes/" 'index($5, dir) == 1 { n++ } END { print n + 0 }' /proc/self/mountinfo; }

# image_box NAME: busybox; /content holds two files of user store.
image_box() {
  local content=$ENGINE/images/content
  mkdir -p "$content/below"
  echo "from the image" >"$content/file"
  echo "below" >"$content/below/file"
  chown -R 70:70 "$content"
  chmod 0750 "$content"
  DOCKER=$(docker_client) timeout 120 "$NATIVE/examples/make-image" "$1" --change 'CMD ["/bin/sleep", "1000"]' --add "$content:/content"
}
