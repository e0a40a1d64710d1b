# Usage: --help for every verb, exit status 2 for what is wrong on the command line, version, doctor; no stack traces.
for verb in init list ls switch status commit log show diff branch checkout restore run fork reset tag reflog mount unmount dot remote push pull fetch clone daemon hub fsck version doctor; do
  out=$(dm $verb --help) || fail "dm $verb --help ends with $?"
  contains "help of $verb" "$out" "dm"
done
dm --help | grep -q commit || fail "dm --help does not list the verbs"
wrong_usage "" no-such-verb
wrong_usage "" list --no-such-option
wrong_usage "" init
wrong_usage "" init a b
wrong_usage "" checkout
wrong_usage "" log -n many
matches "version" "$(dm version | head -n 1)" '.*[0-9]+\.[0-9]+.*'
dm doctor >doctor.out 2>&1 || true
contains "doctor looks at the device" "$(cat doctor.out)" fuse
