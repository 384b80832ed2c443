import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryOf, insideOf, lanesAt, nextStep, previousStep, stepOut } from '../../src/timeline/cursor.ts';
import { stackAt } from '../../src/timeline/stack.ts';
import { type Timeline, timelineOf } from '../../src/timeline/timeline.ts';
import { sessionOf } from '../tape/tape-session.ts';
import { agentSession, assistant, chatCall, system, toolResult, user } from './conversation.ts';

/** Steps by name, to read what a move does: `call0.0` is the first call of lane 0. */
function names({ steps, lanes }: Timeline): readonly string[] {
  return steps.map(step => {
    if (step.kind === 'tool') return step.name;
    const calls = lanes[step.lane]!.steps.filter(index => steps[index]!.kind === 'call');
    return `call${step.lane}.${calls.indexOf(step.index)}`;
  });
}

/** A planner that asks for two researchers at once, each of which looks something up; then it reports. */
function team(): Timeline {
  const opening = [system('planner'), user('go')];
  const plan = { tools: { a: ['delegate_a', {}] as const, b: ['delegate_b', {}] as const } };
  const research = (name: string, start: number) =>
    agentSession(
      [
        { said: { tools: { [name]: [`look_up_${name}`, {}] } }, results: { [name]: 'found' } },
        { said: { text: `report of ${name}` } },
      ],
      [system(`researcher ${name}`), user(name)],
      start,
    );
  const report = [...opening, assistant({ text: null, ...plan }), toolResult('a', 'A'), toolResult('b', 'B')];
  return timelineOf(
    sessionOf(
      [
        chatCall(opening, plan, { at: 0 }),
        ...research('x', 100),
        ...research('y', 120),
        chatCall(report, { text: 'done' }, { at: 5000 }),
      ].toSorted((a, b) => a.at! - b.at!),
    ),
  );
}

test('over, into, out and back, among lanes side by side', () => {
  const timeline = team();
  const name = names(timeline);
  assert.deepEqual(name, [
    'call0.0',
    'delegate_a',
    'delegate_b',
    'call1.0',
    'call2.0',
    'look_up_x',
    'look_up_y',
    'call1.1',
    'call2.1',
    'call0.1',
  ]);
  const at = (wanted: string): number => name.indexOf(wanted);
  const laneOf = (index: number): number => timeline.steps[index]!.lane;
  const go = (move: typeof nextStep, from: string, lane = laneOf(at(from))): string | null => {
    const to = move(timeline, at(from), lane);
    return to === null ? null : name[to]!;
  };
  assert.equal(go(nextStep, 'call0.0'), 'call0.1');
  assert.equal(go(nextStep, 'delegate_a'), 'delegate_b');
  assert.equal(go(nextStep, 'delegate_b'), 'call0.1');
  assert.equal(go(nextStep, 'call1.0'), 'call1.1');
  assert.equal(go(nextStep, 'call1.1'), 'call0.1', 'out of a lane that ends, to its caller');
  assert.equal(go(nextStep, 'call0.1'), null);
  assert.equal(go(nextStep, 'call1.0', 0), 'call0.1', 'another thread');
  assert.equal(go(stepOut, 'look_up_x'), 'call1.1');
  assert.equal(go(stepOut, 'call2.0'), 'call0.1');
  assert.equal(go(stepOut, 'call0.0'), null);
  assert.equal(go(previousStep, 'call0.1'), 'call0.0');
  assert.equal(go(previousStep, 'delegate_b'), 'delegate_a');
  assert.equal(go(previousStep, 'delegate_a'), 'call0.0');
  assert.equal(go(previousStep, 'call2.0'), 'call0.0', 'back to what led here');
  assert.equal(go(previousStep, 'call0.0'), null);

  const inside = (of: string): readonly string[] =>
    insideOf(timeline, timeline.steps[at(of)]!).map(one => name[entryOf(one)]!);
  assert.deepEqual(inside('call0.0'), ['delegate_a', 'delegate_b', 'call1.0', 'call2.0']);
  assert.deepEqual(inside('delegate_a'), ['call1.0'], 'the first tool call began the first sub-agent');
  assert.deepEqual(inside('delegate_b'), ['call2.0']);
  assert.deepEqual(inside('call1.1'), []);

  assert.deepEqual(
    lanesAt(timeline, at('call1.0')).map(({ id }) => id),
    [0, 1],
  );
  const stack = stackAt(timeline, 1, at('call1.1'));
  const rows = Array.from({ length: stack.size }, (_, i) => stack.row(i)!);
  assert.deepEqual(
    rows.map(row => (row.kind === 'step' ? name[row.index] : `from lane ${row.lane.id}`)),
    ['call1.1', 'call1.0', 'from lane 0', 'call0.0'],
  );
  assert.equal(stack.row(stack.size), undefined);
});

test('out of a lane without a caller: the first call after its end', () => {
  const alone = (name: string, start: number, turns: number) =>
    agentSession(
      Array.from({ length: turns }, (_, i) => ({ said: { text: `${name}${i}` } })),
      [system(name), user(name)],
      start,
    );
  const timeline = timelineOf(
    sessionOf([...alone('one', 0, 2), ...alone('two', 500, 3)].toSorted((a, b) => a.at! - b.at!)),
  );
  const name = names(timeline);
  assert.deepEqual(name, ['call0.0', 'call1.0', 'call0.1', 'call1.1', 'call1.2']);
  assert.equal(stepOut(timeline, 0, 0), 3);
  assert.equal(stepOut(timeline, 1, 1), null);
  assert.equal(nextStep(timeline, 2, 0), 3, 'any later call');
  assert.equal(previousStep(timeline, 1, 1), 0);
});
