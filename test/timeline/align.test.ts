import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Alignment, alignSessions } from '../../src/timeline/align.ts';
import { alignSequences, type Item } from '../../src/timeline/align-sequence.ts';
import { corpusPairs, recordedOf, withoutCorpus } from '../tape/corpus-sessions.ts';
import { sessionOf } from '../tape/tape-session.ts';
import { agentSession, chatCall, type Said, system, user } from './conversation.ts';

/** Rows as text: `=` same, `~` echo, `!where` changed, `-` removed, `+` added, with the step's name. */
function brief({ rows, a, b }: Alignment): string {
  const name = (step: (typeof a.steps)[number]): string => (step.kind === 'call' ? 'call' : step.name);
  return rows
    .map(row => {
      if (row.kind === 'removed') return `-${name(a.steps[row.a]!)}`;
      if (row.kind === 'added') return `+${name(b.steps[row.b]!)}`;
      const mark = { same: '=', echo: '~', changed: '!' }[row.kind];
      return `${mark}${name(a.steps[row.a]!)}${row.kind === 'changed' ? `(${row.where})` : ''}`;
    })
    .join(' ');
}

const ask = (
  id: string,
  name: string,
  args: unknown,
  results: string,
): Parameters<typeof agentSession>[0][number] => ({
  said: { tools: { [id]: [name, args] } },
  results: { [id]: results },
});
const say = (text: string): { said: Said } => ({ said: { text } });
const session = (...turns: Parameters<typeof agentSession>[0]): ReturnType<typeof sessionOf> =>
  sessionOf(agentSession(turns));

test('a session aligns with itself, whatever its ids', () => {
  const one = session(ask('a', 'look', {}, 'x'), ask('b', 'read', { n: 1 }, 'y'), say('done'));
  const two = session(ask('c', 'look', {}, 'x'), ask('d', 'read', { n: 1 }, 'y'), say('done'));
  const alignment = alignSessions(one, two);
  assert.equal(brief(alignment), '=call =look =call =read =call');
  assert.equal(alignment.firstDifference, null);
});

test('a tool that answers otherwise changes its step; what only carries it is an echo', () => {
  const one = session(ask('a', 'look', {}, 'sunny'), ask('b', 'read', {}, 'y'), say('done'));
  const two = session(ask('a', 'look', {}, 'rainy'), ask('b', 'read', {}, 'y'), say('done'));
  const alignment = alignSessions(one, two);
  assert.equal(brief(alignment), '=call !look(answer) ~call =read ~call');
  assert.equal(alignment.firstDifference, 1);
});

test('a model that answers otherwise is no change of the request', () => {
  const alignment = alignSessions(session(say('yes')), session(say('no')));
  assert.equal(brief(alignment), '!call(answer)');
});

test('a changed setting is a change of the request', () => {
  const hot = sessionOf(agentSession([{ ...say('yes'), body: { temperature: 1 } }]));
  assert.equal(brief(alignSessions(session(say('yes')), hot)), '!call(request)');
});

test('steps put in and left out stand alone', () => {
  const one = session(ask('a', 'look', {}, 'x'), ask('b', 'read', {}, 'y'), say('done'));
  const two = session(
    ask('a', 'look', {}, 'x'),
    ask('z', 'search', {}, '?'),
    ask('b', 'read', {}, 'y'),
    say('done'),
  );
  assert.equal(brief(alignSessions(one, two)), '=call =look +call +search ~call =read ~call');
  assert.equal(brief(alignSessions(two, one)), '=call =look -call -search ~call =read ~call');
});

test('parallel tools compare as a multiset', () => {
  const turn = (order: readonly string[]): Parameters<typeof agentSession>[0][number] => ({
    said: { tools: Object.fromEntries(order.map(name => [`id_${name}`, [name, {}] as const])) },
    results: Object.fromEntries(order.map(name => [`id_${name}`, name])),
  });
  const alignment = alignSessions(
    session(turn(['a', 'b', 'c']), say('x')),
    session(turn(['c', 'a', 'b']), say('x')),
  );
  const tools = brief(alignment).split(' ').slice(1, 4);
  assert.deepEqual(tools.toSorted(), ['=a', '=b', '=c']);
});

test('agents side by side compare each with its own', () => {
  const agent = (name: string, start: number): ReturnType<typeof agentSession> =>
    agentSession(
      [ask('a', `${name}_tool`, {}, 'x'), say(name)],
      [system(`You are ${name}.`), user('go')],
      start,
    );
  const interleaved = (...lanes: ReturnType<typeof agentSession>[]): ReturnType<typeof sessionOf> =>
    sessionOf(lanes.flat().sort((x, y) => (x.at ?? 0) - (y.at ?? 0)));
  const one = interleaved(agent('ann', 0), agent('bob', 10), agent('cyd', 20));
  const two = interleaved(agent('ann', 20), agent('bob', 10), agent('cyd', 0));
  const alignment = alignSessions(one, two);
  assert.equal(alignment.firstDifference, null);
  assert.deepEqual(alignment.lanes, [
    { a: 0, b: 2 },
    { a: 1, b: 1 },
    { a: 2, b: 0 },
  ]);
});

test('a parallel agent that only one run has is added or removed whole', () => {
  const one = [
    chatCall([system('A'), user('1')], { text: 'x' }),
    chatCall([system('B'), user('2')], { text: 'y' }),
  ];
  assert.equal(brief(alignSessions(sessionOf(one), sessionOf(one.slice(0, 1)))), '=call -call');
  assert.equal(brief(alignSessions(sessionOf(one.slice(0, 1)), sessionOf(one))), '=call +call');
});

test('of an agent that begins anew, the first time compares', () => {
  const begin = [system('Help.'), user('go')];
  const turns = [ask('a', 'look', {}, 'x'), say('done')];
  const well = agentSession(turns, begin);
  const anew = sessionOf([
    ...agentSession([ask('a', 'look', {}, 'x'), say('do')], begin),
    ...agentSession(turns, begin, 10_000),
  ]);
  assert.equal(brief(alignSessions(sessionOf(well), anew)), '=call =look !call(answer) +call +look +call');
  assert.equal(brief(alignSessions(anew, sessionOf(well))), '=call =look !call(answer) -call -look -call');
});

test('empty sessions align', () => {
  assert.deepEqual(alignSessions(sessionOf([]), sessionOf([])).rows, []);
});

const item: fc.Arbitrary<Item> = fc
  .record({ kind: fc.constantFrom('call', 'tool'), n: fc.nat(6) })
  .map(({ kind, n }) => ({ kind, keys: [`${n}`, `${n % 3}`, `${n % 2}`] }));

function assertAlignment(a: readonly Item[], b: readonly Item[]): number {
  const rows = alignSequences(a, b);
  assert.deepEqual(
    rows.flatMap(([i]) => (i === null ? [] : [i])),
    a.map((_, i) => i),
    'all of a, in order',
  );
  assert.deepEqual(
    rows.flatMap(([, j]) => (j === null ? [] : [j])),
    b.map((_, j) => j),
    'all of b, in order',
  );
  for (const [i, j] of rows) if (i !== null && j !== null) assert.equal(a[i]!.kind, b[j]!.kind);
  return rows.filter(([i, j]) => i !== null && j !== null && a[i]!.keys[0] === b[j]!.keys[0]).length;
}

test('property: an alignment holds every item once, in order, and pairs only like kinds', () => {
  fc.assert(fc.property(fc.array(item), fc.array(item), (a, b) => void assertAlignment(a, b)));
});

test('property: a sequence with items taken out pairs all that are left', () => {
  const distinct = fc.uniqueArray(fc.nat(10_000), { maxLength: 60 });
  fc.assert(
    fc.property(distinct, fc.func(fc.boolean()), (numbers, keep) => {
      const a = numbers.map(n => ({ kind: 'call', keys: [`${n}`, '', ''] }));
      const b = a.filter(one => keep(one));
      assert.equal(assertAlignment(a, b), b.length);
    }),
  );
});

test('ten thousand steps: edits, and nothing in common', () => {
  const items = (prefix: string, every = 0): Item[] =>
    Array.from({ length: 10_000 }, (_, i) => {
      const n = every > 0 && i % every === 0 ? `edit${i}` : `${prefix}${i}`;
      return { kind: 'call', keys: [n, n, `${i % 7}`] };
    });
  assert.equal(assertAlignment(items('x'), items('x', 10)), 9000);
  assert.equal(assertAlignment(items('x'), items('y')), 0);
  const repeating = (shift: number): Item[] =>
    Array.from({ length: 10_000 }, (_, i) => ({ kind: 'call', keys: Array(3).fill(`${(i + shift) % 50}`) }));
  assert.ok(assertAlignment(repeating(0), repeating(17)) > 9_900);
});

test('recorded pairs of sessions align', { skip: withoutCorpus }, t => {
  let [pairs, alike, differing] = [0, 0, 0];
  for (const pair of corpusPairs()) {
    const [a, b] = [pair.a, pair.b].map(calls => sessionOf(calls.map(recordedOf)));
    const alignment = alignSessions(a!, b!);
    const { rows } = alignment;
    assert.deepEqual(
      rows.flatMap(row => ('a' in row ? [row.a] : [])).toSorted((x, y) => x - y),
      alignment.a.steps.map(step => step.index),
    );
    assert.deepEqual(
      rows.flatMap(row => ('b' in row ? [row.b] : [])).toSorted((x, y) => x - y),
      alignment.b.steps.map(step => step.index),
    );
    const self = alignSessions(a!, a!);
    assert.equal(self.firstDifference, null, 'a session differs from itself');
    pairs++;
    if (alignment.firstDifference === null) alike++;
    else differing++;
  }
  t.diagnostic(`${pairs} pairs: ${differing} differ, ${alike} do not`);
  assert.ok(differing > pairs / 2);
});
