# The one-instant checker accepts copies taken while all writers are stopped, and rejects copies of running ones and of mixed instants.
# timeout: 60
mkdir A B
"$PROGRAMS/turns" A B history >ready &
writer=$!
await 60 "the writers" grep -q ready ready
clock() { "$PROGRAMS/turns-check" --clock history; }
copy() { cp -a "$1" "$2" 2>/dev/null || true; } # names vanish under a copy of running writers
mapfile -t everyone < <(echo $writer && pgrep -P $writer)
for i in 1 2 3 4; do
  sleep 0.2
  done_by=$(clock)
  copy A A.running$i && copy B B.running$i
  echo "running$i A.running$i B.running$i $done_by $(clock)" >>running
  done_by=$(clock)
  kill -STOP "${everyone[@]}"
  await 60 "everyone to stop" bash -c '! grep -L "^State:.*T (stopped)" "${@/#//proc/}" | grep -q .' _ "${everyone[@]/%//status}"
  copy A A.still$i && copy B B.still$i
  kill -CONT "${everyone[@]}"
  echo "still$i A.still$i B.still$i $done_by $(clock)" >>still
done
kill $writer && wait $writer

"$PROGRAMS/turns-check" history <still

rejects() { # LABEL STATES: every one of them
  local status=0
  "$PROGRAMS/turns-check" history <"$2" >"$1.out" || status=$?
  same "status for $1" $status 1
  same "lines rejected of $1" "$(sed -n 's/^\([0-9]*\) states, \([0-9]*\) not.*/\1 \2/p' "$1.out")" "$(wc -l <"$2") $(wc -l <"$2")"
}
rejects running running

# Each lane by itself is an exact prefix here, but one lane is older than the others.
cp -a A.still2 A.mixed && cp -a B.still2 B.mixed
rm -r A.mixed/write.threads B.mixed/write.threads
cp -a A.still1/write.threads A.mixed/ && cp -a B.still1/write.threads B.mixed/
echo "mixed A.mixed B.mixed 0 $(clock)" >mixed
rejects mixed mixed
contains "mixed" "$(cat mixed.out)" "write.threads: operation"

# Too old and too new, against when it was asked for.
echo "old A.still1 B.still1 $(clock) $(clock)" >old
rejects old old
echo "new A.still4 B.still4 0 $(cut -d' ' -f4 still | head -n 1)" >new
rejects new new

# One flipped byte in a record.
cp -a A.still3 A.flipped
printf '\377' | dd of=A.flipped/span.processes/file bs=1 seek=3 conv=notrunc status=none
echo "flipped A.flipped B.still3 0 $(clock)" >flipped
rejects flipped flipped
