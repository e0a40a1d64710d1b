# The daemon serves a home in a chroot whose root directory is no mount point, as in bare CI machines.
# users: root
root=$CASE/root
mkdir -p "$root"/{usr,etc,proc,dev,tmp,dist,home,var/tmp}
chmod 1777 "$root/tmp"
dist=$(dirname "$(dirname "$(readlink -f "$DM")")")
for name in bin sbin lib lib32 lib64; do
  [ ! -h "/$name" ] || cp -P "/$name" "$root/$name"
  [ -h "/$name" ] || [ ! -d "/$name" ] || { mkdir "$root/$name" && mount --bind "/$name" "$root/$name"; }
done
for name in usr etc proc dev; do mount --bind "/$name" "$root/$name"; done
mount --bind "$dist" "$root/dist"
java=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
case $java in
  /usr/*) ;;
  *) mkdir -p "$root$java" && mount --bind "$java" "$root$java" ;;
esac
inside() {
  timeout -k 5 90 chroot "$root" env -i PATH="$PATH" HOME=/home LC_ALL=C.UTF-8 DM_HOME=/home/store "$@" </dev/null
}
inside /dist/bin/dm init shop
inside mkdir /home/db
inside /dist/bin/dm mount --create shop.db /home/db
inside sh -c 'echo one >/home/db/a'
inside /dist/bin/dm commit -m First
inside /dist/bin/dm doctor >doctor.out 2>&1 || true
contains "doctor sees the space" "$(cat doctor.out)" "free for /home/store"
same "the commit's diff is empty" "$(inside /dist/bin/dm diff)" ''
inside /dist/bin/dm daemon stop
for n in $(awk -v dir="$root/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r); do umount -l "$n"; done
