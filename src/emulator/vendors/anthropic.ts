import { errorAnswer } from '../../providers/error-bodies.ts';
import { header } from '../../wire/headers.ts';
import type { HeaderFacts, Incoming, Vendor } from '../api.ts';
import { bearerToken } from './openai.ts';

export const anthropic: Vendor = {
  name: 'anthropic',
  credential: (request: Incoming) => header(request.headers, 'x-api-key') || bearerToken(request),
  dialect: 'anthropic-messages',
  missingKey: context =>
    errorAnswer('anthropic-messages', 'auth', { ...context, message: 'x-api-key header is required' }),
  headers: anthropicHeaders,
  requestId: random => `011C${random.base58(20)}`,
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
