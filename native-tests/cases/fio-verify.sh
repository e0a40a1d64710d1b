# fio writes through several engines, with and without the cache, and verifies every block; a commit in the middle is verified as well.
# timeout: 240
needs fio
dot shop files
size=$(by_size 24M 512M)
common=(--directory="$CASE/files" --size="$size" --verify=crc32c --verify_fatal=1 --do_verify=1 --output="$CASE/fio.out" --output-format=terse --randrepeat=1)
run_fio() {
  note "fio $*"
  fio "${common[@]}" "$@" || fail "fio: $(tail -n 5 fio.out)"
}
run_fio --name=sync --rw=randwrite --bs=4k --ioengine=psync --fdatasync=64
run_fio --name=mixed --rw=randrw --bsrange=512-128k --bs_unaligned=1 --ioengine=psync
run_fio --name=direct --rw=randwrite --bs=16k --ioengine=libaio --iodepth=8 --direct=1
run_fio --name=mapped --rw=randwrite --bs=4k --ioengine=mmap
run_fio --name=large --rw=write --bs=1m --ioengine=psync --end_fsync=1
run_fio --name=many --rw=randwrite --bs=8k --ioengine=psync --numjobs=4 --group_reporting --nrfiles=8
id=$(commit "written")
# overwritten after the commit: what the commit holds stays
mkdir at
fio --directory="$CASE/files" --size="$size" --name=sync --rw=write --bs=64k --ioengine=psync --output=/dev/null
dm mount shop.files "$CASE/at" --at "$id"
for name in sync direct mapped; do
  [ $name = direct ] && bs=16k || bs=4k
  fio --directory="$CASE/at" --size="$size" --name=$name --rw=randwrite --bs=$bs --ioengine=psync --verify=crc32c --verify_only=1 --verify_fatal=1 \
    --randrepeat=1 --output="$CASE/fio.out" 2>fio.err || fail "fio verifies the commit's $name: $(tail -n 3 fio.err fio.out)"
done
