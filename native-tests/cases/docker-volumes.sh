# Docker volumes of driver dm: made by name, mounted, shared, copied up, refused, forgotten; data and commits stay.
# users: root
# timeout: 600
docker_start
dm daemon start
no_daemon() { ! daemon_pid; }
run() { docker run --rm --network none "$@"; }
with() { run --volume-driver dm "$@"; }

same "the driver says its scope" "$(docker volume create -d dm app.redis)" app.redis
same "what docker knows" "$(docker volume inspect -f '{{.Driver}} {{.Scope}}' app.redis)" "dm local"
contains "the dot is there" "$(dm list)" app
with -v app.redis:/data box sh -c 'echo one >/data/a && mkdir /data/d && chown 1234:5678 /data/d && chmod 0710 /data/d'
same "written data stays" "$(with -v app.redis:/data box cat /data/a)" one
same "owner and mode too" "$(with -v app.redis:/data box stat -c '%u:%g %a' /data/d)" "1234:5678 710"
same "after the last use nothing is mounted" "$(volumes_mounted)" 0
first=$(commit "from a container" --dot app)

note "a volume used before it exists, with the image's content"
same "copied up" "$(with -v app.files:/content box cat /content/below/file)" below
same "with its owners" "$(with -v app.files:/content box stat -c '%u:%g %a' /content)" "70:70 750"
with -v app.files:/content box rm /content/file
same "once only" "$(with -v app.files:/content box ls /content)" below
docker run --rm --network none --mount type=volume,volume-driver=dm,src=app.bare,dst=/content,volume-nocopy box ls /content >bare
same "volume-nocopy" "$(cat bare)" ""

note "one subdot, several containers; ordinary users; containers that may do little"
docker run -d --name writer --network none --volume-driver dm -v app.shared:/data box sh -c 'chmod 1777 /data; touch /data/ready; sleep 1000' >/dev/null
docker run -d --name reader --network none --volume-driver dm -v app.shared:/data --user 70:70 box >/dev/null
await 60 "the writer" docker exec reader test -e /data/ready
docker exec reader sh -c 'echo hello >/data/from-reader'
same "the other sees it" "$(docker exec writer cat /data/from-reader)" hello
same "as its user's" "$(docker exec writer stat -c %u:%g /data/from-reader)" 70:70
with --user 70:70 --read-only --cap-drop all -v app.shared:/data box sh -c 'echo again >>/data/from-reader && ! touch /elsewhere 2>/dev/null'
same "after one of them has gone" "$(docker exec writer tail -n 1 /data/from-reader)" again
docker volume rm app.shared 2>refusal && fail "a volume in use was removed"
contains "docker says why" "$(cat refusal)" "in use"
docker exec -d writer sh -c 'while :; do echo x >>/data/log; done'
commit "while they write" --dot app >/dev/null
docker rm -f writer reader >/dev/null
same "nothing is mounted" "$(volumes_mounted)" 0

note "names"
dm checkout --dot app -b side
dm checkout --dot app master
with -v app.redis:/data box sh -c 'echo two >/data/a'
same "a pinned branch" "$(with --mount type=volume,volume-driver=dm,src=app@side.redis,dst=/data box cat /data/a)" one
same "the root of a dot" "$(with -v app.__root__:/all box ls /all | tr '\n' ' ')" "bare files redis shared "
same "and its data" "$(with -v app.__root__:/all box cat /all/redis/a)" two
same "a hyphen and an underscore" "$(docker volume create -d dm my_app.clicks-db)" my_app.clicks-db
with -v whole:/data box touch /data/x
contains "a dot's own subdot" "$(dm status --dot whole)" __default__
anonymous=$(docker create --network none --volume-driver dm -v /data box)
contains "an anonymous volume" "$(docker inspect -f '{{range .Mounts}}{{.Driver}} {{.Name}}{{end}}' "$anonymous")" "dm "
same "is a dot" "$(dm list -H | awk 'length($1) == 64' | wc -l)" 1
docker rm -v "$anonymous" >/dev/null
same "that goes with it" "$(dm list -H | awk 'length($1) == 64' | wc -l)" 0
refusal() { docker volume create -d dm "$@" 2>&1 && fail "taken: $*"; true; }
contains "a bad name" "$(refusal a.b.c)" "invalid dot name"
contains "a reserved one" "$(refusal app.__hidden)" "reserved"
contains "an unknown option" "$(refusal -o colour=red app.colour)" "unknown volume option 'colour'"
contains "lazy" "$(refusal -o lazy=true app.lazy)" "not there yet"

note "options"
docker volume create -d dm -o readonly=true app.redis-ro >/dev/null
with -v app.redis-ro:/data box touch /data/x 2>/dev/null && fail "a read-only volume takes writes"
dm remote add disk "file://$CASE/remote"
dm push disk app >/dev/null
docker volume create -d dm -o from="disk/app@master:$first" seeded.redis >/dev/null
same "seeded from a remote, at a commit" "$(with -v seeded.redis:/data box cat /data/a)" one
contains "an unknown remote" "$(refusal -o from=nowhere/app other.redis)" "no such remote: nowhere"

note "removing forgets the volume, never the data"
docker volume rm app.redis app.files >/dev/null
lacks "known no more" "$(docker volume ls -q)" app.files
contains "its commits are" "$(dm log --dot app)" "from a container"
same "and what was not committed" "$(with -v app.redis:/data box cat /data/a)" two

note "the daemon is killed and started again, the engine is started again"
docker create --name keeper --network none --volume-driver dm -v app.keep:/data box >/dev/null
docker start keeper >/dev/null
docker exec keeper sh -c 'echo kept >/data/a'
kill -KILL "$(daemon_pid)"
await 60 "the killed daemon's end" no_daemon
dm daemon start
docker restart -t 1 keeper >/dev/null
same "a container started again has its data" "$(docker exec keeper cat /data/a)" kept
docker volume rm app.keep 2>/dev/null && fail "a volume in use was removed"
dm daemon stop
[ ! -e "$DM_DOCKER_SOCKET" ] || fail "the socket is still there"
dm daemon start
docker rm -f keeper >/dev/null
same "the use ended" "$(volumes_mounted)" 0
engine_stop
engine_run
same "after a new start of the engine" "$(with -v app.keep:/data box cat /data/a)" kept
contains "it lists the volumes" "$(docker volume ls -q)" app.keep
