import { encodeEventStreamMessage } from '../../wire/event-stream.ts';
import { header } from '../../wire/headers.ts';
import type { Failure, FailureAnswer, HeaderFacts, Incoming, Vendor } from '../api.ts';
import { bearerToken } from './openai.ts';

export const bedrock: Vendor = {
  name: 'bedrock',
  credential: (request: Incoming) =>
    bearerToken(request) ?? /Credential=([^/,\s]+)/.exec(header(request.headers, 'authorization') ?? '')?.[1],
  headers: ({ random, now }: HeaderFacts) => [
    ['Date', now.toUTCString()],
    ['x-amzn-RequestId', random.uuid()],
  ],
  failure: bedrockFailure,
};

/** Exceptions of the Bedrock Runtime API (API reference, "Errors"), worded as the service words them. */
function bedrockFailure(failure: Failure): FailureAnswer {
  const answer = (status: number, type: string, message: string): FailureAnswer => ({
    status,
    body: JSON.stringify({ message: failure.message ?? message }),
    headers: [
      ['x-amzn-ErrorType', `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`],
      ...(failure.retryAfter === undefined || failure.retryAfter === null
        ? []
        : [['retry-after', String(failure.retryAfter)] as const]),
    ],
  });
  switch (failure.kind) {
    case 'missing-key':
      return answer(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
    case 'invalid-key':
      return answer(
        403,
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    case 'not-found':
      return answer(404, 'UnknownOperationException', 'Unknown operation');
    case 'model-not-found':
      return answer(400, 'ValidationException', 'The provided model identifier is invalid.');
    case 'invalid-request':
      return answer(
        400,
        'ValidationException',
        `1 validation error detected: Value at '${failure.field ?? 'messages'}' failed to satisfy constraint: Member must not be null`,
      );
    case 'rate-limit':
      return answer(429, 'ThrottlingException', 'Too many requests, please wait before trying again.');
    case 'quota':
      return answer(429, 'ThrottlingException', 'Too many tokens per day, please wait before trying again.');
    case 'context-overflow':
      return answer(400, 'ValidationException', 'Input is too long for requested model.');
    case 'server-error':
      return answer(
        500,
        'InternalServerException',
        'The system encountered an unexpected error during processing. Try your request again.',
      );
    case 'overloaded':
      return answer(503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.');
  }
}

/** The model of a path such as /model/anthropic.claude-3-haiku%3A0/converse. */
export function bedrockModel(path: string): string {
  return decodeURIComponent(/\/model\/([^/]+)\//.exec(path)?.[1] ?? '');
}

export const EVENT_STREAM = 'application/vnd.amazon.eventstream';

/** One event, framed with the headers that Bedrock sends. */
export function bedrockEvent(type: string, payload: object): Uint8Array {
  const text = (value: string) => ({ type: 'string', value }) as const;
  return encodeEventStreamMessage({
    headers: [
      [':event-type', text(type)],
      [':content-type', text('application/json')],
      [':message-type', text('event')],
    ],
    payload: Buffer.from(JSON.stringify(payload)),
  });
}

const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** The `p` field, which hides an event's size: a run of the alphabet. */
export function bedrockPadding(random: { below(limit: number): number }): string {
  return PADDING.slice(0, 1 + random.below(PADDING.length));
}
