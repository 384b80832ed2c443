import { header } from '../../wire/headers.ts';
import type { Failure, FailureAnswer, HeaderFacts, Incoming, Vendor } from '../api.ts';
import { bearerToken } from './openai.ts';

export const anthropic: Vendor = {
  name: 'anthropic',
  credential: (request: Incoming) => header(request.headers, 'x-api-key') || bearerToken(request),
  headers: anthropicHeaders,
  failure: anthropicFailure,
};

const LIMITS = { requests: 4000, tokens: 480_000, 'input-tokens': 400_000, 'output-tokens': 80_000 } as const;

function anthropicHeaders({ random, now, stream, status, usage }: HeaderFacts): [string, string][] {
  const reset = `${now.toISOString().slice(0, 19)}Z`;
  const limits = Object.entries(LIMITS).flatMap(([name, limit]): [string, string][] => {
    const used = name === 'requests' ? 1 : Math.round(usage.input / 1000) * 1000;
    const left = status === 429 ? 0 : Math.max(0, limit - used);
    return [
      [`anthropic-ratelimit-${name}-limit`, String(limit)],
      [`anthropic-ratelimit-${name}-remaining`, String(left)],
      [`anthropic-ratelimit-${name}-reset`, reset],
    ];
  });
  return [
    ['Date', now.toUTCString()],
    ...(stream ? ([['Cache-Control', 'no-cache']] as [string, string][]) : []),
    ...(status === 401 ? [] : limits),
    ['request-id', `req_011C${random.base58(20)}`],
    ['strict-transport-security', 'max-age=31536000; includeSubDomains; preload'],
    ['anthropic-organization-id', '00000000-0000-4000-8000-000000000000'],
    ['via', '1.1 google'],
    ['cf-cache-status', 'DYNAMIC'],
    ['X-Robots-Tag', 'none'],
    ['Server', 'cloudflare'],
    ['CF-RAY', `${random.hex(16)}-FRA`],
  ];
}

/** Wording as the API sent it in 2025-2026. */
function anthropicFailure(failure: Failure): FailureAnswer {
  const answer = (status: number, type: string, message: string) => {
    const error = { type, message: failure.message ?? message };
    const request_id = `req_011C${failure.random.base58(20)}`;
    return {
      status,
      body: JSON.stringify({ type: 'error', error, request_id }),
      headers: retryHeaders(failure, status),
    };
  };
  switch (failure.kind) {
    case 'missing-key':
      return answer(401, 'authentication_error', 'x-api-key header is required');
    case 'invalid-key':
      return answer(401, 'authentication_error', 'invalid x-api-key');
    case 'not-found':
      return answer(404, 'not_found_error', 'Not Found');
    case 'model-not-found':
      return answer(404, 'not_found_error', `model: ${failure.model ?? ''}`);
    case 'invalid-request':
      return answer(400, 'invalid_request_error', `${failure.field ?? 'messages'}: Field required`);
    case 'rate-limit':
      return answer(
        429,
        'rate_limit_error',
        "This request would exceed your organization's rate limit of 400,000 input tokens per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later. You may also contact sales at https://www.anthropic.com/contact-sales to discuss your options for a rate limit increase.",
      );
    case 'quota':
      return answer(
        400,
        'invalid_request_error',
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
      );
    case 'context-overflow':
      return answer(400, 'invalid_request_error', 'prompt is too long: 204800 tokens > 200000 maximum');
    case 'server-error':
      return answer(500, 'api_error', 'Internal server error');
    case 'overloaded':
      return answer(529, 'overloaded_error', 'Overloaded');
  }
}

function retryHeaders({ retryAfter }: Failure, status: number): [string, string][] {
  const headers: [string, string][] = [];
  if (retryAfter !== undefined && retryAfter !== null) headers.push(['retry-after', String(retryAfter)]);
  if (status === 429 || status >= 500) headers.push(['x-should-retry', 'true']);
  else headers.push(['x-should-retry', 'false']);
  return headers;
}
