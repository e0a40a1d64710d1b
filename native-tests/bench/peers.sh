# Programs that keep versions of a directory, behind one face: peer_init, peer_save, peer_diff, peer_restore, peer_bytes. Sourced by bench-store.
# shellcheck shell=bash
#
# Each keeps its repository in $PEERS/NAME and saves $PLAIN, which is an ordinary directory. They are Debian's packages (scripts/install-deps bench);
# one that is not installed is left out and said to be.

PEERS=$WORK/peers
export RESTIC_PASSWORD=bench RESTIC_CACHE_DIR=$PEERS/restic-cache RESTIC_PROGRESS_FPS=0.1
export BORG_BASE_DIR=$PEERS/borg-base BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes BORG_RELOCATED_REPO_ACCESS_IS_OK=yes
export GIT_AUTHOR_NAME=bench GIT_AUTHOR_EMAIL=bench@localhost GIT_COMMITTER_NAME=bench GIT_COMMITTER_EMAIL=bench@localhost GIT_CONFIG_NOSYSTEM=1

# peers_installed: the names of those that are here.
peers_installed() {
  local name
  for name in restic borg git ostree; do
    if command -v "$name" >/dev/null; then echo "$name"; else echo "bench: $name is not installed and is left out" >&2; fi
  done
}
in_plain() { (cd "$PLAIN" && "$@"); }
bench_git() { in_plain git --git-dir="$PEERS/git" --work-tree="$PLAIN" -c core.autocrlf=false -c gc.auto=0 "$@"; }

peer_init() { # NAME
  rm -rf "${PEERS:?}/$1"
  mkdir -p "$PEERS"
  case $1 in
    restic) rm -rf "$RESTIC_CACHE_DIR" && restic -q -r "$PEERS/restic" init ;;
    borg) rm -rf "$BORG_BASE_DIR" && borg init -e none "$PEERS/borg" ;;
    git) git init -q --bare "$PEERS/git" && git --git-dir="$PEERS/git" config core.bare false ;;
    ostree) mkdir "$PEERS/ostree" && ostree init --repo="$PEERS/ostree" --mode=archive ;;
  esac >/dev/null 2>&1 || fail "$1 cannot begin a repository"
}
peer_save() { # NAME NUMBER
  case $1 in
    restic) in_plain restic -q -r "$PEERS/restic" backup --tag "s$2" . ;;
    borg) in_plain borg create -C lz4 "$PEERS/borg::s$2" . ;;
    git) bench_git add -A && bench_git commit -q --allow-empty -m "s$2" && bench_git tag "s$2" ;;
    ostree) ostree --repo="$PEERS/ostree" commit -b "s$2" --tree=dir="$PLAIN" >/dev/null ;;
  esac
}
peer_diff() { # NAME FROM TO: names of what differs
  case $1 in
    restic)
      local from to
      from=$(restic -q -r "$PEERS/restic" snapshots --tag "s$2" --json | json_of 'd[0]["short_id"]')
      to=$(restic -q -r "$PEERS/restic" snapshots --tag "s$3" --json | json_of 'd[0]["short_id"]')
      restic -q -r "$PEERS/restic" diff "$from" "$to"
      ;;
    borg) borg diff "$PEERS/borg::s$2" "s$3" ;;
    git) bench_git diff --name-only "s$2" "s$3" ;;
    ostree) ostree --repo="$PEERS/ostree" diff "s$2" "s$3" ;;
  esac
}
peer_restore() { # NAME NUMBER DIR
  mkdir -p "$3"
  case $1 in
    restic) restic -q -r "$PEERS/restic" restore latest --tag "s$2" --target "$3" ;;
    borg) (cd "$3" && borg extract "$PEERS/borg::s$2") ;;
    git) git --git-dir="$PEERS/git" --work-tree="$3" checkout -q -f "s$2" -- . ;;
    ostree) ostree --repo="$PEERS/ostree" checkout --force-copy "s$2" "$3/tree" ;;
  esac
}
peer_bytes() { find "$PEERS/$1" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }'; }
