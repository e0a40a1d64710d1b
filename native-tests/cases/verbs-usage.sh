# Usage: --help for every verb, exit status 2 for what is wrong on the command line, version, doctor; no stack traces.
for verb in init list ls switch status commit log show diff branch checkout restore run fork reset merge tag reflog config mount unmount dot remote push pull fetch clone daemon hub fsck gc version doctor; do
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

note "completion in bash knows the names of things"
dm init shop >/dev/null
dm commit -m First >/dev/null
dm branch develop
eval "$(dm completion bash)"
completes() { # LINE: what its last word may become
  COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=("$DM")
  _dm
  echo "${COMPREPLY[*]}"
}
same "verbs" "$(completes 'dm che')" checkout
same "branches" "$(completes 'dm checkout de')" develop
same "dots" "$(completes 'dm switch ')" shop
same "after a word break" "$(completes 'dm log --dot=sh')" ''
same "what follows the break alone" "$(completes 'dm show HEAD')" HEAD
