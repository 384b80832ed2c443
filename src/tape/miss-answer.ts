import { providerOf } from '../providers/hosts.ts';
import type { Answer, WireRequest } from '../wire/exchange.ts';
import { explainMiss, type Miss } from './miss.ts';

const REASON = 'Rewind Cassette Miss';

/**
 * What an agent gets when the tape has no answer: an error in its provider's own shape, so that its SDK raises its
 * ordinary exception, with everything about the miss under `rewind`. `x-should-retry: false` stops the SDKs of
 * OpenAI and Anthropic from asking again.
 */
export function missAnswer(miss: Miss, request: WireRequest, status: 599 | 422): Answer {
  const { reason, nearest, differences, rule, fingerprint } = miss;
  const error = providerError(request, status, `Rewind: ${explainMiss(miss)}`);
  const rewind = { miss: reason, fingerprint, nearest, differences, rule: rule && { match: rule } };
  const body = Buffer.from(JSON.stringify({ ...error.body, rewind }));
  return {
    head: {
      status,
      reason: REASON,
      headers: [
        ['Content-Type', 'application/json'],
        ['Content-Length', String(body.length)],
        ['X-Rewind-Cassette-Miss', reason],
        ['x-should-retry', 'false'],
        ...error.headers,
      ],
    },
    headAt: 0,
    chunks: [{ at: 0, bytes: body }],
    end: { kind: 'complete', at: 0, trailers: [] },
  };
}

interface ProviderError {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Readonly<Record<string, unknown>>;
}

/** Shapes: each vendor's API reference, "Errors". The family decides, then the path (gateways, local servers). */
function providerError({ host, path }: WireRequest, status: number, message: string): ProviderError {
  const family = providerOf(host, path)?.family ?? '';
  const type = 'rewind_cassette_miss';
  if (family.includes('anthropic') || /\/v1\/(messages|complete)\b/.test(path)) {
    return { headers: [], body: { type: 'error', error: { type, message } } };
  }
  if (family.includes('bedrock') || /^\/model\/[^/]+\/(converse|invoke)/.test(path)) {
    return { headers: [['x-amzn-ErrorType', 'RewindCassetteMissException']], body: { message } };
  }
  if (/:(stream)?generateContent|:embedContent|:batchEmbedContents|:countTokens|:predict/i.test(path)) {
    return { headers: [], body: { error: { code: status, message, status: 'FAILED_PRECONDITION' } } };
  }
  if (family.includes('cohere')) return { headers: [], body: { message } };
  if (/^\/api\/(chat|generate|embed)/.test(path)) return { headers: [], body: { error: message } };
  return { headers: [], body: { error: { message, type, param: null, code: type } } };
}
