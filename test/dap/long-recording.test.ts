import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { LogReader, readSession } from '../../src/sessions/reader.ts';
import type { SessionReader } from '../../src/sessions/session.ts';
import { record, startSession, temporaryHome } from '../sessions/temporary-home.ts';
import { sessionOf } from '../tape/tape-session.ts';
import { agentSession, chatCall, system, user } from '../timeline/conversation.ts';
import { DapClient, type Stopped } from './dap-client.ts';
import { AGENT, handsFor, siteOf } from './recordings.ts';

/** A recording of many calls whose reading takes long: each exchange costs so many milliseconds. */
function slowRecording(calls: number, milliseconds: number): SessionReader {
  const recorded = agentSession(
    Array.from({ length: calls }, (_, i) => ({ said: { text: `answer ${i}`, inputTokens: i } })),
  ).map((one, i) => ({ ...one, site: siteOf([AGENT, i < calls / 2 ? 10 : 20, 'ask']) }));
  const session = sessionOf(recorded);
  return {
    ...session,
    *exchanges() {
      for (const exchange of session.exchanges()) {
        const until = performance.now() + milliseconds;
        while (performance.now() < until);
        yield exchange;
      }
    },
  };
}

test('the first stop does not wait for a long recording; breakpoints are verified when it is read', async () => {
  const client = DapClient.of(handsFor(slowRecording(100, 5)));
  await client.ask('initialize', { adapterID: 'rewind', supportsInvalidatedEvent: true });
  await client.ask('launch', {});
  const { breakpoints } = await client.ask<{ breakpoints: readonly DebugProtocol.Breakpoint[] }>(
    'setBreakpoints',
    {
      source: { path: AGENT },
      breakpoints: [{ line: 15 }],
    },
  );
  assert.partialDeepStrictEqual(breakpoints, [
    { id: 1, verified: false, line: 15, message: 'The recording is still being read' },
  ]);
  const first = client.event<Stopped>('stopped');
  await client.ask('configurationDone');
  assert.equal((await first).description, 'Step 0 · gpt-4o-2024-08-06 → stop');
  // Looking around does not wait either.
  await client.ask('stackTrace', { threadId: 1 });
  const names = (): readonly string[] =>
    client.said.flatMap(message => (message.type === 'event' && 'event' in message ? [message.event] : []));
  assert.ok(!names().includes('invalidated'), 'the recording was read before anything was asked');
  const verified = client.event<{ breakpoint: DebugProtocol.Breakpoint }>('breakpoint');
  const invalidated = client.event('invalidated');
  const stopped = await client.move('continue');
  assert.deepEqual(stopped.hitBreakpointIds, [1]);
  assert.match(stopped.description!, /^Step 50 of 99/);
  assert.partialDeepStrictEqual((await verified).breakpoint, { id: 1, verified: true, line: 20 });
  await invalidated;
  await client.ask('disconnect');
});

test('the first steps are walked while the rest is read, and stay where they were', async () => {
  const client = DapClient.of(handsFor(slowRecording(400, 1)));
  await client.launch();
  const seen: string[] = [];
  for (const move of ['next', 'next', 'stepBack', 'next', 'next']) {
    seen.push((await client.move(move)).description!);
  }
  // Only a recording that is read knows its last step.
  assert.equal(seen[0], 'Step 1 · gpt-4o-2024-08-06 → stop');
  assert.deepEqual(
    seen.map(text => /^Step (\d+)/.exec(text)?.[1]),
    ['1', '2', '1', '2', '3'],
  );
  await client.ask('loadedSources');
  const { description } = await client.move('pause', { threadId: 1 });
  assert.equal(description, 'Step 3 of 399 · gpt-4o-2024-08-06 → stop');
  const lines = client.events('output').map(({ body }) => /^step (\d+)/.exec(body.output)?.[1]);
  assert.deepEqual(lines, ['0', '1', '2', '3']);
  await client.ask('disconnect');
});

test('reading shows its progress, and a pause or a cancel ends the wait', async () => {
  const client = DapClient.of(handsFor(slowRecording(400, 5)));
  await client.launch();
  const progress = client.event<DebugProtocol.ProgressStartEvent['body']>('progressStart');
  const stop = client.event<Stopped>('stopped');
  await client.ask('continue', { threadId: 1 });
  const { progressId, cancellable } = await progress;
  assert.equal(cancellable, true);
  await client.ask('pause', { threadId: 1 });
  assert.equal((await stop).reason, 'pause');
  assert.match((await stop).description!, /^Step 0 /);
  assert.ok(client.events('progressEnd').some(({ body }) => body.progressId === progressId));

  const waiting = client.post('loadedSources');
  await client.ask('cancel', { requestId: waiting });
  assert.partialDeepStrictEqual(await client.answer(waiting), { success: false, message: 'cancelled' });
  await client.ask('disconnect');
});

test('hanging up ends the reading', async () => {
  const recording = slowRecording(400, 5);
  let read = 0;
  const client = DapClient.of(
    handsFor({
      ...recording,
      *exchanges() {
        for (const exchange of recording.exchanges()) {
          read++;
          yield exchange;
        }
      },
    }),
  );
  await client.launch();
  await client.ask('disconnect');
  const then = read;
  await new Promise(resolve => {
    setTimeout(resolve, 150);
  });
  assert.equal(read, then);
  assert.ok(read < 400);
});

test('a search for a breakpoint shows its progress, and stops where it is when it is cancelled', async () => {
  // A condition that looks at everything, bodies as sent included.
  const calls = Array.from({ length: 2000 }, (_, i) =>
    chatCall([system(`agent ${i}`), user('lorem ipsum '.repeat(1500))], { text: 'ok' }, { at: i * 100 }),
  );
  const client = DapClient.of(handsFor(sessionOf(calls)));
  await client.launch();
  await client.ask('loadedSources');
  await client.ask('setFunctionBreakpoints', {
    breakpoints: [{ name: '*', condition: '$ matches /(lorem ipsum ){1500}and more/' }],
  });
  const progress = client.event<DebugProtocol.ProgressStartEvent['body']>('progressStart');
  const stop = client.event<Stopped>('stopped');
  await client.ask('continue', { threadId: 1 });
  await client.ask('cancel', { progressId: (await progress).progressId });
  const { reason, description } = await stop;
  const position = Number(/^Step (\d+) of 1999/.exec(description!)![1]);
  assert.equal(reason, 'pause');
  assert.ok(position > 0 && position < 1999, description);
  await client.ask('disconnect');
});

test('long lists come in pages, long texts by lines, nothing is cut for good', async () => {
  const lines = Array.from({ length: 1200 }, (_, i) => `line ${i} of the system prompt`);
  const messages = Array.from({ length: 350 }, (_, i) => user(`message ${i}`));
  const client = DapClient.of(
    handsFor(sessionOf([chatCall([system(lines.join('\n')), ...messages], { text: 'ok' })])),
  );
  await client.launch();
  const { stackFrames } = await client.ask<{ stackFrames: readonly { id: number }[] }>('stackTrace', {
    threadId: 1,
  });
  const { scopes } = await client.ask<{ scopes: readonly { variablesReference: number }[] }>('scopes', {
    frameId: stackFrames[0]!.id,
  });
  const children = async (reference: number, page: object = {}): Promise<readonly DebugProtocol.Variable[]> =>
    (
      await client.ask<{ variables: readonly DebugProtocol.Variable[] }>('variables', {
        variablesReference: reference,
        ...page,
      })
    ).variables;
  const request = await children(scopes[0]!.variablesReference);
  const list = request.find(({ name }) => name === 'messages')!;
  assert.equal(list.indexedVariables, 351);
  const page = await children(list.variablesReference, { filter: 'indexed', start: 300, count: 100 });
  assert.deepEqual([page.length, page[0]!.name, page[0]!.evaluateName], [51, '300', 'request.messages[300]']);
  assert.deepEqual(await children(list.variablesReference, { filter: 'named' }), []);

  const prompt = request.find(({ name }) => name === 'system')!;
  assert.match(prompt.value, /1,200 lines: expand/);
  assert.equal(prompt.indexedVariables, 1200);
  assert.equal(
    (await children(prompt.variablesReference, { start: 1199, count: 1 }))[0]!.value,
    `"${lines[1199]}"`,
  );
  const copied = await client.ask<{ result: string }>('evaluate', {
    expression: prompt.evaluateName,
    context: 'clipboard',
  });
  assert.equal(copied.result, lines.join('\n'));
});

test('Transport reads no request body before one is asked for', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  const recorded = agentSession([{ said: { text: 'first' } }, { said: { text: 'second' } }]);
  for (const exchange of sessionOf(recorded).exchanges()) record(writer, exchange);
  await writer.seal();
  const session = readSession(home, writer.id) as LogReader;
  let read = 0;
  const counting: Pick<Required<SessionReader>, 'request' | 'exchange'> = {
    request: seq => {
      read++;
      return LogReader.prototype.request.call(session, seq);
    },
    exchange: seq => {
      read++;
      return LogReader.prototype.exchange.call(session, seq);
    },
  };
  const client = DapClient.of(handsFor(Object.assign(session, counting)));
  await client.launch();
  await client.move('next');
  const { stackFrames } = await client.ask<{ stackFrames: readonly { id: number }[] }>('stackTrace', {
    threadId: 1,
  });
  const { scopes } = await client.ask<{
    scopes: readonly { name: string; expensive: boolean; variablesReference: number }[];
  }>('scopes', { frameId: stackFrames[0]!.id });
  const scope = scopes.find(({ name }) => name === 'Transport')!;
  assert.equal(scope.expensive, true);
  const children = async (variablesReference: number): Promise<readonly DebugProtocol.Variable[]> =>
    (
      await client.ask<{ variables: readonly DebugProtocol.Variable[] }>('variables', {
        variablesReference,
      })
    ).variables;

  const before = read;
  const variables = new Map((await children(scope.variablesReference)).map(one => [one.name, one]));
  assert.equal(read, before);
  const { request } = LogReader.prototype.exchange.call(session, 1);
  assert.equal(variables.get('requestBytes')!.value, `${request.body.length} bytes`);
  const body = variables.get('requestBody')!;
  assert.equal(body.value, `application/json, ${request.body.length} bytes`);
  assert.equal(body.presentationHint?.lazy, true);
  const inside = await children(body.variablesReference);
  assert.deepEqual(
    inside.map(({ name }) => name),
    ['requestBody'],
  );
  assert.ok(read > before);
  const names = (await children(inside[0]!.variablesReference)).map(({ name }) => name);
  assert.deepEqual(names, Object.keys(JSON.parse(Buffer.from(request.body).toString())));
  await client.ask('disconnect');
});

test('values of an earlier stop are refused in words', async () => {
  const client = DapClient.of(handsFor(slowRecording(3, 0)));
  await client.launch();
  const { stackFrames } = await client.ask<{ stackFrames: readonly { id: number }[] }>('stackTrace', {
    threadId: 1,
  });
  const frameId = stackFrames[0]!.id;
  const { scopes } = await client.ask<{ scopes: readonly { variablesReference: number }[] }>('scopes', {
    frameId,
  });
  await client.move('next');
  const { variablesReference } = scopes[0]!;
  assert.match((await client.response('variables', { variablesReference })).message!, /earlier stop/);
  assert.match((await client.response('scopes', { frameId })).message!, /earlier stop/);
});
