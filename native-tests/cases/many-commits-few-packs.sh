# Sixty commits leave a handful of packs, merged behind them; fsck in between finds all sound, and an old commit is what it was.
# timeout: 300
commits=$(by_size 60 1000)
dot shop db
head -c 3000000 /dev/urandom >db/data
for ((i = 1; i <= commits; i++)); do
  echo "$i" >db/f$i
  head -c 4096 /dev/urandom | dd of=db/data bs=4096 seek=$((i % 700)) conv=notrunc status=none
  dm commit -m "c$i" >/dev/null
  [ $((i % 20)) != 0 ] || dm fsck
  [ $i != 30 ] || sha256sum <db/data >thirty
done
few_packs() { [ "$(find "$DM_HOME/objects" -maxdepth 1 -name '*.pack' | wc -l)" -lt 32 ]; }
await 60 "the packs to be merged" few_packs
mkdir at
dm mount shop.db "$CASE/at" --at "HEAD~$((commits - 30))" --read-only
same "the files of the thirtieth commit" "$(find at -name 'f*' | wc -l)" 30
same "its data" "$(sha256sum <at/data)" "$(cat thirty)"
