import { type ErrorAnswer, type ErrorContext, errorAnswer } from '../../providers/error-bodies.ts';
import { header, type RawHeaders } from '../../wire/headers.ts';
import type { HeaderFacts, Incoming, Vendor } from '../api.ts';

export const openai: Vendor = {
  name: 'openai',
  credential: bearerToken,
  dialect: 'openai-chat',
  missingKey,
  wrongKey: key =>
    `Incorrect API key provided: ${maskedKey(key)}. You can find your API key at https://platform.openai.com/account/api-keys.`,
  unknownPath: ({ method, path }) => `Invalid URL (${method} ${path})`,
  headers: openaiHeaders,
  requestId: random => random.hex(32),
};

export function bearerToken(request: Incoming): string | undefined {
  return /^Bearer +(\S+)/i.exec(header(request.headers, 'authorization') ?? '')?.[1];
}

const LIMIT_REQUESTS = 10_000;
const LIMIT_TOKENS = 30_000_000;

function openaiHeaders({ random, now, stream, status, usage }: HeaderFacts): [string, string][] {
  const processing = 200 + random.below(900);
  const limits: [string, string][] =
    status === 401
      ? []
      : [
          ['x-ratelimit-limit-requests', String(LIMIT_REQUESTS)],
          ['x-ratelimit-limit-tokens', String(LIMIT_TOKENS)],
          ['x-ratelimit-remaining-requests', String(status === 429 ? 0 : LIMIT_REQUESTS - 1)],
          ['x-ratelimit-remaining-tokens', String(LIMIT_TOKENS - usage.input)],
          ['x-ratelimit-reset-requests', '6ms'],
          ['x-ratelimit-reset-tokens', '0s'],
        ];
  return [
    ['Date', now.toUTCString()],
    ['Server', 'cloudflare'],
    ['CF-RAY', `${random.hex(16)}-FRA`],
    ['cf-cache-status', 'DYNAMIC'],
    ['access-control-expose-headers', 'X-Request-ID'],
    ['openai-organization', 'rewind-emulator'],
    ['openai-processing-ms', String(processing)],
    ['openai-project', `proj_${random.alphanumeric(24)}`],
    ['openai-version', '2020-10-01'],
    ...(stream ? [] : ([['x-envoy-upstream-service-time', String(processing + 4)]] as [string, string][])),
    ['x-openai-proxy-wasm', 'v0.1'],
    ...limits,
    ['x-request-id', `req_${random.hex(32)}`],
    ['strict-transport-security', 'max-age=31536000; includeSubDomains; preload'],
    ['X-Content-Type-Options', 'nosniff'],
    ['alt-svc', 'h3=":443"; ma=86400'],
  ];
}

/** Unlike a wrong key, a missing one has no code. */
function missingKey(context: ErrorContext): ErrorAnswer {
  const message =
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.";
  const error = { message, type: 'invalid_request_error', param: null, code: null };
  const answer = errorAnswer('openai-chat', 'auth', context);
  const headers: RawHeaders = [...answer.headers, ['www-authenticate', 'Bearer realm="OpenAI API"']];
  return { ...answer, headers, body: Buffer.from(JSON.stringify({ error }, null, 2)) };
}

/** As OpenAI shows a wrong key: its first 8 and last 4 characters. */
function maskedKey(key: string): string {
  if (key.length <= 12) return key.replace(/./g, '*');
  return `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}`;
}
