# What the man pages say of files, on a mount and, as control, on the host's own file system (posix/*.c).
# timeout: 300
# suite CONTROL|MOUNT DIR [OPTION]: its results go among the run's own.
suite() {
  local what=$1 dir=$2 line
  shift 2
  mkdir -p "$dir"
  "$PROGRAMS/posix-suite" "$@" "$dir" >"$what.out" || [ $? = 1 ] || fail "the suite ended on $what"
  tail -n 1 "$what.out"
  while read -r line; do
    case $line in
      "not ok "*) printf 'not ok\t%s/%s\t%s\n' "$what" "$(cut -d' ' -f3 <<<"$line" | tr -d :)" "$(cut -d' ' -f4- <<<"$line")" ;;
      "ok "*) printf 'ok\t%s/%s\t\n' "$what" "${line#ok }" ;;
      "skip "*) printf 'skip\t%s/%s\t%s\n' "$what" "$(cut -d' ' -f2 <<<"$line" | tr -d :)" "$(cut -d' ' -f3- <<<"$line")" ;;
    esac
  done <"$what.out" >>"$CASE/.results"
}
suite control "$CASE/control"
# Another file system than ext4 may differ in what the standards leave open; it is no yardstick then.
host=$(stat -f -c %T "$CASE/control")
[ "$host" = ext2/ext3 ] || sed -i "s/^not ok\t\(control[^\t]*\)\t/skip\t\1\tthe host's $host differs: /" "$CASE/.results"
dm init shop
mkdir files
if am_root; then
  dm mount --create --suid --dev shop.files "$CASE/files"
else
  dm mount --create shop.files "$CASE/files"
fi
suite mount "$CASE/files/suite" --mount
same "what the suite leaves behind" "$(find files/suite -mindepth 1)" ""
! grep '^not ok' "$CASE/.results" | sed 's/^/FAILED: /' >&2 || fail "of the suite's cases $(grep -c '^not ok' "$CASE/.results") did not pass"
