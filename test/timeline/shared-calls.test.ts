import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCall } from '../../src/providers/read-call.ts';
import { GrowingTimeline } from '../../src/timeline/growing-timeline.ts';
import { SharedCalls } from '../../src/timeline/shared-calls.ts';
import { type Timeline, timelineOf } from '../../src/timeline/timeline.ts';
import { type Recorded, sessionOf } from '../tape/tape-session.ts';
import { agentSession, chatCall, system, user } from './conversation.ts';

/** Conversations that grow, branch, are cut and stand still, under few openings. */
const recordings: fc.Arbitrary<readonly Recorded[]> = fc
  .array(
    fc.record({
      opening: fc.integer({ min: 0, max: 2 }),
      turns: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 }),
      tools: fc.boolean(),
    }),
    { maxLength: 25 },
  )
  .map(calls =>
    calls.map(({ opening, turns, tools }, i) =>
      chatCall(
        [system(`opening ${opening}`), ...turns.map(user)],
        { text: `answer ${i}` },
        { at: i * 100 },
        tools ? { tools: [{ type: 'function', function: { name: 'f', parameters: { x: i % 2 } } }] } : {},
      ),
    ),
  );

test('a call read from memory is the call that was sent', () => {
  fc.assert(
    fc.property(recordings, fc.array(fc.nat(), { maxLength: 60 }), (recorded, order) => {
      const session = sessionOf(recorded);
      const calls = new SharedCalls(session);
      for (const exchange of session.exchanges()) calls.add(exchange.seq, readCall(exchange)!);
      const seqs = [...recorded.keys(), ...order.map(n => n % Math.max(1, recorded.length))];
      for (const seq of recorded.length > 0 ? seqs : []) {
        assert.deepEqual(calls.read(seq), readCall(session.exchange(seq)));
      }
    }),
  );
});

test('a message that many calls carry is kept once', () => {
  const session = sessionOf(
    agentSession(Array.from({ length: 60 }, (_, i) => ({ said: { text: `turn ${i}` } }))),
  );
  const calls = new SharedCalls(session);
  for (const exchange of session.exchanges()) calls.add(exchange.seq, readCall(exchange)!);
  const [early, late] = [calls.read(20), calls.read(59)];
  assert.equal(late.messages.length, 61);
  early.messages.forEach((message, i) => {
    assert.equal(late.messages[i], message);
  });
});

/** Steps with their calls, as values. */
const plain = ({ steps }: Timeline): readonly object[] => steps.map(step => ({ ...step }));

test('a timeline read slice by slice is the timeline, and what is settled stays', () => {
  fc.assert(
    fc.property(recordings, recorded => {
      const session = sessionOf(recorded);
      const growing = new GrowingTimeline(session);
      const whole = timelineOf(session);
      while (!growing.advance(0.01)) {
        const part = growing.timeline();
        const settled = growing.settled(part);
        assert.deepEqual(plain(part).slice(0, settled), plain(whole).slice(0, settled));
      }
      const timeline = growing.timeline();
      assert.deepEqual(plain(timeline), plain(whole));
      assert.deepEqual({ ...timeline, steps: [] }, { ...whole, steps: [] });
    }),
    { numRuns: 50 },
  );
});
