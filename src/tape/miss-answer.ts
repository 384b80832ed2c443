import type { DialectId } from '../providers/call.ts';
import { dialectFor } from '../providers/read-call.ts';
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
  const error = providerError(dialectFor(request), status, `Rewind: ${explainMiss(miss)}`);
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

const TYPE = 'rewind_cassette_miss';

/** The vendor's shape with our own type and words: `providers/errors/` has the words of the vendors. */
function providerError(dialect: DialectId | null, status: number, message: string): ProviderError {
  switch (dialect) {
    case 'anthropic-messages':
    case 'anthropic-complete':
      return { headers: [], body: { type: 'error', error: { type: TYPE, message } } };
    case 'bedrock-converse':
    case 'bedrock-invoke':
      return { headers: [['x-amzn-ErrorType', 'RewindCassetteMissException']], body: { message } };
    case 'gemini-generate':
    case 'gemini-embeddings':
    case 'gemini-interactions':
      return { headers: [], body: { error: { code: status, message, status: 'FAILED_PRECONDITION' } } };
    case 'cohere-chat':
    case 'cohere-generate':
      return { headers: [], body: { message } };
    case 'ollama-chat':
    case 'ollama-generate':
    case 'ollama-embed':
      return { headers: [], body: { error: message } };
    case 'tgi-generate':
      return { headers: [], body: { error: message, error_type: TYPE } };
    default:
      return { headers: [], body: { error: { message, type: TYPE, param: null, code: TYPE } } };
  }
}
