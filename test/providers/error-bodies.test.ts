import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DialectId } from '../../src/providers/call.ts';
import { DIALECTS } from '../../src/providers/dialects.ts';
import {
  ERROR_KINDS,
  type ErrorContext,
  errorAnswer,
  errorInStream,
} from '../../src/providers/error-bodies.ts';
import { readCall } from '../../src/providers/read-call.ts';
import type { Exchange } from '../../src/wire/exchange.ts';
import { header } from '../../src/wire/headers.ts';
import { anExchange, REQUESTS } from './an-exchange.ts';

const IDS = DIALECTS.map(({ id }) => id);

function failing(dialect: DialectId, context: ErrorContext, kind: (typeof ERROR_KINDS)[number]): Exchange {
  const { body, ...head } = errorAnswer(dialect, kind, context);
  return anExchange(REQUESTS[dialect], { head, body });
}

test('every dialect reads its own vendor errors back: status, type, words', () => {
  for (const dialect of IDS) {
    for (const kind of ERROR_KINDS) {
      const call = readCall(failing(dialect, { model: 'm-1', message: 'own words' }, kind));
      const { status } = errorAnswer(dialect, kind);
      assert.equal(call?.dialect, dialect);
      if (status === 200) {
        assert.equal(call.finishReason, 'PROHIBITED_CONTENT', 'Gemini blocks in a good answer');
        continue;
      }
      assert.equal(call.error?.status, status, `${dialect} ${kind}`);
      const html = header(errorAnswer(dialect, kind).headers, 'content-type') === 'text/html';
      if (!html) assert.equal(call.error.message, 'own words', `${dialect} ${kind}`);
      assert.deepEqual(call.problems, [], `${dialect} ${kind}`);
    }
  }
});

test('hosts that word a shared dialect their own way are read too', () => {
  for (const provider of ['azure', 'openrouter', 'mistral', 'groq']) {
    for (const kind of ERROR_KINDS) {
      const call = readCall(failing('openai-chat', { provider, message: 'own words' }, kind));
      if (kind !== 'bad_gateway' && kind !== 'too_large')
        assert.equal(call?.error?.message, 'own words', `${provider} ${kind}`);
    }
  }
});

test('an error inside a stream that began well is read', () => {
  const framing: Partial<Record<DialectId, string>> = {
    'openai-chat': 'data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n',
    'openai-responses':
      'event: response.created\ndata: {"type":"response.created","response":{"id":"r","status":"in_progress","output":[]}}\n\n',
    'anthropic-messages':
      'event: message_start\ndata: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":3,"output_tokens":1}}}\n\n',
    'gemini-generate': 'data: {"candidates":[{"content":{"parts":[{"text":"Hel"}]}}]}\n\n',
    'bedrock-converse': '',
    'bedrock-invoke': '',
    'ollama-chat': '{"model":"m","message":{"role":"assistant","content":"Hel"},"done":false}\n',
  };
  for (const [dialect, start] of Object.entries(framing) as [DialectId, string][]) {
    const tail = errorInStream(dialect, 'overloaded', { message: 'own words' });
    const body = Buffer.concat([Buffer.from(start), tail]);
    const call = readCall(anExchange(REQUESTS[dialect], { body }));
    assert.equal(call?.error?.status, 200, dialect);
    assert.equal(call.error.message, 'own words', dialect);
    assert.equal(call.finishReason, null, dialect);
  }
});

test('a length that is the body, a retry time where the vendor gives one', () => {
  const { headers, body } = errorAnswer('openai-chat', 'rate_limit', { retryAfterSeconds: 7 });
  assert.equal(header(headers, 'content-length'), String(body.length));
  assert.equal(header(headers, 'retry-after'), '7');
  const gemini = JSON.parse(
    Buffer.from(errorAnswer('gemini-generate', 'rate_limit', { retryAfterSeconds: 7 }).body).toString(),
  );
  assert.equal(gemini.error.details.at(-1).retryDelay, '7s');
  assert.deepEqual(
    errorAnswer('openai-chat', 'quota'),
    errorAnswer('openai-chat', 'quota'),
    'the same bytes each time',
  );
});
