import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Miss } from '../../src/tape/miss.ts';
import { explainMiss } from '../../src/tape/miss.ts';
import { parseRules } from '../../src/tape/rules.ts';
import { Tape, type TapeOptions } from '../../src/tape/tape.ts';
import type { WireRequest } from '../../src/wire/exchange.ts';
import { askOf, HeldReply, requestOf, sessionOf } from './tape-session.ts';

const chat = (content: string, more: object = {}): WireRequest =>
  requestOf({
    model: 'gpt-4o',
    temperature: 0,
    messages: [
      { role: 'system', content: 'Help.' },
      { role: 'user', content },
    ],
    ...more,
  });

async function missOf(
  recorded: readonly WireRequest[],
  asked: WireRequest,
  options: TapeOptions = {},
): Promise<{ miss: Miss; reply: HeldReply }> {
  const misses: Miss[] = [];
  const tape = new Tape(sessionOf(recorded.map(request => ({ request }))), {
    ...options,
    onMiss: miss => misses.push(miss),
  });
  const reply = new HeldReply();
  await tape.respond(askOf(asked), reply);
  assert.equal(reply.labelled, 'MISS');
  assert.equal(misses.length, 1);
  return { miss: misses[0]!, reply };
}

/** A miss's rule, tried on the requests it came from. */
async function matchesUnder(
  miss: Miss,
  recorded: readonly WireRequest[],
  asked: WireRequest,
): Promise<boolean> {
  const reply = new HeldReply();
  const tape = new Tape(sessionOf(recorded.map(request => ({ request }))), { rules: parseRules(miss.rule) });
  await tape.respond(askOf(asked), reply);
  return reply.labelled === 'EXACT';
}

test('names the field that changed in the nearest request', async () => {
  const recorded = [chat('one'), chat('two'), chat('three')];
  const { miss } = await missOf(recorded, chat('two', { temperature: 0.7 }));
  assert.equal(miss.reason, 'changed');
  assert.equal(miss.nearest?.seq, 1);
  assert.deepEqual(miss.differences, [{ path: '$.temperature', recorded: '0', asked: '0.7' }]);
  assert.deepEqual(miss.rule, { ignore: ['$.temperature'] });
});

test('names what was added and what is gone', async () => {
  const { miss } = await missOf([chat('x', { seed: 1 })], chat('x', { stop: ['END'] }));
  assert.deepEqual(miss.differences, [
    { path: '$.seed', recorded: '1', asked: null },
    { path: '$.stop', recorded: null, asked: '["END"]' },
  ]);
});

test('names a tool by what changed inside it', async () => {
  const tool = (name: string, type: string): object => ({
    type: 'function',
    function: { name, parameters: { type: 'object', properties: { city: { type } } } },
  });
  const before = chat('x', { tools: [tool('weather', 'string'), tool('time', 'string')] });
  const after = chat('x', { tools: [tool('time', 'string'), tool('weather', 'number')] });
  const { miss } = await missOf([before], after);
  assert.deepEqual(
    miss.differences.map(difference => difference.path),
    ['$.tools[1].function.parameters.properties.city.type'],
  );
});

test('shows the place where long texts differ', async () => {
  const long = 'word '.repeat(400);
  const { miss } = await missOf([chat(`${long}yes`)], chat(`${long}no`));
  const [difference] = miss.differences;
  assert.match(difference!.recorded!, /word yes"$/);
  assert.match(difference!.asked!, /word no"$/);
  assert.ok(difference!.asked!.length < 130);
});

test('proposes the mask for dates, ids, paths and ports, and it works', async () => {
  const cases: [string, string, readonly unknown[]][] = [
    ['Today is 2026-01-02. Go.', 'Today is 2026-11-23. Go.', ['date']],
    ['run 0b0f2f2a-6a1c-4d9c-9c55-6f2b8d6c1a01', 'run 7c9e6679-7425-40de-944b-e07fc1f90ae7', ['uuid']],
    ['file /tmp/a1/x', 'file /tmp/b2/x', ['tmp-path']],
    ['at http://localhost:4001/', 'at http://localhost:50123/', ['loopback-port']],
    ['Today is 2026-01-02 in /tmp/a', 'Today is 2026-01-03 in /tmp/b', ['date', 'tmp-path']],
    [
      'order number 17 please',
      'order number 4711 please',
      [{ name: 'number', pattern: '(?<=order number )\\d+' }],
    ],
  ];
  for (const [before, after, mask] of cases) {
    const { miss } = await missOf([chat(before)], chat(after));
    assert.deepEqual(miss.rule, { mask }, after);
    assert.ok(await matchesUnder(miss, [chat(before)], chat(after)), after);
  }
});

test('proposes the path where words differ, and it works', async () => {
  const { miss } = await missOf([chat('the cat')], chat('the dog'));
  assert.deepEqual(miss.rule, { ignore: ['$.messages[1].content'] });
  assert.ok(await matchesUnder(miss, [chat('the cat')], chat('the dog')));
});

test('proposes nothing that does not help', async () => {
  const grown = requestOf({
    model: 'gpt-4o',
    temperature: 0,
    messages: Array(30).fill({ role: 'user', content: 'x' }),
  });
  const { miss } = await missOf([chat('a')], grown);
  assert.equal(miss.rule, null);
});

test('says so when the endpoint, the answers or the session are missing', async () => {
  const elsewhere = requestOf({ model: 'e' }, { path: '/v1/embeddings' });
  const other = await missOf([chat('a')], elsewhere);
  assert.equal(other.miss.reason, 'other-endpoint');
  assert.equal(other.miss.differences[0]?.path, 'endpoint');
  assert.equal((await missOf([], chat('a'))).miss.reason, 'empty-session');
});

test("answers in the provider's own error shape and asks not to be asked again", async () => {
  const ask = async (host: string, path: string): Promise<Record<string, unknown>> => {
    const { reply } = await missOf([], requestOf({ model: 'm' }, { host, path }), {});
    assert.equal(reply.headed?.status, 599);
    const headers = new Map(reply.headed?.headers);
    assert.equal(headers.get('x-should-retry'), 'false');
    assert.equal(headers.get('X-Rewind-Cassette-Miss'), 'empty-session');
    assert.equal(headers.get('Content-Length'), String(Buffer.byteLength(reply.text)));
    const body = JSON.parse(reply.text);
    assert.equal(body.rewind.miss, 'empty-session');
    return body;
  };
  const openai = await ask('api.openai.com', '/v1/chat/completions');
  assert.equal((openai.error as { code: string }).code, 'rewind_cassette_miss');
  const anthropic = await ask('api.anthropic.com', '/v1/messages');
  assert.equal(anthropic.type, 'error');
  const gemini = await ask('generativelanguage.googleapis.com', '/v1beta/models/gemini-3:generateContent');
  assert.equal((gemini.error as { code: number }).code, 599);
  const bedrock = await ask('bedrock-runtime.us-east-1.amazonaws.com', '/model/x/converse');
  assert.equal(typeof bedrock.message, 'string');
  const ollama = await ask('localhost:11434', '/api/chat');
  assert.equal(typeof ollama.error, 'string');
  const { reply } = await missOf([], chat('a'), { missStatus: 422 });
  assert.equal(reply.headed?.status, 422);
});

test('explains itself in the terminal', async () => {
  const { miss } = await missOf([chat('Today is 2026-01-02.')], chat('Today is 2026-11-23.'));
  assert.equal(
    explainMiss({ ...miss, nearest: { seq: 0, similarity: 0.93 } }),
    `POST openai/v1/chat/completions (gpt-4o) has no recorded answer.
  No recorded request says the same.
  Nearest is recorded call 0 (93 % alike). What differs:
    $.messages[1].content
      recorded  "Today is 2026-01-02."
      asked     "Today is 2026-11-23."
  This in rewind.config.json would have matched:
    {"match":{"mask":["date"]}}`,
  );
});
