# One changed page of a large file: a push leaves no more in a directory or a hub than the commit stored, and little more on the wire; a second push sends nothing.
# timeout: 300
size=$(by_size 128 1024)
hub_start "$CASE/hub"
key=$(hub_user "$CASE/hub" ada)
"$PROGRAMS/relay" "$HUB_PORT" "$CASE/counts" >port &
relay=$!
await 60 "the relay's port" grep -q . port
mkdir remote
dm remote add backup "file://$CASE/remote"
DOTMESH_PASSWORD=$key dm remote add hub "ada@127.0.0.1:$(cat port)"
dot shop db
/usr/bin/python3 -c 'import os, sys
with open("db/data", "wb") as file:
    for _ in range(int(sys.argv[1])):
        file.write(os.urandom(1 << 20))' "$size"
commit first >/dev/null
dm push backup >/dev/null
dm push hub >/dev/null
bytes_of() { find "$1" -type f -name '*.pack' -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }'; }
on_the_wire() { awk '{ print $1 }' counts; }
home_before=$(bytes_of "$DM_HOME")
for remote in remote hub; do bytes_of $remote >$remote.before; done
head -c 4096 /dev/urandom | dd of=db/data bs=4096 seek=$((size * 64)) conv=notrunc status=none
commit page >/dev/null
stored=$(($(bytes_of "$DM_HOME") - home_before))
note "stored $stored bytes: $(tr '\n' ' ' <commit.out)"
[ $stored -gt 4000 ] && [ $stored -le 204800 ] || fail "a changed page of $size MiB stored $stored bytes"
dm push backup >push.out
wire_before=$(on_the_wire)
dm push hub >push.out
wire=$(($(on_the_wire) - wire_before))
for remote in remote hub; do
  sent=$(($(bytes_of $remote) - $(cat $remote.before)))
  note "$sent bytes more in the $remote"
  [ $sent -gt 4000 ] && [ $sent -le $stored ] || fail "the push left $sent bytes in the $remote where $stored were stored"
done
# Two requests have heads, with the user's key and the refs to move, of about 600 bytes together; nothing else is on top.
note "$wire bytes on the wire"
[ $wire -gt 4000 ] && [ $wire -le $((stored + 1024)) ] || fail "$wire bytes on the wire where $stored were stored"
files() { find remote hub -type f \( -name '*.pack' -o -path '*/quarantine/*' -o -path 'remote/*' \) | sort; }
files_before=$(files) wire_before=$(on_the_wire)
dm push backup >push.out
dm push hub >push.out
same "a second push sends nothing" "$(files)" "$files_before"
[ $(($(on_the_wire) - wire_before)) -le 1024 ] || fail "a second push put $(($(on_the_wire) - wire_before)) bytes on the wire"
kill $relay
hub_stop
