# MariaDB (InnoDB past the page cache, O_DIRECT) under transactions: each commit, mounted elsewhere, recovers and is consistent; its checkers find nothing.
# timeout: 300
# alone: yes
needs mariadb-install-db mariadb innochecksum mariadb-check
PATH=$PATH:/usr/sbin
dot shop db
stores_dir
user=$(store_user mysql)
[ "$(id -u)" != 0 ] || chown "$user:" db
# serve NAME DATA: a server on a socket of its own
serve() {
  local name=$1 data=$2
  mkdir -p "$STORES/$name"
  [ "$(id -u)" != 0 ] || chown "$user:" "$STORES/$name"
  as_store "$user" mariadbd --no-defaults --datadir="$data" --socket="$STORES/$name/sock" --pid-file="$STORES/$name/pid" --skip-networking \
    --log-error="$STORES/$name/server.log" --innodb-flush-method=O_DIRECT --innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size=32M \
    --innodb-log-file-size=16M --innodb-file-per-table=1 --skip-grant-tables --tmpdir="$STORES/$name" --aria-log-dir-path="$data" &
  echo $! >"$STORES/$name/shell"
  await 60 "MariaDB $name" mariadb --no-defaults --socket="$STORES/$name/sock" -e 'select 1' || { tail -n 20 "$STORES/$name/server.log" && false; }
}
ask() { mariadb --no-defaults --socket="$STORES/$1/sock" -N -B -e "$2" shop; }
end() {
  mariadb-admin --no-defaults --socket="$STORES/$1/sock" shutdown
  wait "$(cat "$STORES/$1/shell")" || fail "MariaDB $1 ended badly: $(tail -n 5 "$STORES/$1/server.log")"
}
as_store "$user" mariadb-install-db --no-defaults --datadir="$CASE/db" --auth-root-authentication-method=normal --skip-test-db --tmpdir="$STORES" >install.out 2>&1 ||
  { grep -v "^$" install.out | head -n 30 && fail "mariadb-install-db"; }
serve live "$CASE/db"
mariadb --no-defaults --socket="$STORES/live/sock" -e 'create database shop'
ask live "create table account (id int primary key, balance int not null) engine=innodb;
  create table history (n int auto_increment primary key, source int, target int, amount int, padding varchar(300)) engine=innodb;
  insert into account select seq, 0 from seq_1_to_500;"
# Transactions that keep the sum of all balances at 0. The client ends at its first error, and with it its clerk.
clerk() {
  local n=0
  while :; do
    for ((i = 0; i < 40; i++)); do
      n=$((n + 1))
      echo "begin; set @a = 1 + ($1 * 7919 + $n * 31) % 500, @b = 1 + ($1 * 104729 + $n * 17) % 500;
        update account set balance = balance - 5 where id = least(@a, @b);
        update account set balance = balance + 5 where id = greatest(@a, @b);
        insert into history (source, target, amount, padding) values (least(@a, @b), greatest(@a, @b), 5, repeat('x', 1 + $n % 300)); commit;"
    done
  done | mariadb --no-defaults --socket="$STORES/live/sock" shop
}
for who in 1 2; do
  clerk $who >"clerk.$who" 2>&1 &
  clerks+=($!)
done
count() { ask "$1" 'select count(*) from history'; }
await 60 "the clerks" bash -c "[ \$(mariadb --no-defaults --socket='$STORES/live/sock' -N -B -e 'select count(*) from shop.history') -gt 50 ]"
for n in 1 2; do
  before=$(count live)
  id=$(commit "under load $n")
  after=$(count live)
  mkdir "copy$n"
  dm mount shop.db "$CASE/copy$n" --at "$id"
  serve "copy$n" "$CASE/copy$n"
  rows=$(count "copy$n")
  [ "$rows" -ge "$before" ] && [ "$rows" -le "$((after + 2))" ] || fail "commit $n has $rows transactions; $before were acknowledged before, $after right after"
  same "the sums of commit $n" "$(ask "copy$n" 'select (select sum(balance) from account), (select 5 * count(*) from history where source != target) =
    (select sum(amount) from history where source != target)')" "$(printf '0\t1')"
  same "each account of commit $n" "$(ask "copy$n" 'select count(*) from account a where balance !=
    (select coalesce(sum(amount), 0) from history where target = a.id) - (select coalesce(sum(amount), 0) from history where source = a.id)')" 0
  mariadb-check --no-defaults --socket="$STORES/copy$n/sock" --check --extended --all-databases >check.out 2>&1 || fail "mariadb-check: $(cat check.out)"
  ! grep -iE 'error|corrupt|crashed' check.out || fail "mariadb-check found damage in commit $n"
  note "commit $n: $before <= $rows <= $after transactions"
  end "copy$n"
  for file in "copy$n"/shop/*.ibd; do innochecksum "$file" || fail "innochecksum of $file"; done
  dm unmount "$CASE/copy$n"
done
kill "${clerks[@]}" 2>/dev/null || true
# killed, and started again on the same mount
kill -9 "$(cat "$STORES/live/pid")"
wait "$(cat "$STORES/live/shell")" 2>/dev/null || true
before=$after
serve live "$CASE/db"
[ "$(count live)" -ge "$before" ] || fail "MariaDB lost transactions when it was killed"
same "the sum afterwards" "$(ask live 'select sum(balance) from account')" 0
end live
# ibdata1 is left out: innochecksum faults its doublewrite pages after a crash, on ext4 too
for file in db/shop/*.ibd; do innochecksum "$file" || fail "innochecksum of $file"; done
