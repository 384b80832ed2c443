import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { problemOf } from '../../src/timeline/argument-check.ts';
import {
  type Breakpoint,
  isNamed,
  parseHitCondition,
  parseLogMessage,
  parseNamePattern,
} from '../../src/timeline/breakpoints.ts';
import { Evaluator } from '../../src/timeline/evaluate.ts';
import { parseExpression } from '../../src/timeline/expression.ts';
import { type Hit, Scanner } from '../../src/timeline/scan.ts';
import { type Timeline, timelineOf } from '../../src/timeline/timeline.ts';
import { type TroubleKind, troublesOf } from '../../src/timeline/troubles.ts';
import type { Answer } from '../../src/wire/exchange.ts';
import { answerOf, type Recorded, requestOf, sessionOf } from '../tape/tape-session.ts';
import { agentSession, chatCall, user } from './conversation.ts';

function scannerOf(timeline: Timeline): { scanner: Scanner; said: string[] } {
  const said: string[] = [];
  const scanner = new Scanner(new Evaluator(timeline), {
    log: (_, step, text) => said.push(`${step.index}: ${text}`),
    problem: (_, step, error) => said.push(`${step.index}! ${error.message}`),
  });
  return { scanner, said };
}

function finish(work: Generator<number, Hit | null>): Hit | null {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}

const calls = (count: number): Timeline =>
  timelineOf(
    sessionOf(
      agentSession(Array.from({ length: count }, (_, i) => ({ said: { text: `${i}`, inputTokens: i } }))),
    ),
  );

const every: Breakpoint['trigger'] = parseNamePattern('*');

test('a hit condition means the same steps forwards, backwards, and from anywhere', () => {
  const timeline = calls(12);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 11 }),
      fc.integer({ min: 0, max: 11 }),
      fc.constantFrom('3', '==3', '>4', '>= 4', '< 3', '<=3', '%5'),
      (from, to, text) => {
        const condition = parseExpression('usage.input matches /x/ or usage.input > 1');
        const breakpoint = { id: 1, trigger: every, condition, hits: parseHitCondition(text) };
        const counts = Array.from({ length: 12 }, (_, i) => i).filter(i => i > 1);
        const wanted = counts.filter((_, i) => parseHitCondition(text)(i + 1));
        const between = wanted.filter(i => (from <= to ? i >= from && i <= to : i <= from && i >= to));
        const first = from <= to ? between[0] : between.at(-1);
        const found = finish(scannerOf(timeline).scanner.scan(from, to, [breakpoint]));
        assert.equal(found?.index, first);
      },
    ),
  );
});

test('hit conditions and names that cannot be read', () => {
  for (const text of ['', 'x', '>', '1.5', '%0', '> -1']) {
    assert.throws(() => parseHitCondition(text), { code: 'bad-hit-condition' });
  }
  for (const text of ['', ' ', 'tool:', 'model: ']) {
    assert.throws(() => parseNamePattern(text), { code: 'bad-name-pattern' });
  }
});

test('names stand for themselves but for the star', () => {
  const pattern = (text: string): RegExp => {
    const trigger = parseNamePattern(text);
    assert.ok(trigger.kind === 'name');
    return trigger.pattern;
  };
  assert.ok(pattern('gpt-4o*').test('gpt-4o-mini'));
  assert.ok(!pattern('gpt-4o').test('gpt-4o-mini'));
  assert.ok(!pattern('a.c').test('abc'));
  assert.ok(pattern('a(b').test('a(b'));
  assert.ok(pattern('*').test('two\nlines'));
});

test('a model is meant by its name without the date or the vendor, too', () => {
  const [step] = timelineOf(
    sessionOf([chatCall([user('hi')], { text: 'ok', model: 'openai/gpt-4o-2024-08-06' })]),
  ).steps;
  const named = (text: string): boolean => {
    const trigger = parseNamePattern(text);
    return trigger.kind === 'name' && isNamed(trigger, step!);
  };
  for (const text of ['gpt-4o', 'model:gpt-4o', 'openai/gpt-4o', 'gpt-4o-2024-08-06', 'openai/*'])
    assert.ok(named(text), text);
  for (const text of ['gpt-4', 'tool:gpt-4o', 'gpt-4o-mini', '4o']) assert.ok(!named(text), text);
});

test('log messages: expressions in braces, doubled braces, and mistakes', () => {
  const { scanner, said } = scannerOf(calls(2));
  const log = parseLogMessage('{{a}} {usage.input + 1} of {tool.name}');
  finish(scanner.scan(0, 1, [{ id: 1, trigger: every, log }]));
  assert.deepEqual(said, ['0! A call has no `tool`', '1! A call has no `tool`']);
  assert.throws(() => parseLogMessage('{usage.}'), { code: 'bad-expression' });
});

test('a value that changed, by lane; a result that changed, for the same arguments', () => {
  const turn = (temperature: number, tool: string, city: string, result: string) => ({
    said: { tools: { [`${temperature}${tool}${city}`]: [tool, { city }] as const } },
    results: { [`${temperature}${tool}${city}`]: result },
    body: { temperature },
  });
  const timeline = timelineOf(
    sessionOf(
      agentSession([
        turn(0.1, 'weather', 'Oslo', 'rain'),
        turn(0.2, 'weather', 'Rome', 'sun'),
        turn(0.3, 'weather', 'Oslo', 'rain'),
        turn(0.4, 'weather', 'Oslo', 'snow'),
        { said: { text: 'done' }, body: { temperature: 0.4 } },
      ]),
    ),
  );
  const hits = (trigger: Breakpoint['trigger']): readonly number[] => {
    const { scanner } = scannerOf(timeline);
    const found: number[] = [];
    for (let at = 0; at < timeline.steps.length; ) {
      const hit = finish(scanner.scan(at, timeline.steps.length - 1, [{ id: 1, trigger }]));
      if (!hit) break;
      found.push(hit.index);
      at = hit.index + 1;
    }
    return found;
  };
  assert.deepEqual(
    hits({ kind: 'change', expression: parseExpression('request.parameters.temperature') }),
    [2, 4, 6],
  );
  assert.deepEqual(hits({ kind: 'change', expression: parseExpression('request.messages[2]') }), [2]);
  assert.deepEqual(hits({ kind: 'change', expression: parseExpression('request.messages[0]') }), []);
  assert.deepEqual(hits({ kind: 'result', tool: 'weather' }), [7]);
  assert.deepEqual(hits({ kind: 'result', tool: 'time' }), []);
});

test('what went wrong in a step', () => {
  const tool = (parameters: object): object => ({
    tools: [{ type: 'function', function: { name: 'f', parameters } }],
  });
  const finished = (finish_reason: string, message: object = {}): Answer =>
    answerOf(
      JSON.stringify({
        model: 'gpt-4o',
        object: 'chat.completion',
        choices: [{ index: 0, message: { role: 'assistant', content: 'x', ...message }, finish_reason }],
      }),
      { headers: [['content-type', 'application/json']] },
    );
  const ask = (answer: Answer, body: object = {}): Recorded => ({
    request: requestOf({ model: 'gpt-4o', messages: [user('go')], ...body }),
    answer,
  });
  const called = (args: unknown, name = 'f') => ({ tools: { a: [name, args] as const } });
  const cases: readonly (readonly [recorded: Recorded, troubles: readonly TroubleKind[]])[] = [
    [ask(finished('stop')), []],
    [ask(finished('length')), ['truncated']],
    [ask(finished('content_filter')), ['refusal']],
    [ask(finished('stop', { refusal: 'No.' })), ['refusal']],
    [chatCall([user('go')], { status: 500 }), ['http-error']],
    [chatCall([user('go')], { status: 429 }), ['rate-limit']],
    [{ ...chatCall([user('go')], { status: 599 }), label: 'MISS' }, ['cassette-miss']],
    [ask({ chunks: [], end: { kind: 'reset', at: 3, message: 'ECONNRESET' } }), ['http-error']],
    [ask({ ...finished('stop'), end: { kind: 'unfinished' } }), ['http-error']],
    [chatCall([user('go')], called({ n: 1 }), {}, tool({ type: 'object', required: ['n'] })), []],
    [
      chatCall([user('go')], called({}), {}, tool({ type: 'object', required: ['n'] })),
      ['invalid-arguments'],
    ],
    [chatCall([user('go')], called({}, 'g'), {}, tool({})), ['invalid-arguments']],
    [chatCall([user('go')], called({}, 'g')), []],
  ];
  for (const [recorded, wanted] of cases) {
    const { steps } = timelineOf(sessionOf([recorded]));
    assert.deepEqual(
      troublesOf(steps[0]!).map(({ kind }) => kind),
      wanted,
      JSON.stringify(recorded.answer?.end),
    );
  }
});

test('a retry that went well does not hide the limit before it', () => {
  const asked = [user('go')];
  const { steps } = timelineOf(
    sessionOf([chatCall(asked, { status: 429 }, { at: 0 }), chatCall(asked, { text: 'ok' }, { at: 500 })]),
  );
  assert.equal(steps.length, 1);
  assert.deepEqual(
    troublesOf(steps[0]!).map(({ kind }) => kind),
    ['rate-limit'],
  );
});

test('arguments that do not fit their schema', () => {
  const schema = {
    type: 'object',
    properties: {
      n: { type: 'integer' },
      unit: { enum: ['c', 'f'] },
      list: { type: 'array', items: { type: 'string' } },
      maybe: { type: ['string', 'null'] },
      GEMINI: { type: 'STRING', nullable: true },
    },
    required: ['n'],
    additionalProperties: false,
  };
  const problems: readonly (readonly [value: unknown, problem: string | null])[] = [
    [{ n: 1, unit: 'c', list: ['a'], maybe: null, GEMINI: null }, null],
    [{}, 'arguments lacks "n"'],
    [{ n: 1.5 }, 'arguments.n is number where integer is wanted'],
    [{ n: 1, unit: 'k' }, 'arguments.unit is "k", which is none of ["c","f"]'],
    [{ n: 1, list: ['a', 2] }, 'arguments.list[1] is number where string is wanted'],
    [{ n: 1, other: 1 }, 'arguments has "other", which the tool does not know'],
    ['text', 'arguments is string where object is wanted'],
    [[], 'arguments is array where object is wanted'],
  ];
  for (const [value, problem] of problems) assert.equal(problemOf(value, schema), problem);
  assert.equal(problemOf({ a: 1 }, { oneOf: [] }), null);
  assert.equal(problemOf({ a: 1 }, null), null);
});
