import { errorAnswer } from '../../providers/error-bodies.ts';
import { encodeEventStreamMessage } from '../../wire/event-stream.ts';
import { header } from '../../wire/headers.ts';
import type { HeaderFacts, Incoming, Vendor } from '../api.ts';
import { bearerToken } from './openai.ts';

export const bedrock: Vendor = {
  name: 'bedrock',
  credential: (request: Incoming) =>
    bearerToken(request) ?? /Credential=([^/,\s]+)/.exec(header(request.headers, 'authorization') ?? '')?.[1],
  headers: ({ random, now }: HeaderFacts) => [
    ['Date', now.toUTCString()],
    ['x-amzn-RequestId', random.uuid()],
  ],
  dialect: 'bedrock-converse',
  missingKey(context) {
    const answer = errorAnswer('bedrock-converse', 'auth', {
      ...context,
      message: 'Missing Authentication Token',
    });
    const headers = answer.headers.map(([name, value]): readonly [string, string] =>
      name === 'x-amzn-errortype' ? [name, 'MissingAuthenticationTokenException'] : [name, value],
    );
    return { ...answer, headers };
  },
  requestId: random => random.uuid(),
};

/** The model of a path such as /model/anthropic.claude-3-haiku%3A0/converse. */
export function bedrockModel(path: string): string {
  return decodeURIComponent(/\/model\/([^/]+)\//.exec(path)?.[1] ?? '');
}

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
