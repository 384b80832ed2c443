import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { CAPABILITIES, FORK_CAPABILITIES } from '../../src/dap/capabilities.ts';
import { RewindSession } from '../../src/dap/rewind-session.ts';
import { RewindError } from '../../src/errors.ts';
import { DapClient, EDITOR } from './dap-client.ts';
import { agentRecording, handsFor } from './recordings.ts';

/** Which requests each capability promises (DAP, "Types: Capabilities"). */
const PROMISES: Readonly<Record<string, readonly string[]>> = {
  supportsConfigurationDoneRequest: ['configurationDone'],
  supportsFunctionBreakpoints: ['setFunctionBreakpoints'],
  supportsConditionalBreakpoints: ['setBreakpoints'],
  supportsHitConditionalBreakpoints: ['setBreakpoints'],
  supportsLogPoints: ['setBreakpoints'],
  supportsDataBreakpoints: ['dataBreakpointInfo', 'setDataBreakpoints'],
  supportsBreakpointLocationsRequest: ['breakpointLocations'],
  exceptionBreakpointFilters: ['setExceptionBreakpoints'],
  supportsExceptionFilterOptions: ['setExceptionBreakpoints'],
  supportsExceptionInfoRequest: ['exceptionInfo'],
  supportsStepBack: ['stepBack', 'reverseContinue'],
  supportsStepInTargetsRequest: ['stepInTargets'],
  supportsGotoTargetsRequest: ['gotoTargets', 'goto'],
  supportsRestartRequest: ['restart'],
  supportsTerminateRequest: ['terminate'],
  supportsCancelRequest: ['cancel'],
  supportsDelayedStackTraceLoading: ['stackTrace'],
  supportsLoadedSourcesRequest: ['loadedSources'],
  supportsEvaluateForHovers: ['evaluate'],
  supportsClipboardContext: ['evaluate'],
  supportsCompletionsRequest: ['completions'],
  completionTriggerCharacters: ['completions'],
  supportsReadMemoryRequest: ['readMemory'],
  supportsSetVariable: ['setVariable'],
  supportsSetExpression: ['setExpression'],
  supportsRestartFrame: ['restartFrame'],
};

const ADVERTISED = Object.keys({ ...CAPABILITIES, ...FORK_CAPABILITIES });

/** Requests that every adapter answers. */
const ALWAYS = [
  'initialize',
  'launch',
  'attach',
  'disconnect',
  'threads',
  'stackTrace',
  'scopes',
  'variables',
  'source',
  'continue',
  'next',
  'stepIn',
  'stepOut',
  'pause',
  'setBreakpoints',
  'setExceptionBreakpoints',
  'evaluate',
  // Our own.
  'rewind/stepBackIn',
  'rewind/stepBackOut',
];

/** All requests that a client may send, from the protocol's own types. */
const PROTOCOL_REQUESTS = [
  ...readFileSync(
    createRequire(import.meta.url).resolve('@vscode/debugprotocol/lib/debugProtocol.d.ts'),
    'utf8',
  ).matchAll(/interface \w+Request extends Request \{\s*\/\/ command: '(\w+)'/g),
].map(([, command]) => command!);

test('what is advertised has handlers, and what has handlers is advertised', () => {
  assert.deepEqual(
    ADVERTISED.filter(name => !(name in PROMISES)),
    [],
    'a capability of which this test does not know what it promises',
  );
  const promised = new Set([...ALWAYS, ...ADVERTISED.flatMap(name => PROMISES[name]!)]);
  assert.deepEqual([...promised].sort(), [...RewindSession.handled].sort());
});

test('initialize says exactly the capabilities', async () => {
  const client = DapClient.of(handsFor(agentRecording()));
  assert.deepEqual(await client.ask<object>('initialize', EDITOR), CAPABILITIES);
});

test('every request of the protocol is answered once, launched or not, whatever its arguments', async () => {
  assert.ok(PROTOCOL_REQUESTS.length > 40, `read ${PROTOCOL_REQUESTS.length} requests`);
  const ending = new Set(['terminate', 'disconnect']);
  const faults: unknown[] = [];
  for (const launched of [false, true]) {
    const client = DapClient.of({ ...handsFor(agentRecording()), onFault: fault => faults.push(fault) });
    if (launched) await client.launch();
    const seqs: number[] = [];
    for (const command of [...PROTOCOL_REQUESTS.filter(name => !ending.has(name)), 'noSuchRequest']) {
      for (const args of [
        undefined,
        {},
        { threadId: 99, frameId: 99, variablesReference: 99, expression: '(', source: {} },
      ]) {
        seqs.push(client.post(command, args));
      }
    }
    await client.ask('terminate');
    await client.ask('disconnect');
    const answered = client.said.flatMap(message =>
      message.type === 'response' && 'request_seq' in message ? [message.request_seq] : [],
    );
    for (const seq of seqs) assert.equal(answered.filter(one => one === seq).length, 1, `request ${seq}`);
  }
  assert.deepEqual(faults, [], 'bad arguments are refused, not stumbled over');
});

test('a request that fails says why, and shows a dialog for a launch only', async () => {
  const client = DapClient.of({
    ...handsFor(agentRecording()),
    openSession: reference => {
      throw new RewindError('no-such-session', `No session is called {${reference}}`, 'See `rewind list`.');
    },
  });
  await client.ask('initialize', EDITOR);
  const refused = await client.response('launch', { session: 'nothing' });
  assert.equal(refused.success, false);
  assert.equal(refused.message, 'No session is called {nothing}. See `rewind list`.');
  assert.deepEqual(refused.body.error, {
    id: 2,
    format: '{_message}',
    variables: { _message: refused.message, _code: 'no-such-session' },
    showUser: true,
  });
  const early = await client.response('threads');
  assert.match(early.message!, /Send a launch request first/);
  assert.equal(early.body.error.showUser, false);
});

test('refuses other modes and bad launch arguments', async () => {
  const client = DapClient.of(handsFor(agentRecording()));
  await client.ask('initialize', EDITOR);
  for (const [args, wanted] of [
    [{ mode: 'attach' }, /no mode "attach".*"session", "replay" or "record"/],
    [{ mode: 'replay' }, /runs no agents/],
    [{ mode: 'record' }, /"command" of the launch configuration/],
    [{ mode: 'record', command: 'node agent.mjs' }, /"command".*a list of words/],
    [{ mode: 'record', program: '' }, /"program"/],
    [{ mode: 'record', program: 'node', args: [1] }, /"args"/],
    [{ mode: 'record', command: ['x'], upstream: 7 }, /"upstream"/],
    [{ mode: 'replay', cwd: 7 }, /"cwd"/],
    [{ mode: 'replay', env: { A: 1 } }, /"env"/],
    [{ session: 7 }, /"session" of the launch configuration/],
    [{ stopAt: -1 }, /"stopAt"/],
    [{ stopOnEntry: 'yes' }, /"stopOnEntry"/],
  ] as const) {
    const { success, message } = await client.response('launch', args);
    assert.equal(success, false);
    assert.match(message!, wanted);
  }
  assert.match((await client.response('attach', {})).message!, /cannot attach/);
});

test('a fault of ours is answered, told to the log, and no dialog', async () => {
  const faults: unknown[] = [];
  const recording = agentRecording();
  const client = DapClient.of({
    ...handsFor({
      ...recording,
      exchange: () => {
        throw new TypeError('a defect');
      },
    }),
    onFault: fault => faults.push(fault),
  });
  await client.launch();
  const { success, message, body } = await client.response('readMemory', {
    memoryReference: '0:request',
    count: 1,
  });
  assert.deepEqual([success, message, body.error.showUser], [false, 'Rewind failed: a defect', false]);
  assert.equal(faults.length, 1);
});

test('a recording without calls is refused in words', async () => {
  const recording = agentRecording();
  const client = DapClient.of(handsFor({ ...recording, length: 0, exchanges: () => [] }));
  await client.ask('initialize', EDITOR);
  assert.match((await client.response('launch', {})).message!, /has no LLM calls to walk through/);
});

test('a step that is not there: stops at the first, and says so', async () => {
  const client = DapClient.of(handsFor(agentRecording()));
  const stopped = await client.launch({ stopAt: 700 });
  assert.match(stopped.description!, /^Step 0 of 6/);
  assert.ok(client.events('output').some(({ body }) => /There is no step 700/.test(body.output)));
});

test('a mutant opens at its fault', async () => {
  const recording = agentRecording();
  const start = { ...recording.start, mode: 'mutant', parent: { session: '0'.repeat(32), step: 5 } } as const;
  const client = DapClient.of(
    handsFor({ ...recording, start, length: recording.length, exchanges: () => recording.exchanges() }),
  );
  assert.match((await client.launch()).description!, /^Step 5 of 6/);
  const shorter = { ...start, parent: { ...start.parent, step: 99 } };
  const early = DapClient.of(
    handsFor({ ...recording, start: shorter, exchanges: () => recording.exchanges() }),
  );
  assert.match((await early.launch()).description!, /^Step 6 of 6/);
});

test('a fault behind an answer does not end the adapter', async () => {
  const faults: unknown[] = [];
  const recording = agentRecording();
  const client = DapClient.of({
    ...handsFor({
      ...recording,
      get output(): never {
        throw new TypeError('a defect');
      },
    }),
    onFault: fault => faults.push(fault),
  });
  await client.ask('initialize', EDITOR);
  await client.ask('launch', {});
  await client.ask('configurationDone');
  assert.equal((await client.ask<{ threads: readonly object[] }>('threads')).threads.length, 1);
  assert.equal(faults.length, 1);
  assert.deepEqual(
    client.events('output').flatMap(({ body }) => (body.category === 'important' ? [body.output] : [])),
    ['Rewind failed: a defect\n'],
  );
});
