# curl: plain, streamed, coded, HTTP/2, large and several at once. Prints bodies, or what they hash to.
set -euo pipefail
url=https://api.openai.com/v1/chat/completions
auth="authorization: Bearer $OPENAI_API_KEY"
json='content-type: application/json'
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

body() { printf '{"model":"gpt-4.1-mini","messages":[{"role":"user","content":"%s"}]%s}' "$1" "${2:-}"; }
ask() { curl -sS -H "$auth" -H "$json" "$@" "$url"; }

echo "== headers and body"
ask -i --data "$(body hello)" | grep -v '^openai-' # names of organisations are redacted on disk
echo "== sse"
ask -N --data "$(body 'hello stream' ',"stream":true')" | sha256sum
echo "== http2"
ask --http2 --data "$(body 'hello http2')"
echo "== compressed"
for coding in gzip brotli zstd; do ask --compressed --data "$(body $coding)" | grep content; done
echo "== raw gzip"
ask -H 'accept-encoding: gzip' --data "$(body 'gzip, raw')" | sha256sum
echo "== large"
{ printf '{"model":"gpt-4.1-mini","messages":[{"role":"user","content":"huge '
  head -c 20000000 /dev/zero | tr '\0' x
  printf '"}]}'; } > "$folder/large.json"
ask --data-binary "@$folder/large.json" | sha256sum
echo "== several at once"
for i in 1 2 3 4 5 6; do ask --data "$(body "number $i")" > "$folder/$i" & done
wait
cat "$folder"/[1-6] | grep content
echo "== again"
for i in 1 2 3; do ask --data "$(body again)" | grep content; done
echo "== timeout"
ask --max-time 1 --data "$(body slow)" || echo "curl says $?"
echo "== broken"
ask --data "$(body broken ',"stream":true')" > "$folder/broken" || echo "curl says $?"
ask --data "$(body 'cut short' ',"stream":true')" > "$folder/cut" || echo "curl says $? when cut short"
echo "== wrong key"
curl -sS -H 'authorization: Bearer invalid' -H "$json" --data "$(body hello)" "$url"
echo "== anthropic and gemini"
curl -sS -H "x-api-key: $ANTHROPIC_API_KEY" -H 'anthropic-version: 2023-06-01' -H "$json" https://api.anthropic.com/v1/messages \
  --data '{"model":"claude-haiku-4-5","max_tokens":99,"messages":[{"role":"user","content":"hello"}]}'
echo
curl -sS -H "$json" "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent?key=$GEMINI_API_KEY" \
  --data '{"contents":[{"parts":[{"text":"hello"}]}]}'
