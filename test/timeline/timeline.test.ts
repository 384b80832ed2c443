import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePrices } from '../../src/providers/prices.ts';
import type { ToolRun } from '../../src/sessions/session.ts';
import { SiteIndex } from '../../src/timeline/site-index.ts';
import {
  type CallStep,
  type Step,
  type Timeline,
  type ToolStep,
  timelineOf,
} from '../../src/timeline/timeline.ts';
import type { RawHeaders } from '../../src/wire/headers.ts';
import { AGENT, siteOf } from '../dap/recordings.ts';
import { answerOf, type Recorded, requestOf, sessionOf } from '../tape/tape-session.ts';
import { agentSession, assistant, chatCall, system, toolResult, user } from './conversation.ts';

const isCall = (step: Step): step is CallStep => step.kind === 'call';
const isTool = (step: Step): step is ToolStep => step.kind === 'tool';

/** Lanes as `title: steps`, steps as `call` or the tool's name. */
function shape({ steps, lanes }: Timeline): string[] {
  return lanes.map(lane => {
    const names = lane.steps.map(index => {
      const step = steps[index]!;
      return step.kind === 'call'
        ? `call${step.attempts.length > 1 ? `×${step.attempts.length}` : ''}`
        : step.name;
    });
    return `${lane.title}: ${names.join(' ')}`;
  });
}

test('joins tool calls to their results between the calls', () => {
  const timeline = timelineOf(
    sessionOf(
      agentSession([
        {
          said: { tools: { a: ['weather', { city: 'Oslo' }], b: ['time', {}] } },
          results: { b: 'noon', a: 'rain' },
        },
        { said: { text: 'It rains at noon.', inputTokens: 30 } },
      ]),
    ),
  );
  assert.deepEqual(shape(timeline), ['You are helpful.: call weather time call']);
  const tools = timeline.steps.filter(isTool);
  assert.deepEqual(
    tools.map(({ name, call, result, from, to, at, durationMs, timing }) => ({
      name,
      arguments: call.arguments,
      result: result?.content,
      from,
      to,
      at,
      durationMs,
      timing,
    })),
    [
      {
        name: 'weather',
        arguments: { city: 'Oslo' },
        result: [{ type: 'text', text: 'rain' }],
        from: 0,
        to: 3,
        at: 50,
        durationMs: 950,
        timing: 'gap',
      },
      {
        name: 'time',
        arguments: {},
        result: [{ type: 'text', text: 'noon' }],
        from: 0,
        to: 3,
        at: 50,
        durationMs: 950,
        timing: 'gap',
      },
    ],
  );
  const [first, last] = timeline.steps.filter(isCall);
  assert.deepEqual(first?.context, { messages: 2, added: 2, tokens: 10, growth: null, history: 'start' });
  assert.deepEqual(last?.context, { messages: 5, added: 3, tokens: 30, growth: 20, history: 'extended' });
  assert.equal(last?.latencyMs, 50);
  assert.equal(last?.call.messages.length, 5);
  assert.deepEqual(
    timeline.steps.map(step => step.index),
    [0, 1, 2, 3],
  );
});

test('folds retries into attempts of one step', () => {
  const messages = [user('hi')];
  const timeline = timelineOf(
    sessionOf([
      chatCall(messages, { status: 429 }, { at: 0 }),
      chatCall(messages, { status: 503 }, { at: 500 }),
      chatCall(messages, { text: 'hello' }, { at: 2000, takes: 70 }),
    ]),
  );
  const [step, ...rest] = timeline.steps as CallStep[];
  assert.deepEqual(rest, []);
  assert.deepEqual(
    step?.attempts.map(({ seq, status }) => [seq, status]),
    [
      [0, 429],
      [1, 503],
      [2, 200],
    ],
  );
  assert.equal(step?.seq, 2);
  assert.equal(step?.latencyMs, 2070);
  assert.equal(step?.error, null);
});

test('a repeated request is no retry where the first answer was good, or still under way', () => {
  const messages = [user('hi')];
  const good = [chatCall(messages, { text: 'a' }, { at: 0 }), chatCall(messages, { text: 'b' }, { at: 500 })];
  assert.equal(timelineOf(sessionOf(good)).steps.length, 2);
  const parallel = [
    chatCall(messages, { status: 500 }, { at: 0, takes: 900 }),
    chatCall(messages, { text: 'b' }, { at: 500 }),
  ];
  assert.equal(timelineOf(sessionOf(parallel)).steps.length, 2);
});

test('an agent that begins anew after a failure has a lane more, and the failed call no second attempt', () => {
  const first = [user('hi')];
  const said = { tools: { a: ['weather', { city: 'Oslo' }] } } as const;
  const second = [...first, assistant(said), toolResult('a', 'rain')];
  const calls = (headers: RawHeaders): Recorded[] => [
    chatCall(first, said, { at: 0 }),
    chatCall(second, { status: 500 }, { at: 500 }),
    chatCall(first, said, { at: 1000 }),
    {
      ...chatCall(second, { text: 'wet' }, { at: 1500 }),
      request: requestOf({ model: 'gpt-4o', messages: second }, { headers }),
    },
  ];
  assert.deepEqual(shape(timelineOf(sessionOf(calls([])))), [
    'hi: call weather call',
    'hi: call weather call',
  ]);
  // An SDK that counts says for certain that it is one: who asked in between is another agent.
  assert.deepEqual(shape(timelineOf(sessionOf(calls([['x-stainless-retry-count', '1']])))), [
    'hi: call weather call×2',
    'hi: call weather',
  ]);
});

test('a broken or refused connection is an attempt', () => {
  const { request } = chatCall([user('hi')], {});
  const timeline = timelineOf(
    sessionOf([
      { request, at: 0, answer: { chunks: [], end: { kind: 'reset', at: 5, message: 'ECONNRESET' } } },
      { ...chatCall([user('hi')], { text: 'ok' }), at: 100 },
    ]),
  );
  assert.equal(timeline.steps.length, 1);
  assert.deepEqual(
    (timeline.steps[0] as CallStep).attempts.map(({ status, error }) => [status, error?.type]),
    [
      [null, 'reset'],
      [200, undefined],
    ],
  );
});

test('interleaved agents are lanes, and know the call that started them', () => {
  const boss = agentSession(
    [
      { said: { tools: { s: ['research', { q: 'cats' }] } }, results: { s: 'cats purr' } },
      { said: { text: 'done' } },
    ],
    [system('You lead.'), user('Write about cats.')],
  );
  const helper = agentSession(
    [{ said: { tools: { f: ['fetch', {}] } }, results: { f: 'page' } }, { said: { text: 'cats purr' } }],
    [system('You research.'), user('cats')],
    200,
  );
  const [start, end] = [boss[0]!, { ...boss[1]!, at: 5000 }];
  const timeline = timelineOf(sessionOf([start, ...helper, end]));
  assert.deepEqual(shape(timeline), ['You lead.: call research call', 'You research.: call fetch call']);
  assert.deepEqual(
    timeline.lanes.map(lane => lane.parent),
    [null, 0],
  );
});

test('a shortened history goes on in its lane; the same question again does not', () => {
  const long = [user('task'), ...['1', '2', '3'].flatMap(n => [assistant({ text: `a${n}` }), user(`u${n}`)])];
  const compacted = [user('Summary so far: …'), ...long.slice(-2), assistant({ text: 'a4' }), user('u4')];
  const timeline = timelineOf(
    sessionOf([
      chatCall(long, { text: 'a4' }),
      chatCall(compacted, { text: 'a5' }),
      chatCall([user('task')], { text: 'new' }),
    ]),
  );
  assert.deepEqual(shape(timeline), ['task: call call', 'task: call']);
  assert.equal((timeline.steps[1] as CallStep).context.history, 'rewritten');
});

test('few-shot prompts that share their examples are lanes of their own', () => {
  const shots = [user('2+2'), assistant({ text: '4' })];
  const sessions = ['3+3', '4+4', '5+5'].map(question => chatCall([...shots, user(question)], { text: '?' }));
  assert.equal(timelineOf(sessionOf(sessions)).lanes.length, 3);
});

test('a branch is a lane that begins where it leaves the other', () => {
  const opening = [user('story')];
  const told = [...opening, assistant({ text: 'once' })];
  const timeline = timelineOf(
    sessionOf([
      chatCall(opening, { text: 'once' }),
      chatCall([...told, user('sad')], { text: 'alas' }),
      chatCall([...told, user('glad')], { text: 'hooray' }),
    ]),
  );
  assert.deepEqual(
    timeline.lanes.map(({ steps, parent }) => [steps, parent]),
    [
      [[0, 1], null],
      [[2], 0],
    ],
  );
});

test('a system prompt that tells the time keeps its lane', () => {
  const at = (time: string, ...rest: object[]): object[] => [system(`It is ${time}.`), user('go'), ...rest];
  const timeline = timelineOf(
    sessionOf([
      chatCall(at('10:00:01') as never, { text: 'a' }),
      chatCall(at('10:00:02', assistant({ text: 'a' }), user('on')) as never, { text: 'b' }),
    ]),
  );
  assert.equal(timeline.lanes.length, 1);
});

test('responses that name the response before are one lane', () => {
  const call = (input: unknown, id: string, previous?: string): ReturnType<typeof chatCall> => ({
    request: requestOf(
      { model: 'gpt-5', input, ...(previous ? { previous_response_id: previous } : {}) },
      { path: '/v1/responses' },
    ),
    answer: answerOf(
      JSON.stringify({
        id,
        object: 'response',
        status: 'completed',
        model: 'gpt-5',
        output: [
          { type: 'function_call', id: `fc_${id}`, call_id: `call_${id}`, name: 'look', arguments: '{}' },
        ],
      }),
      { headers: [['content-type', 'application/json']] },
    ),
  });
  const result = (id: string): object[] => [
    { type: 'function_call_output', call_id: `call_${id}`, output: 'seen' },
  ];
  const timeline = timelineOf(
    sessionOf([call('go', 'r1'), call(result('r1'), 'r2', 'r1'), call(result('r2'), 'r3', 'r2')]),
  );
  assert.deepEqual(shape(timeline), ['go: call look call look call look']);
  assert.deepEqual(
    timeline.steps.filter(isTool).map(step => step.to),
    [2, 4, null],
  );
  // The answer that is named came with the second attempt.
  const failed = {
    ...call('go', 'none'),
    answer: answerOf('{"error":{"message":"again"}}', { status: 500 }),
  };
  const retried = timelineOf(sessionOf([failed, call('go', 'r1'), call(result('r1'), 'r2', 'r1')]));
  assert.deepEqual(shape(retried), ['go: call×2 look call look']);
});

test('alike conversations side by side are told apart by the ids of their tool calls', () => {
  const opening = [user('go')];
  const asked = (id: string): { tools: Record<string, readonly [string, object]> } => ({
    tools: { [id]: ['look', {}] },
  });
  const answered = (id: string): ReturnType<typeof user>[] => [
    ...opening,
    assistant({ text: null, ...asked(id) }),
    toolResult(id, 'x'),
  ];
  const timeline = timelineOf(
    sessionOf([
      chatCall(opening, asked('a'), { at: 0 }),
      chatCall(opening, asked('b'), { at: 1 }),
      chatCall(answered('a'), { text: 'A' }, { at: 100 }),
      chatCall(answered('b'), { text: 'B' }, { at: 101 }),
    ]),
  );
  assert.deepEqual(
    timeline.lanes.map(lane =>
      lane.steps.flatMap(index => {
        const step = timeline.steps[index]!;
        return step.kind === 'call' ? [step.seq] : [];
      }),
    ),
    [
      [0, 2],
      [1, 3],
    ],
  );
});

test('a history that is spelt otherwise goes on where its tool results belong', () => {
  const ask = { tools: { a: ['look', {}] } } as const;
  const timeline = timelineOf(
    sessionOf([
      chatCall([user('go')], ask),
      chatCall([user('go!'), assistant({ text: null, ...ask }), toolResult('a', 'x')], { text: 'done' }),
    ]),
  );
  assert.deepEqual(shape(timeline), ['go: call look call']);
});

test('ids that a model repeats every turn join within their turn', () => {
  const tools = { call_0: ['step', {}] } as const;
  const timeline = timelineOf(
    sessionOf(
      agentSession([
        { said: { tools }, results: { call_0: 'first' } },
        { said: { tools }, results: { call_0: 'second' } },
        { said: { text: 'done' } },
      ]),
    ),
  );
  const results = timeline.steps.filter(isTool).map(step => step.result?.content);
  assert.deepEqual(results, [[{ type: 'text', text: 'first' }], [{ type: 'text', text: 'second' }]]);
});

test('what an SDK helper reported about a tool stands in its step', () => {
  const session = sessionOf(
    agentSession([
      { said: { tools: { a: ['weather', {}] } }, results: { a: 'rain' } },
      { said: { text: 'x' } },
    ]),
  );
  const run = { at: 100, durationMs: 42, name: 'weather', callId: 'a', arguments: {} };
  const [tool] = timelineOf({ ...session, tools: [run] }).steps.filter(isTool);
  assert.deepEqual([tool?.at, tool?.durationMs, tool?.timing, tool?.run], [100, 42, 'reported', run]);
});

test('a tool step stands on the line of the function that ran', () => {
  const session = sessionOf(
    agentSession([
      {
        said: { tools: { a: ['weather', {}], b: ['weather', {}], c: ['clock', {}] } },
        results: { a: 'rain', b: 'sun', c: 'noon' },
      },
      { said: { text: 'x' } },
    ]),
  );
  const at = (line: number): string => siteOf([AGENT, line, 'tool'], [AGENT, 90, 'main']);
  const run = { at: 100, durationMs: 1, arguments: {} };
  const tools: ToolRun[] = [
    // In the order of their ends. An id says more than a name.
    { ...run, name: 'weather', site: at(11) },
    { ...run, name: 'clock', site: at(12) },
    { ...run, name: 'weather', callId: 'a', site: at(10) },
    { ...run, name: 'weather', callId: 'elsewhere', site: at(99) },
  ];
  const timeline = timelineOf({ ...session, tools });
  const sites = new SiteIndex(timeline);
  const steps = timeline.steps.filter(isTool);
  assert.deepEqual(
    steps.map(step => sites.frames(step)[0]?.line),
    [10, 11, 12],
  );
  assert.deepEqual(sites.lines(AGENT), [10, 11, 12, 90]);
  assert.deepEqual(sites.steps(AGENT, 12), [steps[2]!.index]);
});

test('time to first token is of streams only, and costs come from the prices given', () => {
  const sse = requestOf({ model: 'gpt-4o', stream: true, messages: [user('hi')] });
  const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
  const chunk = (content: string): string =>
    event({ object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta: { content } }] });
  const answer = answerOf([chunk('a'), chunk('b'), 'data: [DONE]\n\n'], {
    at: [30, 60, 61],
    headers: [['content-type', 'text/event-stream']],
  });
  const timeline = timelineOf(sessionOf([{ request: sse, answer }, chatCall([user('x')], { text: 'y' })]), {
    prices: parsePrices({ 'gpt-4o-2024-08-06': { input: 1000, output: 2000 } }),
  });
  assert.deepEqual(
    (timeline.steps as CallStep[]).map(step => [step.ttftMs, step.costUsd]),
    [
      [30, null],
      [null, 0.02],
    ],
  );
});

test('exchanges that are no calls stand aside', () => {
  const other = requestOf('', { method: 'GET', host: 'example.com', path: '/' });
  const timeline = timelineOf(sessionOf([{ request: other }, chatCall([user('x')], { text: 'y' })]));
  assert.deepEqual(timeline.others, [0]);
  assert.equal(timeline.steps.length, 1);
});
