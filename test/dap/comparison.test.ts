import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionReader } from '../../src/sessions/session.ts';
import { type Recorded, sessionOf } from '../tape/tape-session.ts';
import { assistant, chatCall, type Said, system, toolResult, user } from '../timeline/conversation.ts';
import { DapClient, type Stopped } from './dap-client.ts';
import { assertGolden, transcript } from './golden.ts';
import { AGENT, handsFor, siteOf } from './recordings.ts';

type Messages = Parameters<typeof chatCall>[0];

const OPENING = [system('You sell parcels.'), user('Where is my order?')];
const FOUND = assistant({ text: null, tools: { a: ['find_order', { id: 7 }] } });

/** Finds an order, tracks it, answers: `b` finds another parcel, and refunds it before it answers. */
function shop(id: string, parcel: string, refunds: boolean): SessionReader {
  const at = (time: number, line: number, messages: Messages, said: Said): Recorded => ({
    ...chatCall([...OPENING, ...messages], said, { at: time }),
    site: siteOf([AGENT, line, 'serve'], [AGENT, 90, 'main']),
  });
  const tracked = assistant({ text: null, tools: { b: ['track', { parcel }] } });
  const refunded = assistant({ text: null, tools: { c: ['refund', { parcel }] } });
  const known = [FOUND, toolResult('a', `parcel ${parcel}`), tracked, toolResult('b', 'on its way')];
  const calls = [
    at(0, 10, [], { tools: { a: ['find_order', { id: 7 }] } }),
    at(1000, 10, [FOUND, toolResult('a', `parcel ${parcel}`)], { tools: { b: ['track', { parcel }] } }),
    ...(refunds ? [at(1500, 20, known, { tools: { c: ['refund', { parcel }] } })] : []),
    at(2000, 10, [...known, ...(refunds ? [refunded, toolResult('c', 'done')] : [])], {
      text: refunds ? 'Refunded.' : 'It comes tomorrow.',
    }),
  ];
  const session = sessionOf(calls);
  return { ...session, start: { ...session.start, id } };
}

const A = shop('aaaaaaaa-0000-7000-8000-000000000000', 'PX-1', false);
const B = shop('bbbbbbbb-0000-7000-8000-000000000000', 'PX-2', true);

function comparing(a = A, b = B): DapClient {
  const hands = handsFor(a);
  return DapClient.of({ ...hands, openSession: reference => (reference === 'good' ? b : a) });
}

interface Frames {
  readonly stackFrames: readonly { readonly id: number; readonly presentationHint?: string }[];
}

async function lookAtBoth(client: DapClient): Promise<void> {
  for (const threadId of [1, 2]) {
    const { stackFrames } = await client.ask<Frames>('stackTrace', { threadId, startFrame: 0, levels: 20 });
    const frame = stackFrames.find(({ presentationHint }) => presentationHint !== 'label');
    if (!frame) continue;
    const { scopes } = await client.ask<{ scopes: { name: string; variablesReference: number }[] }>(
      'scopes',
      { frameId: frame.id },
    );
    for (const { name, variablesReference } of scopes)
      if (name === 'Compared') await client.ask('variables', { variablesReference });
    await client.response('evaluate', {
      expression: 'tool.result',
      frameId: frame.id,
      context: 'watch',
    });
  }
}

test('two sessions in lock-step', async () => {
  const client = comparing();
  await client.launch({ compare: 'good' });
  await client.ask('threads');
  await lookAtBoth(client);
  await client.ask('exceptionInfo', { threadId: 1 });
  await client.move('stepBack', { threadId: 2 });
  await client.move('next', { threadId: 2 });
  for (let i = 0; i < 3; i++) await client.move('next');
  await lookAtBoth(client);
  await client.move('stepOut');
  await client.ask('setExceptionBreakpoints', {
    filters: [],
    filterOptions: [{ filterId: 'divergence', condition: 'kind == "call"' }],
  });
  await client.move('reverseContinue', { threadId: 1 });
  await client.move('goto', { targetId: 0 });
  await client.move('continue');
  await client.ask('setExceptionBreakpoints', { filters: [] });
  const source = { path: AGENT, name: 'agent.ts' };
  await client.ask('setBreakpoints', { source, breakpoints: [{ line: 20 }] });
  await client.ask('gotoTargets', { source, line: 20 });
  await client.move('continue');
  for (const expression of ['where', 'list 0 2', 'diff', 'goto x', 'goto 99', 'help'])
    await client.response('evaluate', { expression, context: 'repl' });
  await client.move('evaluate', { expression: 'back', context: 'repl' });
  await client.response('setExpression', { expression: 'tool.result', value: 'x' });
  await client.ask('setBreakpoints', { source, breakpoints: [] });
  await client.move('continue');
  const terminated = client.event('terminated');
  await client.ask('continue', { threadId: 1 });
  await terminated;
  await client.ask('disconnect');
  assertGolden('comparison', transcript(client));
});

test('moves of both runs lead back, and see the same whichever way they came', async () => {
  const client = comparing();
  await client.launch({ compare: 'good', stopAt: 0 });
  const look = async (): Promise<string> => {
    const stacks = [];
    for (const threadId of [1, 2]) {
      const { stackFrames } = await client.ask<Frames>('stackTrace', { threadId });
      stacks.push(stackFrames.map(({ id: _, ...frame }) => frame));
    }
    return JSON.stringify(stacks);
  };
  const forwards: string[] = [await look()];
  let stop = await client.move('next');
  while (!stop.description!.includes('the end of')) {
    forwards.push(await look());
    stop = await client.move('next');
  }
  assert.ok(forwards.length > 6);
  for (let row = forwards.length - 2; row >= 0; row--) {
    const back = await client.move('stepBack');
    assert.match(back.description!, new RegExp(`^Row ${row} of `));
    assert.equal(await look(), forwards[row]);
  }
  const jumped = await client.move('goto', { targetId: 3 });
  assert.match(jumped.description!, /^Row 3 of /);
  assert.equal(await look(), forwards[3]);
});

test('a page of a stack with a label on top is what the whole stack has there', async () => {
  const client = comparing();
  await client.launch({ compare: 'good', stopOnEntry: false });
  const { length } = client.events('stopped');
  assert.equal(length, 1);
  let stop: Stopped = await client.move('goto', { targetId: 0 });
  const alone = async (): Promise<boolean> =>
    (await client.ask<Frames>('stackTrace', { threadId: 1 })).stackFrames[0]!.presentationHint === 'label';
  while (!(await alone())) stop = await client.move('next');
  assert.match(stop.description!, /only in b/);
  assert.equal(stop.threadId, 2);
  const { stackFrames } = await client.ask<Frames>('stackTrace', { threadId: 1 });
  const pages = [];
  for (let startFrame = 0; startFrame < stackFrames.length; startFrame++) {
    const page = await client.ask<Frames & { totalFrames: number }>('stackTrace', {
      threadId: 1,
      startFrame,
      levels: 1,
    });
    assert.equal(page.totalFrames, stackFrames.length);
    pages.push(...page.stackFrames);
  }
  assert.deepEqual(pages, stackFrames);
});

test('sessions that are alike stop at their end; bytes and documents are of the run they are asked of', async () => {
  const client = comparing(A, A);
  const stop = await client.launch({ compare: 'good' });
  assert.match(stop.description!, /alike to the end/);
  await client.ask('disconnect');

  const other = comparing();
  await other.launch({ compare: 'good', stopAt: 0 });
  const { sources } = await other.ask<{ sources: { sourceReference: number }[] }>('loadedSources');
  const read = async (sourceReference: number): Promise<string> =>
    (await other.ask<{ content: string }>('source', { sourceReference })).content;
  const size = sources.length - 7;
  assert.match(await read(sources[1]!.sourceReference), /PX-1/);
  assert.match(await read(sources[size + 1]!.sourceReference), /PX-2/);
  const body = async (memoryReference: string): Promise<string> => {
    const { data } = await other.ask<{ data: string }>('readMemory', { memoryReference, count: 4096 });
    return Buffer.from(data, 'base64').toString();
  };
  assert.match(await body('a.1:request'), /PX-1/);
  assert.match(await body('b.1:request'), /PX-2/);
});

test('compare is for finished recordings', async () => {
  const client = comparing();
  await client.ask('initialize', { adapterID: 'rewind' });
  const refused = await client.response('launch', { mode: 'replay', compare: 'good' });
  assert.match(refused.message!, /"compare" walks two finished recordings; mode replay runs an agent/);
  const empty = await client.response('launch', { compare: '' });
  assert.match(empty.message!, /"compare" of the launch configuration/);
});
