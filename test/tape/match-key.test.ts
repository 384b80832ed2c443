import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { MatchKeyer, matchKey } from '../../src/tape/match-key.ts';
import { IGNORED_MEMBERS } from '../../src/tape/volatile.ts';
import { requestOf } from './tape-session.ts';

const key = (body: unknown, parts = {}): string => matchKey(requestOf(body, parts));
const same = (a: unknown, b: unknown, why?: string): void => assert.equal(key(a), key(b), why);
const differ = (a: unknown, b: unknown, why?: string): void => assert.notEqual(key(a), key(b), why);

const chat = { model: 'gpt-4o', temperature: 0, messages: [{ role: 'user', content: 'hi' }] };

test('spelling does not count: key order, white space, escapes, numbers', () => {
  same(
    '{"model":"m","temperature":1,"messages":[]}',
    '{ "messages" : [ ],\n"temperature":1.0,"model":"\\u006d" }',
  );
  same('{"top_p":1e-1}', '{"top_p":0.1}');
  same('{"a":"é"}', '{"a":"\\u00e9"}');
  differ('{"seed":12345678901234567890}', '{"seed":12345678901234567891}', 'beyond 2^53');
  differ('{"a":1e999}', '{"a":null}');
});

test('what changes the answer counts', () => {
  const changes: Record<string, unknown> = {
    model: 'gpt-4o-mini',
    temperature: 0.1,
    max_tokens: 5,
    seed: 1,
    n: 2,
    stop: ['x'],
    stream: true,
    response_format: { type: 'json_object' },
    tools: [{ type: 'function', function: { name: 'f' } }],
    tool_choice: 'none',
    previous_response_id: 'resp_1',
    messages: [{ role: 'user', content: 'hi!' }],
  };
  for (const [name, value] of Object.entries(changes)) differ(chat, { ...chat, [name]: value }, name);
});

test('what does not change the answer is left out', () => {
  for (const name of IGNORED_MEMBERS.keys()) same(chat, { ...chat, [name]: { any: 'thing' } }, name);
});

test('the host counts by family, the path without credentials and in any order of parameters', () => {
  const at = (host: string, path: string): string => key(chat, { host, path });
  assert.equal(
    at('api.openai.com', '/v1/x?b=2&key=abc&a=1'),
    at('api.openai.com', '/v1/x?a=1&b=2&key=other'),
  );
  assert.equal(
    at('bedrock-runtime.us-east-1.amazonaws.com', '/model/a%3A0/converse'),
    at('bedrock-runtime.eu-west-1.amazonaws.com', '/model/a:0/converse'),
  );
  assert.notEqual(at('api.openai.com', '/v1/x'), at('api.openai.com', '/v1/y'));
  assert.notEqual(at('one.example', '/v1/x'), at('two.example', '/v1/x'));
  assert.notEqual(key(chat), key(chat, { method: 'PUT' }));
});

const openAi = (a: string, b: string, answerTo = a): object => ({
  messages: [
    {
      role: 'assistant',
      tool_calls: [
        { id: a, type: 'function', function: { name: 'f', arguments: '{"x":1,"id":"msg_1"}' } },
        { id: b, type: 'function', function: { name: 'f', arguments: '{}' } },
      ],
    },
    { role: 'tool', tool_call_id: answerTo, content: 'first' },
  ],
});
const anthropic = (id: string): object => ({
  messages: [
    { role: 'assistant', content: [{ type: 'tool_use', id, name: 'f', input: { id: 'toolu_mine' } }] },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: id, content: 'x', cache_control: { type: 'ephemeral' } }],
    },
  ],
});
const responses = (id: string, item: string): object => ({
  input: [
    { type: 'reasoning', id: `rs_${item}`, summary: [] },
    { type: 'function_call', id: `fc_${item}`, call_id: id, name: 'f', arguments: '{"a": 1}' },
    { type: 'function_call_output', call_id: id, output: 'x' },
  ],
});
const gemini = (id: string): object => ({
  contents: [
    { role: 'model', parts: [{ functionCall: { id, name: 'f', args: { id: 'mine' } } }] },
    { role: 'user', parts: [{ functionResponse: { id, name: 'f', response: { id: 'theirs' } } }] },
  ],
});
const bedrock = (id: string): object => ({
  messages: [
    { role: 'assistant', content: [{ toolUse: { toolUseId: id, name: 'f', input: { toolUseId: 'mine' } } }] },
    {
      role: 'user',
      content: [
        { toolResult: { toolUseId: id, content: [{ json: { id: 1 } }] } },
        { cachePoint: { type: 'default' } },
      ],
    },
  ],
});

test('tool-call ids are renamed, for every vendor', () => {
  same(openAi('call_a', 'call_b'), openAi('call_1', 'call_2'));
  same(anthropic('toolu_a'), anthropic('toolu_b'));
  same(responses('call_a', '1'), responses('call_b', '2'));
  same(gemini('a'), gemini('b'));
  same(bedrock('tooluse_a'), bedrock('tooluse_b'));
});

test('ids are numbered in one order, whatever the order of keys', () => {
  same(
    '{"input":[{"id":"fc_1","call_id":"call_1"},{"call_id":"call_1"}]}',
    '{"input":[{"call_id":"call_9","id":"fc_9"},{"call_id":"call_9"}]}',
  );
});

test('which result belongs to which call still counts', () => {
  differ(openAi('call_a', 'call_b', 'call_a'), openAi('call_a', 'call_b', 'call_b'));
});

test("ids inside the user's own data stay", () => {
  const mine = (body: object, from: string, to: string): void =>
    differ(body, JSON.parse(JSON.stringify(body).replaceAll(from, to)), from);
  mine(openAi('call_a', 'call_b'), 'msg_1', 'msg_2');
  mine(anthropic('toolu_a'), 'toolu_mine', 'toolu_other');
  mine(gemini('a'), 'mine', 'yours');
  mine(gemini('a'), 'theirs', 'yours');
  mine(bedrock('tooluse_a'), 'mine', 'yours');
  differ(
    { input: [{ type: 'item_reference', id: 'rs_1' }] },
    { input: [{ type: 'item_reference', id: 'rs_2' }] },
  );
});

test('cache marks are left out wherever they stand', () => {
  const marked = {
    system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral' } }],
    messages: [],
  };
  same(marked, { system: [{ type: 'text', text: 's' }], messages: [] });
  const point = {
    messages: [{ role: 'user', content: [{ text: 'x' }, { cachePoint: { type: 'default' } }] }],
  };
  same(point, { messages: [{ role: 'user', content: [{ text: 'x' }] }] });
  const inArguments = (value: string): object => ({
    messages: [
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'a', name: 'f', input: { cache_control: value } }],
      },
    ],
  });
  differ(inArguments('one'), inArguments('two'), "the user's own field of that name");
});

test('JSON in arguments compares as JSON, other text as text', () => {
  const call = (text: string): object => ({
    messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'f', arguments: text } }] }],
  });
  same(call('{"a":1,"b":2}'), call('{ "b": 2, "a": 1.0 }'));
  differ(call('{"a":1}'), call('{"a":2}'));
  differ(call('{"a":'), call('{"a": '));
});

test('the order of tools does not count, their schemas do', () => {
  const tool = (name: string, type = 'string'): object => ({
    type: 'function',
    function: { name, parameters: { type: 'object', properties: { q: { type } } } },
  });
  same({ tools: [tool('a'), tool('b')] }, { tools: [tool('b'), tool('a')] });
  differ({ tools: [tool('a')] }, { tools: [tool('a', 'number')] });
  const declared = (...names: string[]): object => ({
    tools: [{ functionDeclarations: names.map(name => ({ name })) }],
  });
  same(declared('a', 'b'), declared('b', 'a'));
  differ({ messages: ['a', 'b'] }, { messages: ['b', 'a'] });
});

test('bodies that are no JSON compare by their bytes, decoded', () => {
  differ('a=1', 'a=2');
  differ(Buffer.from([0xff, 0x01]), Buffer.from([0xff, 0x02]));
  differ(Buffer.from('{"a":"\xff"}', 'latin1'), Buffer.from('{"a":"\xfe"}', 'latin1'), 'invalid UTF-8');
  differ('{"a":1', '{"a": 1', 'cut JSON');
  differ('[1,2]', '[2,1]');
  same('[1, {"a":1,"b":2}]', '[1,{"b":2,"a":1}]');
  const headers = [['Content-Encoding', 'gzip']] as const;
  assert.equal(key(gzipSync(JSON.stringify(chat)), { headers }), key(chat));
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  differ(`{"messages":[${deep}]}`, `{"messages":[ ${deep}]}`, 'nested beyond reason: by bytes');
});

test('a multipart boundary does not count, its parts do', () => {
  const form = (boundary: string, content: string): string => {
    const body = [
      `--${boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n`,
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: audio/wav\r\n\r\n${content}\r\n`,
      `--${boundary}--\r\n`,
    ].join('');
    return key(body, { headers: [['Content-Type', `multipart/form-data; boundary=${boundary}`]] });
  };
  assert.equal(form('aaa', 'RIFF'), form('----b', 'RIFF'));
  assert.notEqual(form('aaa', 'RIFF'), form('aaa', 'RIFG'));
});

test('__proto__ is a name like any other', () => {
  differ('{"messages":[{"__proto__":{"x":1}}]}', '{"messages":[{}]}');
  differ('{"__proto__":1}', '{"__proto__":2}');
});

const json = fc.jsonValue({ maxDepth: 4 });
const body = fc.dictionary(
  fc.oneof(fc.constantFrom('messages', 'tools', 'model', 'system', 'user'), fc.string()),
  fc.oneof(json, fc.array(json)),
);

/** The same value, spelt otherwise: keys in reverse, white space, non-ASCII escaped. */
function respelt(value: unknown): string {
  const reversed = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(reversed);
    if (typeof part !== 'object' || part === null) return part;
    // fromEntries defines, where an assignment to __proto__ would vanish.
    return Object.fromEntries(
      Object.entries(part)
        .reverse()
        .map(([name, child]) => [name, reversed(child)]),
    );
  };
  return JSON.stringify(reversed(value), null, 2).replace(
    /[\u007f-\uffff]/g,
    c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

test('property: any respelling has the same key', () => {
  fc.assert(fc.property(body, value => same(JSON.stringify(value), respelt(value))));
});

test('property: what a keyer keeps never changes a key', () => {
  const edit = fc.record({
    at: fc.nat(400),
    remove: fc.nat(30),
    insert: fc.string({ unit: 'binary-ascii', maxLength: 8 }),
  });
  fc.assert(
    fc.property(body, fc.array(edit, { maxLength: 12 }), (value, edits) => {
      const keyer = new MatchKeyer();
      let text = JSON.stringify(value);
      for (const { at, remove, insert } of [{ at: 0, remove: 0, insert: '' }, ...edits]) {
        text = text.slice(0, at) + insert + text.slice(at + remove);
        const request = requestOf(text);
        assert.deepEqual(keyer.fingerprint(request), new MatchKeyer().fingerprint(request));
      }
    }),
    { numRuns: 300 },
  );
});

test('property: a growing conversation has the keys of its requests on their own', () => {
  const message = fc.record({
    role: fc.constantFrom('user', 'tool'),
    content: json,
    tool_call_id: fc.string(),
  });
  fc.assert(
    fc.property(fc.array(message, { minLength: 1 }), fc.nat(3), (messages, indent) => {
      const keyer = new MatchKeyer();
      for (let n = 1; n <= messages.length; n++) {
        const request = requestOf(
          JSON.stringify({ model: 'm', messages: messages.slice(0, n), n: 1 }, null, indent),
        );
        assert.equal(keyer.fingerprint(request).key, matchKey(request));
      }
    }),
  );
});
