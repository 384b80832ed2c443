import { errorAnswer } from '../../providers/error-bodies.ts';
import { header } from '../../wire/headers.ts';
import type { HeaderFacts, Incoming, Vendor } from '../api.ts';
import { bearerToken } from './openai.ts';

export const gemini: Vendor = {
  name: 'gemini',
  credential: (request: Incoming) =>
    header(request.headers, 'x-goog-api-key') || request.query.get('key') || bearerToken(request),
  dialect: 'gemini-generate',
  missingKey: context => errorAnswer('gemini-generate', 'permission', context),
  headers: geminiHeaders,
  requestId: random => random.hex(16),
};

function geminiHeaders({ random, now, stream }: HeaderFacts): [string, string][] {
  return [
    ...(stream ? ([['Content-Disposition', 'attachment']] as [string, string][]) : []),
    ['Vary', 'Origin'],
    ['Vary', 'X-Origin'],
    ['Vary', 'Referer'],
    ['Date', now.toUTCString()],
    ['Server', 'scaffolding on HTTPServer2'],
    ['X-XSS-Protection', '0'],
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['X-Content-Type-Options', 'nosniff'],
    ['Server-Timing', `gfet4t7; dur=${200 + random.below(1500)}`],
    ['Alt-Svc', 'h3=":443"; ma=2592000,h3-29=":443"; ma=2592000'],
  ];
}
