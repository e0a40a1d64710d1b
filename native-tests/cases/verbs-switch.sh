# switch and what is current: a sole dot is current by itself, otherwise it must be chosen; --dot and --branch do without.
dm init one
commit "of one" >/dev/null
dm init two
contains "init makes a dot current" "$(dm list)" "* two"
dm switch one
contains "switch" "$(dm list)" "* one"
same "log of the current dot" "$(dm log --oneline | wc -l)" 1
same "--dot overrides it" "$(dm log --oneline --dot two | wc -l)" 0
refused "unknown dot|no such dot|does not exist|not found" switch three
contains "a refused switch changes nothing" "$(dm list)" "* one"
dm dot delete -f one
dm init three
dm dot delete -f three
contains "the only dot left is current" "$(dm list)" "* two"
dm init four
dm init five
dm dot delete -f five
refused "No current dot is selected" log
contains "the hint" "$(cat "$CASE/refused.err")" "hint: dm switch"
