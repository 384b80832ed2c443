import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DapClient } from './dap-client.ts';
import { assertGolden, transcript } from './golden.ts';
import { AGENT, agentRecording, handsFor, hostileRecording } from './recordings.ts';

interface Frames {
  readonly stackFrames: readonly { readonly id: number }[];
}
interface Scopes {
  readonly scopes: readonly { readonly name: string; readonly variablesReference: number }[];
}
interface Variables {
  readonly variables: readonly { readonly name: string; readonly variablesReference: number }[];
}

/** Asks what an editor asks at a stop, with these scopes unfolded. */
async function look(client: DapClient, threadId: number, ...unfold: readonly string[]): Promise<void> {
  const { stackFrames } = await client.ask<Frames>('stackTrace', { threadId });
  const { scopes } = await client.ask<Scopes>('scopes', { frameId: stackFrames[0]!.id });
  for (const { name, variablesReference } of scopes) {
    if (unfold.includes(name)) await client.ask('variables', { variablesReference });
  }
}

const agent = (): DapClient => DapClient.of(handsFor(agentRecording()));

test('walks a recording: over, into, out, back, to the end', async () => {
  const client = agent();
  await client.launch();
  await client.ask('threads');
  await look(client, 1, 'Request', 'Response', 'Changed since previous call', 'Usage and cost', 'Session');
  await client.move('stepIn');
  await look(client, 1, 'Tool');
  await client.move('next');
  await client.move('stepBack');
  await client.move('stepIn');
  await client.ask('threads');
  await look(client, 2, 'Changed since previous call');
  await client.ask('stackTrace', { threadId: 1 });
  await client.move('stepOut', { threadId: 2 });
  await look(client, 1, 'Transport', 'Changed since previous call');
  await client.move('stepBack');
  await client.move('stepBack');
  await client.move('next');
  await client.move('next');
  await look(client, 1, 'Request', 'Changed since previous call');
  await client.move('next');
  await client.move('reverseContinue', { threadId: 1 });
  await client.move('restart', {});
  await client.move('pause', { threadId: 1 });
  await client.move('continue');
  const terminated = client.event('terminated');
  await client.ask('continue', { threadId: 1 });
  await terminated;
  await client.ask('disconnect');
  assertGolden('walk', transcript(client, 'initialize'));
});

test('stops at breakpoints, forwards and backwards', async () => {
  const client = agent();
  await client.launch();
  const source = { path: AGENT };
  await client.ask('breakpointLocations', { source, line: 1, endLine: 50 });
  await client.ask('setBreakpoints', {
    source,
    breakpoints: [
      { line: 15, condition: 'usage.total > 40' },
      { line: 40, logMessage: 'the sub-agent said {response.text} with {usage.total} tokens {{so}}' },
      { line: 10, condition: 'usage.totl >' },
    ],
  });
  await client.ask('setBreakpoints', { source: { path: '/elsewhere.ts' }, breakpoints: [{ line: 1 }] });
  await client.move('continue');
  await client.move('reverseContinue', { threadId: 1 });
  await client.ask('setBreakpoints', { source, breakpoints: [] });

  await client.ask('setFunctionBreakpoints', {
    breakpoints: [
      { name: 'tool:search', condition: 'tool.result contains "large"' },
      { name: 'model:gpt-4o-mini*' },
      { name: '*', hitCondition: '6' },
      { name: 'tool:serach' },
      { name: ' ' },
    ],
  });
  await client.move('continue');
  await client.move('continue', { threadId: 2 });
  await client.move('continue');
  await client.move('reverseContinue', { threadId: 1 });
  await client.ask('setFunctionBreakpoints', { breakpoints: [] });

  await client.move('restart', {});
  await client.ask('setExceptionBreakpoints', {
    filters: ['rate-limit', 'invalid-arguments'],
    filterOptions: [
      { filterId: 'truncated', condition: 'model contains "gpt"' },
      { filterId: 'http-error', condition: '$' },
    ],
  });
  await client.move('continue');
  await client.ask('exceptionInfo', { threadId: 1 });
  await client.move('continue');
  await client.ask('exceptionInfo', { threadId: 1 });
  await client.ask('setExceptionBreakpoints', { filters: [] });
  assertGolden('breakpoints', transcript(client));
});

test('tells who changed a value, in reverse', async () => {
  const client = agent();
  await client.launch({ stopAt: 6 });
  const { stackFrames } = await client.ask<Frames>('stackTrace', { threadId: 1 });
  const { scopes } = await client.ask<Scopes>('scopes', { frameId: stackFrames[0]!.id });
  const { variablesReference } = scopes[0]!;
  await client.ask<Variables>('variables', { variablesReference });
  await client.ask('dataBreakpointInfo', { variablesReference, name: 'system' });
  await client.ask('dataBreakpointInfo', { name: 'request.parameters.temperature' });
  await client.ask('dataBreakpointInfo', { variablesReference: scopes[5]!.variablesReference, name: 'cwd' });
  await client.ask('setDataBreakpoints', {
    breakpoints: [
      { dataId: 'change:request.system', accessType: 'write' },
      {
        dataId: 'change:request.parameters.temperature',
        condition: 'changed(request.parameters.temperature)',
      },
      { dataId: 'result:search' },
    ],
  });
  await client.move('goto', { targetId: 0 });
  await client.move('continue');
  await client.ask('stackTrace', { threadId: 1, levels: 1 });
  await client.move('continue');
  await client.move('continue');
  await client.move('reverseContinue', { threadId: 1 });
  assertGolden('data-breakpoints', transcript(client));
});

test('a value that changed at the step where Reverse begins is told', async () => {
  const client = agent();
  await client.launch({ stopAt: 6 });
  await client.ask('setDataBreakpoints', { breakpoints: [{ dataId: 'change:request.system' }] });
  const told = (): readonly string[] =>
    client.events('output').flatMap(({ body }) => (/watched value/.test(body.output) ? [body.output] : []));
  const start = await client.move('reverseContinue', { threadId: 1 });
  assert.match(start.description!, /^Step 0 of 6 · the start/);
  assert.deepEqual(told(), ['The watched value changed at step 6, where you were: goto 6\n']);
  await client.move('reverseContinue', { threadId: 1 });
  assert.equal(told().length, 1);
});

test('the console: expressions, commands, completions', async () => {
  const client = agent();
  await client.launch({ stopAt: 4 });
  const { stackFrames } = await client.ask<Frames>('stackTrace', { threadId: 1 });
  const frameId = stackFrames[0]!.id;
  for (const expression of [
    'response.toolCalls[0].name',
    'request.messages[-1].content',
    'request.messages[*].role',
    '$..name',
    'usage.total',
    'usage.total - $prev.usage.total',
    '$prev.request.messages.length',
    '$step(1).tool.result',
    '$next.finishReason',
    'changed(request.system)',
    'request contains "Oslo" and not (model matches /mini/i)',
    'request.messages[9].content',
    'respnse.text',
    'usage.total >',
    '"open',
    '$step(99)',
    'tool.name',
    'model.',
  ]) {
    await client.response('evaluate', { expression, frameId, context: 'repl' });
  }
  await client.response('evaluate', { expression: 'usage', frameId, context: 'watch' });
  await client.response('evaluate', { expression: 'messages', frameId, context: 'hover' });
  await client.response('evaluate', { expression: 'response.toolCalls', frameId, context: 'clipboard' });
  for (const expression of [
    'help',
    'where',
    'list 0 2',
    'lanes',
    'diff',
    'diff 6',
    'find "Norway"',
    'find "nowhere"',
    'find',
    'goto 99',
    'goto x',
  ]) {
    await client.response('evaluate', { expression, context: 'repl' });
  }
  await client.move('evaluate', { expression: 'goto 6', context: 'repl' });
  await client.move('evaluate', { expression: 'back 1', context: 'repl' });
  await client.move('evaluate', { expression: 'into', context: 'repl' });
  await client.response('evaluate', { expression: 'usage.total', context: 'repl' });
  await client.response('evaluate', { expression: '$call.usage.total', context: 'repl' });
  await client.move('evaluate', { expression: 'out', context: 'repl' });
  await client.move('evaluate', { expression: 'reverse', context: 'repl' });
  for (const text of ['go', 're', 'response.t', 'request.messages[0].', 'usage.total > $p']) {
    await client.ask('completions', { text, column: text.length + 1 });
  }
  assertGolden('console', transcript(client));
});

test('targets, documents and bytes', async () => {
  const client = agent();
  await client.launch({ stopOnEntry: false });
  await client.ask('gotoTargets', { source: { path: AGENT }, line: 20 });
  await client.move('goto', { targetId: 0 });
  const { stackFrames } = await client.ask<Frames>('stackTrace', { threadId: 1, startFrame: 0, levels: 1 });
  await client.ask('stepInTargets', { frameId: stackFrames[0]!.id });
  await client.move('stepIn', { threadId: 1, targetId: 2 });
  const { sources } = await client.ask<{ sources: readonly { sourceReference: number }[] }>('loadedSources');
  for (const { sourceReference } of sources.slice(4, 6)) await client.ask('source', { sourceReference });
  await client.ask('setBreakpoints', { source: { sourceReference: 4 }, breakpoints: [{ line: 3 }] });
  await client.move('continue');
  await client.ask('readMemory', { memoryReference: '0:request', offset: 0, count: 12 });
  await client.ask('readMemory', { memoryReference: '0:answer', offset: 430, count: 4096 });
  await client.ask('readMemory', { memoryReference: '0:answer', offset: 4300, count: 8 });
  await client.response('readMemory', { memoryReference: 'nothing', count: 1 });
  assertGolden('documents', transcript(client));
});

test('shows hostile text as text', async () => {
  const client = DapClient.of(handsFor(hostileRecording(), []));
  await client.launch();
  await look(client, 1, 'Request', 'Response', 'Session');
  const { sources } = await client.ask<{ sources: readonly { sourceReference: number }[] }>('loadedSources');
  for (const { sourceReference } of sources) await client.ask('source', { sourceReference });
  await client.response('evaluate', { expression: 'response.text', context: 'repl' });
  await client.response('evaluate', { expression: '$["__proto__"].polluted', context: 'repl' });
  await client.move('stepIn');
  await look(client, 1, 'Tool');
  assertGolden('hostile', transcript(client));
});
