# Bad names: each is refused as `invalid dot name`, nothing is made, and reserved ones stay reserved.
long=$(printf 'a%.0s' {1..65})
for name in 'a b' 'a/b/c' '../x' 'ä' "$long" 'a@b@c' '.' '' 'a..b' 'a;b' 'a:b'; do
  refused "invalid dot name" init "$name"
done
refused "reserved|invalid dot name" init _hidden
refused "invalid dot name" commit --dot 'no dot' -m x
same "nothing was made" "$(dm list | sed 1,3d)" ""
dm init "${long:1}"
refused "invalid" mount --create "${long:1}.sub dot" "$CASE/tmp"
refused "reserved|invalid" mount --create "${long:1}._x" "$CASE/tmp"
