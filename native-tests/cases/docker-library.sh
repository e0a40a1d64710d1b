# The stack "library of states" under Compose: four branches, each pushed; master restores all three stores; a second host reproduces a bug.
# users: root
# timeout: 600
needs_postgresql
needs_redis
needs docker-compose curl
new_home "$CASE/second"
docker_share "$CASE/second"
docker_start
COMPOSE_DIR=$NATIVE/examples/library
export LISTEN=127.0.0.1: COMPOSE_PROJECT_NAME=library
docker network create probe >/dev/null 2>probe || skip "this engine makes no networks: $(tail -n 1 probe)"
docker network rm probe >/dev/null
DOCKER=$(docker_client) "$COMPOSE_DIR/images"
dm daemon start
books() {
  local port
  port=$(compose port web 8080 | sed 's/.*://')
  curl -sS -m 20 "http://127.0.0.1:$port/cgi-bin/books${1:+?$1}"
}
served() { books | grep -q '^books [0-9]'; }

compose up -d 2>&1 | tail -n 3
await 60 "the library" served
contains "three containers" "$(dm list)" "/library_cache_1,/library_db_1,/library_web_1"
dm switch library
dm remote add hub "file://$CASE/remote"
commit "The empty library" >/dev/null
empty=$(books | grep -v visits)
same "no books" "$empty" "books 0"
dm push hub >/dev/null

# branch NAME TITLE...: a state of its own from the empty one, with a message of several lines.
branch() {
  local name=$1 title
  shift
  dm checkout -b "$name" master
  await 60 "the library on $name" served
  for title in "$@"; do books "$title" >/dev/null; done
  books >"$name.books"
  commit "$name: $# books
added over the web

The stores ran on while this was committed." >/dev/null
  dm push hub >push.out
  contains "what a push prints" "$(cat push.out)" "Done!"
  dm checkout master
  await 60 "the library on master" served
  same "the empty library again" "$(books | grep -v visits)" "$empty"
}
branch novels Emma Ulysses
branch poems Leaves%20of%20Grass
branch bands AC/DC Blur
branch many A B C D E F G H
contains "the bug shows on one branch" "$(cat bands.books)" "AC/DC: PAGE IS MISSING"
lacks "and on no other" "$(cat novels.books poems.books many.books)" MISSING
dm checkout poems
await 60 "poems" served
same "a branch is as it was left" "$(books | grep -v visits)" "$(grep -v visits poems.books)"
contains "the message" "$(dm log -n 1)" "    poems: 1 books
    added over the web

    The stores ran on while this was committed."
dm checkout master
compose down -v 2>&1 | tail -n 1
same "no volume is left" "$(docker volume ls -q)" ""
contains "but all of the dot" "$(dm branch)" many

note "a second host, with a daemon and a driver of its own"
second() { env DM_HOME="$CASE/second" HOME="$CASE/second.user" DM_DOCKER_SOCKET="$ENGINE/plugins/dm2.sock" timeout 90 "$DM" "$@" </dev/null; }
second daemon start
second remote add hub "file://$CASE/remote"
second clone hub library bands >/dev/null
same "one branch alone" "$(second branch | tr -d ' *')" bands
export DRIVER=dm2
compose up -d 2>&1 | tail -n 3
await 60 "the library there" served
same "the bug is there too" "$(books | grep -v visits)" "$(grep -v visits bands.books)"
contains "the containers use its dot" "$(second list)" "/library_cache_1,/library_db_1,/library_web_1"
compose down -v 2>&1 | tail -n 1
