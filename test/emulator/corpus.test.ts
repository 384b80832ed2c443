import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { parseEventStream, stringHeader } from '../../src/wire/event-stream.ts';
import { answerBytes, corpusCalls, corpusMissing } from '../providers/corpus.ts';
import { weatherScript } from './weather-script.ts';

/** For each place in the JSON of an API's answers, the key lists that its vendor sent there, in order. */
type Shapes = Map<string, Set<string>>;

let emulator: Emulator;
let shapes: Map<string, Shapes>;

before(async () => {
  emulator = await startEmulator({ script: weatherScript });
  if (!corpusMissing) shapes = readShapes();
});
after(() => emulator.close());

function readShapes(): Map<string, Shapes> {
  const byApi = new Map<string, Shapes>();
  for (const call of corpusCalls()) {
    if (call.status !== 200) continue;
    const body = answerBytes(call);
    const sse = /^(event|data|):/.test(body.subarray(0, 10).toString());
    const api = `${call.provider} ${call.endpoint}${sse ? ' sse' : ''}`;
    const seen: Shapes = byApi.get(api) ?? new Map();
    byApi.set(api, seen);
    const values = body[0] === 0 ? eventStreamValues(body) : jsonValues(body.toString(), sse);
    for (const value of values) collect(value, '', seen);
  }
  return byApi;
}

function jsonValues(body: string, sse: boolean): unknown[] {
  const texts = sse ? [...body.matchAll(/^data: ?(\{.*)$/gm)].map(match => match[1]!) : [body];
  return texts.flatMap(text => {
    try {
      return [JSON.parse(text)];
    } catch {
      // Cassettes hold answers that are cut, or no JSON at all.
      return [];
    }
  });
}

function eventStreamValues(bytes: Uint8Array): unknown[] {
  return parseEventStream(bytes).messages.map(message => {
    const type = stringHeader(message, ':event-type') ?? '';
    const payload: { bytes?: string } = JSON.parse(Buffer.from(message.payload).toString());
    if (payload.bytes === undefined) return { [type]: payload };
    return { [type]: payload, inner: JSON.parse(Buffer.from(payload.bytes, 'base64').toString()) };
  });
}

/** Places are paths of keys; `type` of an object is part of its place. */
function collect(value: unknown, place: string, seen: Shapes): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, `${place}[]`, seen);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const fields = value as Readonly<Record<string, unknown>>;
  const here = typeof fields.type === 'string' ? `${place}<${fields.type}>` : place;
  const lists = seen.get(here) ?? new Set();
  seen.set(here, lists.add(Object.keys(fields).join(',')));
  for (const [key, item] of Object.entries(fields)) {
    // Arguments of tools: their names are the user's.
    if (key !== 'args' && key !== 'input') collect(item, `${here}.${key}`, seen);
  }
}

const QUESTION = 'What is the weather in Oslo?';
const CONTENTS = [{ role: 'user', parts: [{ text: QUESTION }] }];
const GEMINI = '/v1beta/models/gemini-2.5-flash';
const BEDROCK = '/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0';
const CONVERSE = { messages: [{ role: 'user', content: [{ text: QUESTION }] }] };
const chat = (content: string) => ({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] });
const claude = (content: string) => ({ ...chat(content), model: 'claude-haiku-4-5', max_tokens: 99 });
const BEARER = { authorization: 'Bearer k' };

const CASES: readonly [
  api: string,
  path: string,
  headers: Record<string, string>,
  bodies: readonly object[],
][] = [
  [
    'openai chat/completions',
    '/v1/chat/completions',
    BEARER,
    [chat('hello'), chat(QUESTION), chat('a lock')],
  ],
  [
    'openai chat/completions sse',
    '/v1/chat/completions',
    BEARER,
    ['hello', QUESTION].map(text => ({
      ...chat(text),
      stream: true,
      stream_options: { include_usage: true },
    })),
  ],
  [
    'openai responses',
    '/v1/responses',
    BEARER,
    ['hello', QUESTION, 'think', 'a lock', 'long'].map(input => ({ model: 'gpt-5', input })),
  ],
  [
    'openai responses sse',
    '/v1/responses',
    BEARER,
    ['hello', QUESTION, 'think', 'a lock'].map(input => ({ model: 'gpt-5', input, stream: true })),
  ],
  ['anthropic messages', '/v1/messages', { 'x-api-key': 'k' }, ['hello', QUESTION, 'think'].map(claude)],
  [
    'anthropic messages sse',
    '/v1/messages',
    { 'x-api-key': 'k' },
    ['hello', QUESTION, 'think'].map(text => ({ ...claude(text), stream: true })),
  ],
  [
    'gemini generateContent',
    `${GEMINI}:generateContent`,
    { 'x-goog-api-key': 'k' },
    [{ contents: CONTENTS }],
  ],
  [
    'gemini streamGenerateContent sse',
    `${GEMINI}:streamGenerateContent?alt=sse`,
    { 'x-goog-api-key': 'k' },
    [{ contents: CONTENTS }],
  ],
  ['bedrock converse', `${BEDROCK}/converse`, BEARER, [CONVERSE]],
  ['bedrock converse-stream', `${BEDROCK}/converse-stream`, BEARER, [CONVERSE]],
  ['bedrock invoke', `${BEDROCK}/invoke`, BEARER, [claude('hello'), claude(QUESTION)]],
  [
    'bedrock invoke-stream',
    `${BEDROCK}/invoke-with-response-stream`,
    BEARER,
    [claude('hello'), claude(QUESTION)],
  ],
  [
    'azure chat/completions',
    '/openai/deployments/gpt-4o/chat/completions',
    { 'api-key': 'k' },
    [chat('hello')],
  ],
  [
    'azure chat/completions sse',
    '/openai/deployments/gpt-4o/chat/completions',
    { 'api-key': 'k' },
    [{ ...chat('hello'), stream: true }],
  ],
  ['local ollama chat', '/api/chat', {}, [{ ...chat('think'), stream: false }]],
];

for (const [api, path, headers, bodies] of CASES) {
  test(`${api}: every object has the keys, in the order, that the vendor sent`, {
    skip: corpusMissing,
  }, async () => {
    const real = shapes.get(api);
    assert.ok(real, `the corpus has ${api}`);
    const ours: Shapes = new Map();
    for (const body of bodies) {
      const response = await fetch(emulator.url + path, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      assert.equal(response.status, 200);
      const bytes = Buffer.from(await response.arrayBuffer());
      const framed = response.headers.get('content-type')?.includes('eventstream');
      const values = framed ? eventStreamValues(bytes) : jsonValues(bytes.toString(), api.endsWith('sse'));
      for (const value of values) collect(value, '', ours);
    }
    const wrong: string[] = [];
    for (const [place, lists] of ours) {
      const sent = real.get(place) ?? new Set();
      for (const list of lists) {
        // Some cassettes keep keys sorted: there the order says nothing.
        if (sent.has(list) || sent.has(list.split(',').sort().join(','))) continue;
        wrong.push(`${place || 'top'}: ${list}; sent were: ${[...sent].join(' | ') || 'none'}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
}
