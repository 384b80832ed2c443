import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SessionReader } from '../../src/sessions/session.ts';
import { type Recorded, sessionOf } from '../tape/tape-session.ts';
import { agentSession, system, user } from '../timeline/conversation.ts';
import { DapClient, type Stopped } from './dap-client.ts';
import { AGENT, agentRecording, handsFor, siteOf } from './recordings.ts';

/** Everything that an editor can see at a stop, all scopes unfolded two levels deep. */
async function view(client: DapClient, { threadId }: Stopped): Promise<object> {
  const { threads } = await client.ask<{ threads: readonly { id: number }[] }>('threads');
  const stacks: object[] = [];
  for (const { id } of threads) stacks.push(await client.ask<object>('stackTrace', { threadId: id }));
  const { stackFrames } = await client.ask<{ stackFrames: readonly { id: number }[] }>('stackTrace', {
    threadId,
  });
  const scopes: object[] = [];
  for (const { id } of stackFrames.slice(0, 3)) {
    const found = await client.ask<{ scopes: readonly { variablesReference: number }[] }>('scopes', {
      frameId: id,
    });
    const unfolded: object[] = [];
    for (const { variablesReference } of found.scopes)
      unfolded.push(await unfold(client, variablesReference, 2));
    scopes.push(found, unfolded);
  }
  return { threadId, threads, stacks, scopes };
}

async function unfold(client: DapClient, variablesReference: number, depth: number): Promise<object> {
  const { variables } = await client.ask<{ variables: readonly { variablesReference: number }[] }>(
    'variables',
    {
      variablesReference,
    },
  );
  const below: object[] = [];
  for (const { variablesReference: reference } of depth > 1 ? variables : []) {
    if (reference) below.push(await unfold(client, reference, depth - 1));
  }
  return { variables, below };
}

const positionOf = ({ description }: Stopped): number => Number(/^Step (\d+)/.exec(description!)![1]);

/** Agents with tools, sub-agents and calls side by side, by a few numbers. */
const recordings: fc.Arbitrary<SessionReader> = fc
  .array(
    fc.record({
      start: fc.integer({ min: 0, max: 4000 }),
      tools: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map(agents => {
    const calls: Recorded[] = agents.flatMap(({ start, tools }, agent) =>
      agentSession(
        tools.map((count, turn) => {
          const ids = Array.from({ length: count }, (_, i) => `c${agent}-${turn}-${i}`);
          return {
            said: {
              ...(count
                ? { tools: Object.fromEntries(ids.map(id => [id, ['search', { q: id }] as const])) }
                : { text: 'done' }),
            },
            results: Object.fromEntries(ids.map(id => [id, `result of ${id}`])),
          };
        }),
        [system(`Agent ${agent}`), user('Begin.')],
        start,
      ).map((one, turn) => ({
        ...one,
        site: siteOf([AGENT, 10 + turn, 'turn'], [AGENT, 5, `agent${agent}`]),
      })),
    );
    return sessionOf(calls.toSorted((a, b) => a.at! - b.at!));
  });

const moves = fc.array(
  fc.oneof(
    fc.constantFrom('next', 'stepIn', 'stepOut', 'stepBack', 'next', 'stepIn', 'stepBack', 'reverseContinue'),
    fc.integer({ min: 0, max: 30 }),
  ),
  { minLength: 1, maxLength: 12 },
);

async function walkEqualsJump(recording: SessionReader, walk: readonly (string | number)[]): Promise<void> {
  const walker = DapClient.of(handsFor(recording));
  const jumper = DapClient.of(handsFor(recording));
  let stopped = await walker.launch();
  await jumper.launch();
  const { sources } = await walker.ask<{ sources: readonly object[] }>('loadedSources');
  for (const move of walk) {
    stopped =
      typeof move === 'number'
        ? await walker.move('goto', { targetId: move % sources.length })
        : await walker.move(move, { threadId: stopped.threadId! });
    const jumped = await jumper.move('goto', { targetId: positionOf(stopped) });
    assert.deepEqual(await view(walker, stopped), await view(jumper, jumped));
  }
  await Promise.all([walker.ask('disconnect'), jumper.ask('disconnect')]);
}

test('any walk of steps and backs sees what a jump to the same place sees', async () => {
  await fc.assert(fc.asyncProperty(recordings, moves, walkEqualsJump), { numRuns: 25 });
  await fc.assert(
    fc.asyncProperty(moves, walk => walkEqualsJump(agentRecording(), walk)),
    { numRuns: 15 },
  );
});

test('a step over and a step back lead back, within a lane', async () => {
  await fc.assert(
    fc.asyncProperty(recordings, fc.integer({ min: 0, max: 30 }), async (recording, at) => {
      const client = DapClient.of(handsFor(recording));
      await client.launch();
      const { sources } = await client.ask<{ sources: readonly object[] }>('loadedSources');
      const from = await client.move('goto', { targetId: at % sources.length });
      const over = await client.move('next', { threadId: from.threadId! });
      if (over.threadId !== from.threadId || /the end of the recording/.test(over.description!)) return;
      const kind = async (): Promise<unknown> =>
        (await client.ask<{ result: unknown }>('evaluate', { expression: 'kind', context: 'watch' })).result;
      const there = await kind();
      const back = await client.move('stepBack', { threadId: over.threadId! });
      // From the last tool of a call, over leads out to the next call; back from there leads to the call before it.
      if (there === (await kind())) assert.ok(positionOf(back) <= positionOf(from));
      if (there === '"call"' && (await kind()) === '"call"' && positionOf(back) < positionOf(from)) {
        await client.move('goto', { targetId: positionOf(from) });
        assert.equal(await kind(), '"tool"');
      }
    }),
    { numRuns: 40 },
  );
});

test('stepping over from the start visits every root call and ends at the end', async () => {
  await fc.assert(
    fc.asyncProperty(recordings, async recording => {
      const client = DapClient.of(handsFor(recording));
      let stopped = await client.launch();
      const { sources } = await client.ask<{ sources: readonly object[] }>('loadedSources');
      let last = -1;
      for (let i = 0; i <= sources.length; i++) {
        if (/the end of the recording/.test(stopped.description!)) break;
        assert.ok(positionOf(stopped) > last, 'time runs forwards');
        last = positionOf(stopped);
        stopped = await client.move('next', { threadId: stopped.threadId! });
      }
      assert.match(stopped.description!, /the end of the recording/);
      assert.equal(positionOf(stopped), sources.length - 1);
    }),
    { numRuns: 40 },
  );
});
