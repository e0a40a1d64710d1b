# The same through file://, between three homes; two pushers at once lose nothing.
mkdir remote
for home in one two three; do
  new_home "$CASE/$home"
  at_home "$CASE/$home" remote add backup "file://$CASE/remote"
done
one() { at_home "$CASE/one" "$@"; }
two() { at_home "$CASE/two" "$@"; }
three() { at_home "$CASE/three" "$@"; }
one init shop
mkdir one.db two.db three.db
one mount --create shop.db "$CASE/one.db"
head -c 1000000 /dev/urandom >one.db/data
one commit -m one >/dev/null
one push backup
two clone backup shop
two mount shop.db "$CASE/two.db"
cmp one.db/data two.db/data
echo more >two.db/more
two commit -m two >/dev/null
two push backup
one pull backup
same "back again" "$(cat one.db/more)" more
echo a >one.db/a
one commit -m a >/dev/null
echo b >two.db/b
two commit -m b >/dev/null
one push backup >one.out 2>&1 &
first=$!
two push backup >two.out 2>&1 &
second=$!
results=
wait $first && results+=1 || results+=0
wait $second && results+=1 || results+=0
[ $results = 10 ] || [ $results = 01 ] || fail "of two diverging pushes at once exactly one must win, got $results: $(cat one.out two.out)"
three clone backup shop
three mount shop.db "$CASE/three.db"
if [ $results = 10 ]; then same "the winner's" "$(cat three.db/a)" a; else same "the winner's" "$(cat three.db/b)" b; fi
cmp one.db/data three.db/data
