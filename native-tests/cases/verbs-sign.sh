# Signatures: commit --sign and tag -s with OpenSSH keys, checked by log, show and tag -v, and by ssh-keygen -Y verify; keys that cannot be used; altered content.
needs ssh-keygen ssh-agent ssh-add
unset SSH_AUTH_SOCK
dot shop db
keys=$CASE/keys
mkdir -m 700 "$keys"
ssh-keygen -q -t ed25519 -N '' -C ann -f "$keys/ann"
ssh-keygen -q -t ed25519 -N secret -C bob -f "$keys/bob"
ssh-keygen -q -t rsa -b 2048 -N '' -f "$keys/rsa"
fingerprint=$(ssh-keygen -lf "$keys/ann.pub" | cut -d' ' -f2)

echo one >db/file
dm commit -m "Unsigned" >/dev/null
lacks "an unsigned commit" "$(dm log --show-signature)" signature

note "a signed commit"
echo two >db/file
dm commit --sign="$keys/ann" -m "Signed" -d ticket=7 >/dev/null
contains "show says whose it is" "$(dm show)" "
Good signature with key $fingerprint (not listed as an allowed signer)
"
lacks "log shows no signature unasked" "$(dm log)" signature
echo "ann@example.org $(cat "$keys/ann.pub")" >"$keys/allowed"
dm config signing.allowedSigners "$keys/allowed"
contains "a listed signer" "$(dm log --show-signature -n 1)" "Good signature of ann@example.org with key $fingerprint"
same "the verdict in JSON" "$(dm log --json --show-signature | json '[c.get("signature", {}).get("verdict") for c in d["commits"]]')" '["good", null]'
contains "the signature itself in JSON" "$(dm log --json | json 'd["commits"][0]["signature"]["text"]')" "BEGIN SSH SIGNATURE"

note "what OpenSSH says of it"
export_signature() { # of the commit HEAD: $keys/payload and $keys/payload.sig
  dm show --json | /usr/bin/python3 -c '
import base64, json, sys
s = json.load(sys.stdin)["commit"]["signature"]
open(sys.argv[1], "wb").write(base64.b64decode(s["payload"]))
open(sys.argv[1] + ".sig", "w").write(s["text"])' "$keys/payload"
}
export_signature
openssh() { ssh-keygen -Y verify -f "$keys/allowed" -I ann@example.org -n dotfs -s "$keys/payload.sig" <"$1" >"$keys/said" 2>&1; }
openssh "$keys/payload" || fail "ssh-keygen refuses a good signature: $(cat "$keys/said")"
contains "the signed form has the message" "$(tr -c '[:print:]' . <"$keys/payload")" Signed
printf x | cat "$keys/payload" - >"$keys/longer"
! openssh "$keys/longer" || fail "ssh-keygen takes an altered form"

note "keys from the settings, the default place and an agent"
mkdir -p "$HOME/.ssh"
cp "$keys/ann" "$HOME/.ssh/id_ed25519"
dm commit -S -m "Default key" >/dev/null
contains "the default key" "$(dm show)" "Good signature of ann@example.org"
dm config signing.key "$keys/bob"
refused "protected by a passphrase" commit --sign -m bob
eval "$(ssh-agent -a "$keys/agent" -s)" >/dev/null
printf '#!/bin/sh\necho secret\n' >"$keys/ask"
chmod 755 "$keys/ask"
refused "the ssh-agent does not hold it" commit --sign -m bob
SSH_ASKPASS_REQUIRE=force SSH_ASKPASS=$keys/ask DISPLAY=:0 ssh-add -q "$keys/bob" </dev/null
dm commit --sign -m "By the agent" >/dev/null
contains "the agent's key" "$(dm show)" "Good signature with key $(ssh-keygen -lf "$keys/bob.pub" | cut -d' ' -f2)"
kill "$SSH_AGENT_PID"
unset SSH_AUTH_SOCK

note "keys that cannot be used leave no commit behind"
before=$(head_id)
refused "there is no key" commit --sign="$keys/none" -m none
refused "a key of type ssh-rsa" commit --sign="$keys/rsa" -m rsa
refused "there is no OpenSSH Ed25519 key" commit --sign="$keys/ask" -m text
if ! am_root; then
  cp "$keys/ann" "$keys/shut" && chmod 0 "$keys/shut"
  refused "permission denied" commit --sign="$keys/shut" -m shut
fi
same "nothing was committed" "$(head_id)" "$before"

note "content that is not what was signed, by a client that signs something else"
/usr/bin/python3 - "$DM_HOME/daemon.sock" "$keys" <<'PY'
import base64, json, socket, subprocess, sys
def post(verb, record):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    body = json.dumps(record).encode()
    s.sendall(b"POST /v1/%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (verb.encode(), len(body)) + body)
    return s.makefile("rb")
events = post("commit", {"selector": {"dot": "shop"}, "message": "Altered", "metadata": {}, "sign": True})
for line in events:
    if b'"sign"' in line:
        asked = json.loads(line)["sign"]
        break
else:
    sys.exit("nothing was asked to be signed")
other = base64.b64decode(asked["payload"]).replace(b"Altered", b"ALTERED")
made = subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "dotfs", "-f", sys.argv[2] + "/ann"], input=other, capture_output=True, check=True)
answer = post("sign", {"token": asked["token"], "signature": made.stdout.decode()}).read()
assert b" 200 " in answer, answer
assert b'"result"' in events.read()
PY
contains "altered content" "$(dm show)" "BAD signature with key $fingerprint: it is not over this content"
same "altered content in JSON" "$(dm show --json | json 'd["commit"]["signature"]["verdict"]')" bad
export_signature
! openssh "$keys/payload" || fail "ssh-keygen takes what dm calls bad"

note "tags"
dm tag -u "$keys/ann" -m "Release" v1
contains "a signed tag" "$(dm tag -v v1)" "Good signature of ann@example.org"
dm tag -m "Release" v2
refused "is not signed" tag -v v2
refused "no such tag" tag -v v3
wrong_usage "a signed tag has a message" tag -s v4
echo >"$keys/allowed"
same "a tag of nobody listed" "$(dm tag -v v1 || echo "status $?")" "Good signature with key $fingerprint (not listed as an allowed signer)
status 1"

note "settings"
same "config reads" "$(dm config signing.key)" "$keys/bob"
same "config lists" "$(dm config)" "signing.allowedSigners=$keys/allowed
signing.key=$keys/bob"
dm config --unset signing.key
! dm config signing.key || fail "a setting that was unset is still there"
refused "there is no setting" config no.such value
dm config signing.allowedSigners "$keys/none"
refused "cannot read the allowed signers" show
dm config --unset signing.allowedSigners
