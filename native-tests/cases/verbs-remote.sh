# remote: add, list, -v, switch, rm; the settings file is for the owner's eyes only.
dm init shop
same "only the local one yet" "$(dm remote)" "local"
mkdir elsewhere
dm remote add backup "file://$CASE/elsewhere"
DOTMESH_PASSWORD=0123456789abcdef dm remote add origin ada@hub.example.org
same "remote -v" "$(dm remote -v | sort)" "$(printf '* local\tadmin@localhost\nbackup\tfile://%s\norigin\tada@hub.example.org' "$CASE/elsewhere" | sort)"
dm remote switch backup
contains "the current one is marked" "$(dm remote -v)" "* backup"
contains "list says so" "$(dm list)" "Current remote: backup (use 'dm remote -v' to list and 'dm remote switch' to switch)"
dm remote --json | is_json
lacks "the key is never shown" "$(dm remote -v; dm remote --json)" 0123456789abcdef
settings=$(grep -rl 0123456789abcdef "$HOME" "$DM_HOME" 2>/dev/null || true)
[ -n "$settings" ] || fail "no settings file holds the key"
same "mode of the settings file" "$(stat -c %a $settings)" 600
refused "already|exists" remote add backup "file://$CASE/other"
refused "unknown|exist|no such|No such|not found" remote switch nowhere
refused "unknown|exist|no such|No such|not found" remote rm nowhere
dm remote rm origin
lacks "removed" "$(dm remote -v)" origin
