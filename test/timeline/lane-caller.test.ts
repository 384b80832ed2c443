import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrowingTimeline } from '../../src/timeline/growing-timeline.ts';
import { type Timeline, timelineOf } from '../../src/timeline/timeline.ts';
import { type Recorded, sessionOf } from '../tape/tape-session.ts';
import { agentSession, chatCall, system, user } from './conversation.ts';

type Frame = readonly [line: number, name: string];

interface Execution {
  readonly pid?: number;
  readonly thread?: number;
  readonly task?: string;
}

/** A call site in one file; with a task it is Python's. */
function site(frames: readonly Frame[], { pid = 1, thread = 0, task }: Execution = {}): string {
  const f = frames.map(([line, name]) => ['/shop/agent.py', line, 1, name]);
  const language = task === undefined ? 'n' : 'p';
  const fields = { v: 1, l: language, q: 1, p: pid, t: thread, k: task, w: 's', f };
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** An agent that calls a tool at `at`, which answers at `at + 10_000`. */
function boss(name: string, at: number, where?: string, args: object = {}): Recorded[] {
  return agentSession(
    [
      { said: { tools: { [`t-${name}`]: ['delegate', args] } }, results: { [`t-${name}`]: 'ok' } },
      { said: { text: 'done' } },
    ],
    [system('You lead.'), user(`task of ${name}`)],
  ).map((call, turn) => ({
    ...call,
    at: at + turn * 10_000,
    ...(where === undefined ? {} : { site: where }),
  }));
}

function helper(at: number, where?: string, question = 'help', persona = 'You help.'): Recorded {
  const call = chatCall([system(persona), user(question)], { text: 'here' }, { at });
  return { ...call, ...(where === undefined ? {} : { site: where }) };
}

/** An agent whose answer is the arguments of a tool that it must call: it never goes on. */
const extractor = (at: number, persona: string): Recorded =>
  chatCall([system(persona), user(`page ${at}`)], { tools: { [`e${at}`]: ['save', { at }] } }, { at });

const inOrder = (...calls: readonly Recorded[]): Recorded[] => calls.toSorted((a, b) => a.at! - b.at!);

/** Lane's first words → those of its caller's lane. */
function callers(timeline: Timeline): Record<string, string | null> {
  const nameOf = (index: number): string => {
    const step = timeline.steps[index]!;
    const first = timeline.steps[timeline.lanes[step.lane]!.steps[0]!]!;
    const { messages } = first.kind === 'call' ? first.call : { messages: [] };
    return messages
      .at(-1)!
      .parts.map(part => (part.type === 'text' ? part.text : ''))
      .join('');
  };
  return Object.fromEntries(
    timeline.lanes.map(({ steps, parent }) => [nameOf(steps[0]!), parent === null ? null : nameOf(parent)]),
  );
}

const LOOP: readonly Frame[] = [
  [10, 'ask'],
  [20, 'loop'],
];
const below = (...outer: readonly Frame[]): readonly Frame[] => [
  [10, 'ask'],
  [50, 'delegate'],
  [24, 'loop'],
  ...outer,
];

test('agents side by side in one code: each helper belongs to the agent above it on the stack', () => {
  const [one, two]: readonly Frame[] = [
    [90, 'main'],
    [91, 'main'],
  ];
  const timeline = timelineOf(
    sessionOf(
      inOrder(
        ...boss('one', 0, site([...LOOP, one!])),
        ...boss('two', 100, site([...LOOP, two!])),
        helper(1000, site(below(one!)), 'first'),
        helper(1100, site(below(two!)), 'second'),
      ),
    ),
  );
  assert.deepEqual(callers(timeline), {
    'task of one': null,
    'task of two': null,
    first: 'task of one',
    second: 'task of two',
  });
});

test('agents side by side in tasks, or threads, of one line', () => {
  for (const [one, two] of [
    [{ task: 'Task-2' }, { task: 'Task-3' }],
    [
      { task: 'MainTask', thread: 7 },
      { task: 'MainTask', thread: 8 },
    ],
  ] satisfies [Execution, Execution][]) {
    const timeline = timelineOf(
      sessionOf(
        inOrder(
          ...boss('one', 0, site(LOOP, one)),
          ...boss('two', 100, site(LOOP, two)),
          helper(1000, site(below(), one), 'first'),
          helper(1100, site(below(), two), 'second'),
        ),
      ),
    );
    assert.deepEqual(callers(timeline), {
      'task of one': null,
      'task of two': null,
      first: 'task of one',
      second: 'task of two',
    });
  }
});

test('an agent that begins while the tools of another run is not its helper where the code says so', () => {
  const stranger = helper(
    500,
    site([
      [70, 'report'],
      [95, 'main'],
    ]),
    'stranger',
  ); // prettier-ignore
  const timeline = timelineOf(sessionOf(inOrder(...boss('one', 0, site([...LOOP, [90, 'main']])), stranger)));
  assert.deepEqual(callers(timeline), { 'task of one': null, stranger: null });
});

test('a helper of a helper; a helper that the loop asks itself; a helper in another process', () => {
  const outer: Frame = [90, 'main'];
  const inner = boss('inner', 1000, site([[10, 'ask'], [20, 'loop'], ...below(outer).slice(1)])); // prettier-ignore
  const chain = [
    ...boss('outer', 0, site([...LOOP, outer])).map((call, turn) => ({ ...call, at: turn * 30_000 })),
    ...inner,
    helper(
      2000,
      site([[10, 'ask'], [50, 'delegate'], [24, 'loop'], [20, 'loop'], ...below(outer).slice(1)]),
      'deep',
    ), // prettier-ignore
    helper(20_000, site([[26, 'loop'], outer]), 'inline'),
    helper(20_100, site([[5, 'tool']], { pid: 2 }), 'process'),
  ];
  assert.deepEqual(callers(timelineOf(sessionOf(inOrder(...chain)))), {
    'task of outer': null,
    'task of inner': 'task of outer',
    deep: 'task of inner',
    inline: 'task of outer',
    process: 'task of outer',
  });
});

test('without sites: who is asked what a tool was asked is its helper', () => {
  const timeline = timelineOf(
    sessionOf(
      inOrder(
        ...boss('one', 0, undefined, { question: 'What do cats eat?' }),
        ...boss('two', 100, undefined, { question: 'What do dogs eat?' }),
        helper(1000, undefined, 'Please find out: What do cats eat?'),
        helper(1100, undefined, 'Please find out: What do dogs eat?'),
      ),
    ),
  );
  assert.deepEqual(callers(timeline), {
    'task of one': null,
    'task of two': null,
    'Please find out: What do cats eat?': 'task of one',
    'Please find out: What do dogs eat?': 'task of two',
  });
});

test('many short agents that have nothing to do with each other do not nest', () => {
  const kinds = ['You extract.', 'You classify.', 'You rate.'];
  const calls = Array.from({ length: 30 }, (_, i) => extractor(i * 100, kinds[i % 3]!));
  const timeline = timelineOf(sessionOf(calls));
  assert.equal(timeline.lanes.length, 30);
  assert.ok(timeline.lanes.every(({ parent }) => parent === null));
});

test('nor while one of them goes on', () => {
  const calls = Array.from({ length: 10 }, (_, i) => boss(`${i}`, i * 100)).flat();
  const timeline = timelineOf(sessionOf(inOrder(...calls)));
  assert.ok(timeline.lanes.every(({ parent }) => parent === null));
});

test('a caller that is guessed is known once it goes on; nothing is settled before', () => {
  const calls = inOrder(...boss('one', 0), helper(1000));
  const growing = new GrowingTimeline(sessionOf(calls));
  while (!growing.advance(0.01)) {
    const part = growing.timeline();
    const settled = growing.settled(part);
    for (const lane of part.lanes) {
      if (lane.steps[0]! < settled && lane.parent === null) assert.equal(lane.id, 0);
    }
  }
  assert.deepEqual(callers(growing.timeline()), { 'task of one': null, help: 'task of one' });
});
