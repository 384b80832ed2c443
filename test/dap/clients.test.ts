import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DapClient, type Stopped } from './dap-client.ts';
import { AGENT, agentRecording, handsFor } from './recordings.ts';

/** What each client says of itself in `initialize`. */
const CLIENTS = {
  'VS Code': {
    clientID: 'vscode',
    clientName: 'Visual Studio Code',
    adapterID: 'rewind',
    pathFormat: 'path',
    linesStartAt1: true,
    columnsStartAt1: true,
    supportsVariableType: true,
    supportsVariablePaging: true,
    supportsRunInTerminalRequest: true,
    locale: 'en',
    supportsProgressReporting: true,
    supportsInvalidatedEvent: true,
    supportsMemoryReferences: true,
    supportsArgsCanBeInterpretedByShell: true,
    supportsMemoryEvent: true,
    supportsStartDebuggingRequest: true,
    supportsANSIStyling: true,
  },
  'nvim-dap': {
    clientID: 'neovim',
    clientName: 'neovim',
    adapterID: 'nvim-dap',
    pathFormat: 'path',
    columnsStartAt1: true,
    linesStartAt1: true,
    supportsRunInTerminalRequest: true,
    supportsVariableType: true,
    supportsProgressReporting: true,
    supportsStartDebuggingRequest: true,
    locale: 'en_US.UTF-8',
  },
  dape: {
    clientID: 'dape',
    adapterID: 'rewind',
    pathFormat: 'path',
    linesStartAt1: true,
    columnsStartAt1: true,
    supportsRunInTerminalRequest: true,
    supportsArgsCanBeInterpretedByShell: true,
    supportsProgressReporting: true,
    supportsStartDebuggingRequest: true,
  },
  'the least a client can say': { adapterID: 'rewind' },
};

interface Frame {
  readonly id: number;
  readonly line: number;
  readonly source: { readonly sourceReference?: number };
}

for (const [name, features] of Object.entries(CLIENTS)) {
  test(`${name} walks a recording`, async () => {
    const client = DapClient.of(handsFor(agentRecording()));
    await client.ask('initialize', features);
    // nvim-dap and dape wait for the answer to launch before they configure; VS Code does not.
    await client.ask('launch', { type: 'rewind', request: 'launch', mode: 'session', session: 'latest' });
    const [initialized] = client.events('initialized');
    assert.ok(initialized ?? (await client.event('initialized', 0)));
    await client.ask('setBreakpoints', {
      source: { path: AGENT, name: 'agent.ts' },
      breakpoints: [{ line: 20 }],
      lines: [20],
    });
    await client.ask('setExceptionBreakpoints', { filters: [] });
    const first = client.event<Stopped>('stopped');
    await client.ask('configurationDone');
    assert.equal((await first).reason, 'entry');
    const stopped = await client.move('continue', { threadId: 1, granularity: 'statement' });
    assert.equal(stopped.reason, 'breakpoint');
    const { threads } = await client.ask<{ threads: readonly object[] }>('threads');
    assert.equal(threads.length, 2);
    const { stackFrames } = await client.ask<{ stackFrames: readonly Frame[] }>('stackTrace', {
      threadId: 1,
    });
    const [{ id, line } = { id: 0, line: 0 }] = stackFrames;
    assert.equal(line, 20);
    const { scopes } = await client.ask<{ scopes: readonly { variablesReference: number }[] }>('scopes', {
      frameId: id,
    });
    for (const { variablesReference } of scopes) {
      const { variables } = await client.ask<{ variables: readonly object[] }>('variables', {
        variablesReference,
      });
      assert.ok(variables.length > 0);
      const typed = variables.every(variable => 'type' in variable);
      assert.equal(typed, 'supportsVariableType' in features);
    }
    await client.move('stepBack', { threadId: 1 });
    // What dape has no key for.
    const here = await client.move('evaluate', { expression: 'goto 6', frameId: id, context: 'repl' });
    assert.match(here.description!, /^Step 6/);
    await client.move('evaluate', { expression: 'back', context: 'repl' });
    assert.equal(client.events('progressStart').length, 0);
    await client.ask('disconnect', { restart: false, terminateDebuggee: true });
  });
}

test('a client that counts from 0', async () => {
  const client = DapClient.of(handsFor(agentRecording()));
  await client.launch({ stopAt: 4 }, { linesStartAt1: false, columnsStartAt1: false });
  const { stackFrames } = await client.ask<{ stackFrames: readonly object[] }>('stackTrace', { threadId: 1 });
  assert.partialDeepStrictEqual(stackFrames[0], { line: 19, column: 2 });
  const { breakpoints } = await client.ask<{ breakpoints: readonly object[] }>('setBreakpoints', {
    source: { path: AGENT },
    breakpoints: [{ line: 9 }, { line: 14 }],
  });
  assert.partialDeepStrictEqual(breakpoints, [
    { line: 9, verified: true },
    { line: 19, verified: true },
  ]);
  const { targets } = await client.ask<{ targets: readonly { label: string }[] }>('completions', {
    text: 'usage.to',
    column: 8,
  });
  assert.deepEqual(
    targets.map(({ label }) => label),
    ['total'],
  );
});

test('a client that speaks URIs is refused in words', async () => {
  const client = DapClient.of(handsFor(agentRecording()));
  const { success, message } = await client.response('initialize', {
    adapterID: 'rewind',
    pathFormat: 'uri',
  });
  assert.equal(success, false);
  assert.match(message!, /pathFormat "path"/);
});

/** As dape 0.27.1 sends them for the configuration in docs/debugger.md: no `arguments` where it has none. */
test('dape: its own requests in its own order, from launch to the end', async () => {
  const client = DapClient.of(handsFor(agentRecording()));
  const { exceptionBreakpointFilters } = await client.ask<{
    exceptionBreakpointFilters: readonly { filter: string; default: boolean }[];
  }>('initialize', CLIENTS.dape);
  const launched = client.post('launch', {
    type: 'rewind',
    request: 'launch',
    mode: 'session',
    session: 'latest',
  });
  await client.event('initialized', 0);
  await client.ask('setExceptionBreakpoints', {
    filters: exceptionBreakpointFilters.flatMap(one => (one.default ? [one.filter] : [])),
  });
  await client.ask('setBreakpoints', {
    breakpoints: [{ line: 20, condition: 'usage.total > 40' }],
    lines: [20],
    source: { path: AGENT },
  });
  await client.ask('configurationDone');
  assert.ok((await client.answer(launched)).success);
  const { threadId, allThreadsStopped } = await client.event<Stopped>('stopped', 0);
  assert.deepEqual([threadId, allThreadsStopped], [1, true]);
  const look = async (frames: number): Promise<readonly Frame[]> => {
    await client.ask('threads');
    const { stackFrames } = await client.ask<{ stackFrames: readonly Frame[] }>('stackTrace', {
      threadId: 1,
      startFrame: 0,
      levels: frames,
    });
    return stackFrames;
  };
  assert.equal((await look(1)).length, 1);
  assert.equal((await client.move('continue', { threadId: 1 })).reason, 'breakpoint');
  const [{ id: frameId } = { id: 0 }] = await look(1);
  const { scopes } = await client.ask<{ scopes: readonly { variablesReference: number }[] }>('scopes', {
    frameId,
  });
  for (const { variablesReference } of scopes) await client.ask('variables', { variablesReference });
  const watched = await client.ask<{ result: string }>('evaluate', {
    frameId,
    expression: 'usage.total',
    context: 'watch',
  });
  assert.equal(watched.result, '45');
  // It has no keys for going back: its REPL does.
  assert.match(
    (await client.move('evaluate', { frameId, expression: 'back', context: 'repl' })).description!,
    /^Step 0/,
  );
  const terminated = client.event('terminated');
  await client.ask('terminate');
  await terminated;
  await client.ask('disconnect', { restart: false });
});
