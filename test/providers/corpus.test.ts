import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call, Part } from '../../src/providers/call.ts';
import { readCall } from '../../src/providers/read-call.ts';
import {
  answerBytes,
  type CorpusCall,
  corpusCalls,
  corpusMissing,
  exchangeOf,
  requestBytes,
} from './corpus.ts';
import { type SimpleReading, simpleReading } from './simple-reading.ts';

/** What the corpus calls an endpoint, and the dialects that may read it. */
const DIALECTS: Readonly<Record<string, readonly string[]>> = {
  'chat/completions': ['openai-chat'],
  responses: ['openai-responses'],
  messages: ['anthropic-messages'],
  generateContent: ['gemini-generate'],
  streamGenerateContent: ['gemini-generate'],
  converse: ['bedrock-converse'],
  'converse-stream': ['bedrock-converse'],
  invoke: ['bedrock-invoke'],
  'invoke-stream': ['bedrock-invoke'],
  // Portkey's prompt completions are chats.
  completions: ['openai-completions', 'openai-chat'],
  // Writer's /v1/chat speaks OpenAI's dialect.
  'cohere chat': ['cohere-chat', 'openai-chat'],
  'ollama chat': ['ollama-chat'],
  'ollama generate': ['ollama-generate'],
  interactions: ['gemini-interactions'],
  generate: ['cohere-generate'],
  'anthropic complete': ['anthropic-complete'],
  'text-generation': ['tgi-generate'],
};

/** The one line of the corpus that is no call to a language model. */
const isImage = (call: CorpusCall): boolean => call.url.endsWith('/image/generate');

const nameOf = (call: CorpusCall): string => `${call.repo} ${call.path} #${call.index} ${call.url}`;

test('every call of the corpus is read as its raw JSON says', { skip: corpusMissing }, t => {
  const counts = new Map<string, number>();
  const wrong: string[] = [];
  const unreadable: string[] = [];
  let compared = 0;
  for (const call of corpusCalls()) {
    const read = readCall(exchangeOf(call));
    if (isImage(call)) {
      assert.equal(read, null);
      continue;
    }
    if (!read || !DIALECTS[call.endpoint]?.includes(read.dialect)) {
      wrong.push(`${nameOf(call)}: read as ${read?.dialect}`);
      continue;
    }
    counts.set(read.dialect, (counts.get(read.dialect) ?? 0) + 1);
    const expected = expectedOf(call);
    if (!expected) {
      // Raw bytes that a plain JSON.parse cannot read either: then, and only then, there is a problem to tell.
      unreadable.push(nameOf(call));
      if (read.problems.length === 0) wrong.push(`${nameOf(call)}: broken, yet without a problem`);
      continue;
    }
    compared++;
    if (read.problems.length > 0) wrong.push(`${nameOf(call)}: ${read.problems.join('; ')}`);
    wrong.push(...differences(call, read, expected).map(what => `${nameOf(call)}: ${what}`));
  }
  const table = [...counts].sort(([, a], [, b]) => b - a).map(([id, count]) => `${id} ${count}`);
  t.diagnostic(`${compared} calls agree, ${unreadable.length} have broken bodies: ${table.join(', ')}`);
  assert.equal(wrong.length, 0, `${wrong.length} calls differ, the first:\n${wrong.slice(0, 40).join('\n')}`);
  assert.ok(compared > 9200 && unreadable.length < 20);
});

/** The simple reading; undefined where its plain parsing fails. */
function expectedOf(call: CorpusCall): SimpleReading | undefined {
  const request = requestBytes(call).toString('utf8');
  try {
    // An error's body is checked apart.
    const answer = call.status < 400 ? answerBytes(call) : Buffer.from('{}');
    return simpleReading(call.endpoint, call.url, request, answer, name =>
      String(call.resp_headers[name] ?? ''),
    );
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw new Error(`the simple reading fails on ${nameOf(call)}`, { cause: error });
  }
}

function differences(call: CorpusCall, read: Call, expected: SimpleReading): string[] {
  const calls = read.output.parts.flatMap(part => (part.type === 'tool_call' ? [part.call] : []));
  const failed = call.status >= 400;
  const pairs: [string, unknown, unknown][] = [
    ['model', read.requestModel, expected.model],
    ['tools', read.tools.map(tool => tool.name).join(), expected.tools.join()],
    ['messages', expected.messages === null ? null : read.messages.length, expected.messages],
    ['error', read.error?.status ?? null, failed ? call.status : read.error ? 200 : null],
  ];
  if (!failed) {
    pairs.push(
      ['text', textOf(read.output.parts), expected.text],
      [
        'tool calls',
        calls.map(({ name, arguments: args }) => JSON.stringify([name, args ?? null])).join(),
        expected.toolCalls.join(),
      ],
      ['input tokens', read.usage?.input ?? null, expected.input],
      ['output tokens', read.usage?.output ?? null, expected.output],
      ['finish reason', read.finishReason, expected.finish],
    );
  } else {
    const said = wordsOf(answerBytes(call).toString('utf8').trim(), call.status);
    const { type = null, message = '' } = read.error ?? {};
    pairs.push(['error message among the words', said.has(message), true]);
    const header = String(call.resp_headers['x-amzn-errortype'] ?? '');
    pairs.push([
      'error type among the words',
      type === null || said.has(type) || header.startsWith(`${type}:`),
      true,
    ]);
  }
  return pairs
    .filter(([, got, want]) => got !== want)
    .map(
      ([what, got, want]) =>
        `${what} is ${JSON.stringify(got)?.slice(0, 300)}, the raw JSON says ${JSON.stringify(want)?.slice(0, 300)}`,
    );
}

/** All strings and numbers of an error's JSON, or its plain text; an empty body is told by its status. */
function wordsOf(text: string, status: number): ReadonlySet<string> {
  const words = new Set([text === '' ? `HTTP ${status}` : text]);
  try {
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === 'string' || typeof value === 'number') words.add(String(value));
      return value;
    });
  } catch {
    return words;
  }
  return words;
}

function textOf(parts: readonly Part[]): string {
  return parts.map(part => (part.type === 'text' ? part.text : '')).join('');
}

test('a dialect is found by path and body on hosts that no table knows', { skip: corpusMissing }, () => {
  // These paths are read by their host alone.
  const needHost = new Set(['text-generation', 'generate']);
  const wrong: string[] = [];
  for (const call of corpusCalls()) {
    if (needHost.has(call.endpoint) || !expectedOf(call)) continue;
    const known = readCall(exchangeOf(call))?.dialect;
    const unknown = readCall(exchangeOf(call, 'llm.corp.example'))?.dialect;
    if (known !== unknown) wrong.push(`${nameOf(call)}: ${known} at home, ${unknown} elsewhere`);
  }
  assert.equal(wrong.length, 0, wrong.slice(0, 40).join('\n'));
});
