# dm list with the daemon running answers within 0.4 s, as the median of some calls (a shared machine may be slower: four times that fails).
# alone: yes
dot shop db
echo x >db/data
dm list >/dev/null
times=()
for n in {1..9}; do
  begin=$(date +%s%N)
  dm list >/dev/null
  times+=($((($(date +%s%N) - begin) / 1000000)))
done
median=$(printf '%s\n' "${times[@]}" | sort -n | sed -n 5p)
note "median $median ms of: ${times[*]}"
[ "$median" -le 1600 ] || fail "dm list takes $median ms"
