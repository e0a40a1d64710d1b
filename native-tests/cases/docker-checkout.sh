# Containers that use a dot: named; stopped, switched and started again by checkout, reset and pull; left alone by commit; recorded.
# users: root
# timeout: 600
docker_start
dm daemon start
dm init app
# Each says how often it was started, in the container and not in its volume.
box() {
  local name=$1
  shift
  docker run -d --network none --name "$name" "$@" box sh -c 'trap "exit 0" TERM; exec 9>>/data/open; touch /data/ready; echo x >>/starts; while :; do sleep 1000 & wait $!; done' >/dev/null
  await 60 "$name" started "$name" 1
}
starts() { docker exec "$1" cat /starts | wc -l; }
# A container is running before its program is.
started() { [ "$(starts "$1")" -ge "$2" ]; }
both_started() { started db "$1" && started web "$1"; }
mkdir -p mnt/files
dm mount --create app.files "$CASE/mnt/files"
box db --volume-driver dm -v app.db:/data --stop-timeout 5
box web -v "$CASE/mnt/files:/data" --stop-timeout 5
box other --volume-driver dm -v elsewhere.db:/data --stop-timeout 5
docker exec db sh -c 'echo master >/data/where'

note "who uses it"
contains "list" "$(dm list)" "/db,/web"
same "list -H" "$(dm list -H | awk '$1 == "app" { print $4 }')" "/db,/web"
dm status --dot app >status
matches "status" "$(grep '/web ' status)" ' */web +box +files *'
contains "show" "$(dm dot show app)" "Containers: /db, /web"
same "as JSON" "$(dm status --dot app --json | json '[c["name"] + " " + c["subdots"][0] for c in d["containers"]]')" '["/db db", "/web files"]'

note "a commit stops nothing, and knows the images"
first=$(commit first --dot app)
same "starts after a commit" "$(starts db) $(starts web)" "1 1"
image=$(docker image inspect -f '{{.Id}}' box)
dm log --dot app >log
contains "image" "$(cat log)" "image.db: box"
contains "digest" "$(cat log)" "image-digest.files: $image"
echo >>mnt/files/open
commit second --dot app --no-provenance >/dev/null
dm log --dot app -n 1 >log
lacks "without" "$(cat log)" "image"
mkdir code && (cd code && git init -q && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x)
echo >>mnt/files/open
(cd code && commit third --dot app >/dev/null)
contains "the code's commit" "$(dm log --dot app -n 1)" "git-commit: $(git -C code rev-parse HEAD)"

note "a checkout stops and starts those that use the dot"
docker exec db touch /data/uncommitted
dm checkout --dot app -b side >out
contains "it says so" "$(cat out)" "Restarted /db, /web"
await 60 "both again" both_started 2
same "started again" "$(starts db) $(starts web) $(starts other)" "2 2 1"
docker exec db test ! -e /data/uncommitted
docker exec db sh -c 'echo side >/data/where'
pinned=$(docker run -d --network none --name pinned --mount type=volume,volume-driver=dm,src=app@side.db,dst=/data box)
dm checkout --dot app master >out
same "the other branch's data" "$(docker exec db cat /data/where)" master
same "the pinned one goes on" "$(docker inspect -f '{{.State.Running}} {{.RestartCount}}' "$pinned") $(docker exec pinned cat /data/where)" "true 0 side"
docker rm -f pinned >/dev/null
dm checkout --dot app master >out
lacks "to where it is: nothing" "$(cat out)" Restarted

note "refused: nothing was stopped"
await 60 "both again" both_started 3
before=$(starts db)
sleep 1000 <mnt/files/open &
await 60 "the holder" grep -qx sleep "/proc/$!/comm"
refused "sleep" checkout --dot app side
kill $!
wait $! 2>/dev/null || true
refused "no such branch" checkout --dot app nowhere
docker exec db sh -c 'echo changed >/data/where'
refused "uncommitted" reset --dot app "$first"
same "starts" "$(starts db)" "$before"
docker run -d --rm --network none --name fleeting --volume-driver dm -v app.db:/data box >/dev/null
refused "fleeting" checkout --dot app side
docker stop -t 1 fleeting >/dev/null

note "reset"
dm reset --dot app --hard "$first" >out
contains "it says so" "$(cat out)" "Restarted /db, /web"
same "the data" "$(docker exec db cat /data/where)" master

note "pull"
await 60 "both again" both_started $((before + 1))
dm remote add disk "file://$CASE/remote"
commit "before the push" --dot app >/dev/null
dm push disk app >/dev/null
new_home "$CASE/second"
second() { env -u DM_DOCKER_SOCKET -u DOCKER_HOST DM_HOME="$CASE/second" HOME="$CASE/second.user" timeout 60 "$DM" "$@" </dev/null; }
second remote add disk "file://$CASE/remote"
second clone disk app >/dev/null
mkdir there
second mount app.db "$CASE/there"
echo pulled >there/where
second commit -m "elsewhere" >/dev/null
second push disk app >/dev/null
count=$(starts db)
dm pull disk app >out
contains "it says so" "$(cat out)" "Restarted /db, /web"
same "the data" "$(docker exec db cat /data/where)" pulled
await 60 "both again" both_started $((count + 1))
dm pull disk app >out
lacks "nothing new, nobody stopped" "$(cat out)" Restarted
same "started once more" "$(starts db)" $((count + 1))

note "one that does not come back"
docker exec db rm -f /data/ready
docker run -d --network none --name picky --volume-driver dm -v app.picky:/data box sh -c 'test -e /starts && ! test -e /data/fit && exit 3; touch /starts /data/fit; sleep 1000' >/dev/null
await 60 "the picky one" docker exec picky test -e /data/fit
status=0
dm checkout --dot app side >out 2>err || status=$?
same "status" $status 1
matches "it says so" "$(head -n 1 err)" 'dm: container /picky did not come back: it ended with status 3.*'
contains "and how to go back" "$(cat err)" "hint: dm checkout master --dot app"
dm checkout --dot app master
docker start picky >/dev/null
await 60 "the picky one, with its data" docker exec picky test -e /data/fit

note "an engine that is gone is no matter"
docker rm -f db web other picky >/dev/null
docker_stop
same "no containers" "$(dm list -H | awk -F'\t' '$1 == "app" { print $4 }')" ""
