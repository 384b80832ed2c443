import type { Probe } from './probe.ts';

export const curlProbe: Probe = {
  runtime: 'curl',
  fileName: 'probe.sh',
  source: `error=$("$1" -sS -o /dev/null -d '{"model":"probe"}' -H 'content-type: application/json' "$PROBE_URL?client=curl" 2>&1) &&
  echo '{"client":"curl","status":200}' ||
  printf '{"client":"curl","error":"%s"}\\n' "$(printf %s "$error" | tr -d '"\\\\\\n')"
`,
  command: (program, script) => ['sh', script, program],
  versionFlags: ['--version'],
  advice: 'Remove --noproxy, --proxy and --cacert from ~/.curlrc.',
};

export const rubyProbe: Probe = {
  runtime: 'ruby',
  fileName: 'probe.rb',
  source: `require 'json'
require 'net/http'

begin
  url = URI(ENV['PROBE_URL'] + '?client=Net%3A%3AHTTP')
  answer = Net::HTTP.post(url, '{"model":"probe"}', 'content-type' => 'application/json')
  puts JSON.generate(client: 'Net::HTTP', status: answer.code.to_i)
rescue StandardError => error
  puts JSON.generate(client: 'Net::HTTP', error: error.message)
end
`,
  command: (program, script) => [program, script],
  versionFlags: ['--version'],
  advice: 'Do not switch the proxy off (`Net::HTTP.new(host, port, nil)`), or use --base-urls.',
};
