/** Anthropic's errors (https://docs.anthropic.com/en/api/errors, rate-limit headers: …/en/api/rate-limits). */
import type { ErrorContext, ErrorKind, VendorError } from '../error-bodies.ts';
import { edgePage } from './edge-page.ts';

export function anthropicError(kind: ErrorKind, context: ErrorContext): VendorError {
  if (kind === 'bad_gateway') return { status: 502, body: edgePage(502, 'Bad Gateway'), headers: [] };
  const [status, type, message] = words(kind, context);
  const request = `req_${context.requestId ?? '000000000000000000000000'}`;
  const again = status === 408 || status === 409 || status === 429 || status >= 500;
  const headers: [string, string][] = [
    ['request-id', request],
    ['x-should-retry', String(again)],
  ];
  if (kind === 'rate_limit') {
    headers.push(
      ['retry-after', String(Math.ceil(context.retryAfterSeconds ?? 1))],
      ['anthropic-ratelimit-requests-limit', '50'],
      ['anthropic-ratelimit-requests-remaining', '0'],
      ['anthropic-ratelimit-input-tokens-limit', '30000'],
      ['anthropic-ratelimit-input-tokens-remaining', '0'],
    );
  }
  const body = { type: 'error', error: { type, message: context.message ?? message }, request_id: request };
  return { status, body, headers };
}

function words(kind: ErrorKind, { model, field }: ErrorContext): readonly [number, string, string] {
  switch (kind) {
    case 'invalid_request':
      return [400, 'invalid_request_error', `${field ?? 'messages'}: Input should be a valid value`];
    case 'auth':
      return [401, 'authentication_error', 'invalid x-api-key'];
    case 'permission':
      return [
        403,
        'permission_error',
        'Your API key does not have permission to use the specified resource.',
      ];
    case 'not_found':
      return [404, 'not_found_error', 'Not Found'];
    case 'model_not_found':
      return [404, 'not_found_error', `model: ${model ?? 'claude-unknown'}`];
    case 'context_overflow':
      return [400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'];
    case 'content_filter':
      return [400, 'invalid_request_error', 'Output blocked by content filtering policy'];
    case 'timeout':
      return [504, 'timeout_error', 'Request timed out'];
    case 'conflict':
      return [409, 'invalid_request_error', 'Conflict'];
    case 'too_large':
      return [413, 'request_too_large', 'Request exceeds the maximum size'];
    case 'rate_limit':
      return [
        429,
        'rate_limit_error',
        "This request would exceed your organization's rate limit of 30,000 input tokens per minute. For details, refer to: https://docs.anthropic.com/en/api/rate-limits.",
      ];
    case 'quota':
      return [
        400,
        'invalid_request_error',
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
      ];
    case 'overloaded':
    case 'unavailable':
      return [529, 'overloaded_error', 'Overloaded'];
    default:
      return [500, 'api_error', 'Internal server error'];
  }
}
