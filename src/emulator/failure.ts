import type { DialectId } from '../providers/call.ts';
import {
  type ErrorAnswer,
  type ErrorContext,
  type ErrorKind,
  errorAnswer,
} from '../providers/error-bodies.ts';
import type { RawHeaders } from '../wire/headers.ts';
import type { Incoming, Vendor } from './api.ts';
import type { Fault } from './behaviour.ts';
import { fields, text } from './fields.ts';
import type { Outcome } from './outcome.ts';
import type { Random } from './random.ts';
import { bedrockModel } from './vendors/bedrock.ts';
import { geminiModel } from './vendors/gemini-generate.ts';

/** What a failure of this request depends on. */
export interface Failing {
  readonly vendor: Vendor;
  readonly dialect: DialectId;
  readonly request: Incoming;
  readonly random: Random;
  readonly now: Date;
}

export type FailureDetails = Pick<ErrorContext, 'message' | 'retryAfterSeconds'>;

/** What `providers/error-bodies.ts` needs to know of a request to word its error. */
export function errorContext(
  { vendor, request, random }: Failing,
  details: FailureDetails = {},
): ErrorContext {
  const model = text(fields(request.json).model) || geminiModel(request.path) || bedrockModel(request.path);
  return {
    provider: vendor.name,
    requestId: vendor.requestId(random),
    ...(model === '' ? {} : { model }),
    ...(isJsonArrayStream(request) ? { jsonArrayStream: true } : {}),
    ...details,
  };
}

/** The vendor's error, among the headers that it sends with every answer. */
export function failed(failing: Failing, kind: ErrorKind, details: FailureDetails = {}): Outcome {
  return outcomeOf(errorAnswer(failing.dialect, kind, errorContext(failing, details)), failing);
}

export function withoutKey(failing: Failing): Outcome {
  return outcomeOf(failing.vendor.missingKey(errorContext(failing)), failing);
}

/** What an error fault says of its retry-after. */
export function detailsOf(fault: Pick<Fault, 'retryAfter'>): FailureDetails {
  return fault.retryAfter === null ? {} : { retryAfterSeconds: fault.retryAfter };
}

function outcomeOf(error: ErrorAnswer, { vendor, random, now }: Failing): Outcome {
  const { status, body, headers } = error;
  const usage = { input: 0, output: 0, reasoning: 0 };
  const usual = vendor.headers({ random, now, stream: false, status, usage });
  const own = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
  const contentType = own.get('content-type') ?? 'application/json';
  const sent = new Set(usual.map(([name]) => name.toLowerCase()));
  const merged: RawHeaders = [
    ...usual.map(([name, value]): readonly [string, string] => [name, own.get(name.toLowerCase()) ?? value]),
    ...headers.filter(([name]) => !sent.has(name.toLowerCase()) && !/^content-(type|length)$/i.test(name)),
  ];
  return { status, headers: merged, contentType, pieces: [body], stream: false };
}

function isJsonArrayStream({ path, query }: Incoming): boolean {
  return path.endsWith(':streamGenerateContent') && query.get('alt') !== 'sse';
}
