import type { JsonObject } from '../wire/json.ts';
import type { AnswerBody } from './answer-body.ts';
import type { Call, DialectId, Output, Usage } from './call.ts';

/** Where a request went: what a dialect may need of its head. */
export interface Target {
  /** Provider id of `hosts.ts`; `unknown` for a host that is in no table. */
  readonly provider: string;
  /** Dialects that the provider is known to speak; empty for an unknown one. */
  readonly spoken: readonly DialectId[];
  /** Without the query; percent-escapes as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export type RequestReading = Pick<
  Call,
  'operation' | 'requestModel' | 'stream' | 'parameters' | 'system' | 'messages' | 'tools'
>;

export interface AnswerReading {
  readonly responseModel: string | null;
  readonly responseId: string | null;
  readonly output: Output;
  readonly usage: Usage | null;
  readonly finishReason: string | null;
  /** An error inside a good answer. */
  readonly error: { readonly type: string | null; readonly message: string } | null;
  /** What could not be read below the framing, in words. */
  readonly problems?: readonly string[];
}

/** One vendor's wire format, as pure functions over parsed JSON. */
export interface Dialect {
  readonly id: DialectId;
  /** Whether a POST to this target may be one of this dialect's requests. */
  matches(target: Target): boolean;
  /** Whether a request body has this dialect's shape: decides where paths are shared, or the host is unknown. */
  fits(body: JsonObject, target: Target): boolean;
  request(body: JsonObject, target: Target): RequestReading;
  /** `answer.values` holds one value for a plain JSON answer, the events' values for a stream. */
  answer(answer: AnswerBody, body: JsonObject, target: Target): AnswerReading;
}

export const NO_OUTPUT: Output = { parts: [], alternatives: [] };

export const NO_ANSWER: AnswerReading = {
  responseModel: null,
  responseId: null,
  output: NO_OUTPUT,
  usage: null,
  finishReason: null,
  error: null,
};
