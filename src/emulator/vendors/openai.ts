import { header } from '../../wire/headers.ts';
import type { Failure, FailureAnswer, HeaderFacts, Incoming, Vendor } from '../api.ts';

export const openai: Vendor = {
  name: 'openai',
  credential: bearerToken,
  headers: openaiHeaders,
  failure: openaiFailure,
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

/** Wording as the API sent it in 2025-2026. */
export function openaiFailure(failure: Failure): FailureAnswer {
  const answer = (
    status: number,
    message: string,
    type: string,
    param: string | null,
    code: string | null,
  ) => ({
    status,
    body: `${JSON.stringify({ error: { message: failure.message ?? message, type, param, code } }, null, 2)}\n`,
    headers: extraHeaders(failure, status),
  });
  switch (failure.kind) {
    case 'missing-key':
      return answer(
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.",
        'invalid_request_error',
        null,
        null,
      );
    case 'invalid-key':
      return answer(
        401,
        `Incorrect API key provided: ${maskedKey(failure.key ?? '')}. You can find your API key at https://platform.openai.com/account/api-keys.`,
        'invalid_request_error',
        null,
        'invalid_api_key',
      );
    case 'not-found':
      return answer(404, `Invalid URL (POST ${failure.path ?? '/'})`, 'invalid_request_error', null, null);
    case 'model-not-found':
      return answer(
        404,
        `The model \`${failure.model ?? ''}\` does not exist or you do not have access to it.`,
        'invalid_request_error',
        null,
        'model_not_found',
      );
    case 'invalid-request':
      return answer(
        400,
        `Missing required parameter: '${failure.field ?? 'messages'}'.`,
        'invalid_request_error',
        failure.field ?? null,
        'missing_required_parameter',
      );
    case 'rate-limit':
      return answer(
        429,
        `Rate limit reached for ${failure.model ?? 'gpt-4o-mini'} in organization rewind-emulator on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in ${failure.retryAfter ?? 20}s. Visit https://platform.openai.com/account/rate-limits to learn more.`,
        'requests',
        null,
        'rate_limit_exceeded',
      );
    case 'quota':
      return answer(
        429,
        'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
        'insufficient_quota',
        null,
        'insufficient_quota',
      );
    case 'context-overflow':
      return answer(
        400,
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 131415 tokens. Please reduce the length of the messages.",
        'invalid_request_error',
        'messages',
        'context_length_exceeded',
      );
    case 'overloaded':
      return answer(
        503,
        'The server is currently overloaded with other requests. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if the error persists.',
        'server_error',
        null,
        null,
      );
    case 'server-error':
      return answer(
        500,
        `The server had an error while processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if the error persists. (Please include the request ID req_${failure.random.hex(32)} in your message.)`,
        'server_error',
        null,
        null,
      );
  }
}

function extraHeaders(failure: Failure, status: number): [string, string][] {
  const headers: [string, string][] = [];
  if (status === 401) headers.push(['www-authenticate', 'Bearer realm="OpenAI API"']);
  if (failure.retryAfter !== undefined && failure.retryAfter !== null) {
    headers.push(['retry-after', String(failure.retryAfter)]);
    headers.push(['retry-after-ms', String(failure.retryAfter * 1000)]);
  }
  return headers;
}

/** As OpenAI shows a wrong key: its first 8 and last 4 characters. */
function maskedKey(key: string): string {
  if (key.length <= 12) return key.replace(/./g, '*');
  return `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}`;
}
