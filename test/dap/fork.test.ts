import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CommandLine, provider, quickstart } from '../cli/command-line.ts';
import { adapter, printed, recordedQuickstart, setExpression, topFrame, value } from './adapter-process.ts';
import { DapClient, EDITOR } from './dap-client.ts';
import { agentRecording, handsFor } from './recordings.ts';

interface Listed {
  readonly id: string;
  readonly name?: string;
  readonly mode: string;
  readonly parent?: { readonly session: string; readonly step?: number };
}

const listed = async (line: CommandLine): Promise<readonly Listed[]> =>
  (await line.json('list', '--all')) as Listed[];

test('an edited tool call is what the agent gets; what it makes of that was never recorded', async t => {
  const line = await recordedQuickstart(t);
  const client = adapter(t, line);
  await client.launch({ mode: 'replay', session: 'taped' });
  await client.move('next');
  assert.match(printed(client), /find_orders\(/);
  assert.equal(
    await setExpression(client, 'response.toolCalls[0].arguments.order', '"ORD-1057"'),
    '"ORD-1057"',
  );
  assert.equal(await value(client, 'response.toolCalls[0].arguments'), '{order: "ORD-1057"}');
  assert.equal(client.events('invalidated').length, 1);
  await client.ask('setExceptionBreakpoints', { filters: ['cassette-miss'] });

  const missed = await client.move('next');
  assert.match(
    printed(client),
    /refund_order\({"order":"ORD-1057"}\) → {"order":"ORD-1057","refunded":39.5}/,
  );
  assert.equal(
    printed(client).split('find_orders(').length,
    2,
    'what was passed before is not printed twice',
  );
  assert.equal(missed.reason, 'exception');
  const { description } = await client.ask<{ description: string }>('exceptionInfo', { threadId: 1 });
  assert.match(description, /249[\s\S]*39\.5/, 'the miss says what differs');

  // The edited call is walked like any other, and says what was given.
  await client.move('stepBack');
  assert.equal(await value(client, 'label'), '"EDITED"');
  assert.equal(await value(client, 'response.toolCalls[0].arguments.order'), '"ORD-1057"');
  assert.equal(await value(client, 'response.toolCalls[1].arguments.parcel'), '"PX-88"');
  await client.ask('disconnect');

  const [fork, , taped] = await listed(line);
  assert.deepEqual([fork!.mode, fork!.parent], ['fork', { session: taped!.id, step: 2 }]);
});

test('a finished recording is forked: the rest of the tape answers what carries the edit, edits of a fork add up', async t => {
  const line = await recordedQuickstart(t);
  const client = adapter(t, line);
  await client.launch({ session: 'taped', stopAt: 5 });
  const scopes = await client.ask<{ scopes: { name: string; variablesReference: number }[] }>('scopes', {
    frameId: await topFrame(client),
  });
  const { variablesReference } = scopes.scopes.find(({ name }) => name === 'Response')!;
  const shown = await client.ask<{
    variables: { name: string; presentationHint?: { attributes: string[] } }[];
  }>('variables', { variablesReference });
  const readOnly = shown.variables.flatMap(({ name, presentationHint }) =>
    presentationHint?.attributes.includes('readOnly') ? [name] : [],
  );
  assert.deepEqual(readOnly, ['model', 'status', 'error']);
  const set = { variablesReference, name: 'text', value: '"All is paid back \\u2014 sorry."' };
  assert.equal(
    (await client.ask<{ value: string }>('setVariable', set)).value,
    '"All is paid back — sorry."',
  );

  const streamed = await client.move('next');
  assert.match(streamed.description!, /^Step 6 · /);
  assert.equal(await value(client, 'label'), '"CARRIED"');
  assert.equal(await value(client, 'request.messages[-2].content'), '"All is paid back — sorry."');

  // A fork of the fork: the streamed answer, told in pieces.
  await setExpression(client, 'response.text', 'Dear Dana, 👋 the money is on its way.');
  const end = await client.move('continue');
  assert.match(end.description!, /^Step 6 of 6 · the end/);
  assert.match(printed(client), /Agent: Dear Dana, 👋 the money is on its way\.\n$/);
  assert.equal(await value(client, '$prev.response.text'), '"All is paid back — sorry."');
  await client.ask('disconnect');

  const sessions = await listed(line);
  assert.deepEqual(
    sessions.map(({ mode, parent }) => [mode, parent?.step]),
    [
      ['fork', 6],
      ['fork', 5],
      ['record', undefined],
    ],
  );
  assert.equal(sessions[0]!.parent!.session, sessions[1]!.id);
});

test('an edited prompt is sent to the provider where the launch allows that, and said to miss where not', async t => {
  const line = await recordedQuickstart(t);
  const { url } = await provider(t);
  const launch = { session: 'taped', stopAt: 2, upstream: [`api.openai.com=${url}`] };
  const offline = adapter(t, line);
  await offline.launch(launch);
  await setExpression(offline, 'request.messages[0].content', 'You are rude.');
  assert.match(printed(offline, 'console'), /no answer to a changed request.*"allowLive"/);
  await offline.move('restartFrame', { frameId: await topFrame(offline) });
  assert.equal(await value(offline, 'label'), '"MISS"');
  assert.equal(await value(offline, 'request.messages[0].content'), '"You are rude."');
  await offline.ask('disconnect');

  const client = adapter(t, line);
  await client.launch({ ...launch, allowLive: true });
  await client.ask('evaluate', {
    expression: 'set request.messages[0].content = You are rude.',
    context: 'repl',
  });
  await client.ask('evaluate', { expression: 'set request.parameters.temperature = 0.5', context: 'repl' });
  const since = client.said.length;
  await client.ask('evaluate', { expression: 'fork', context: 'repl' });
  const stop = await client.event<{ description: string }>('stopped', since);
  assert.match(stop.description, /^Step 2 · /);
  assert.equal(await value(client, 'label'), '"LIVE"');
  assert.equal(await value(client, 'request.messages[0].content'), '"You are rude."');
  assert.equal(await value(client, 'request.parameters.temperature'), '0.5');
  await client.move('next');
  assert.equal(
    await value(client, 'request.messages[0].content'),
    '"You are rude."',
    'it holds from there on',
  );
  assert.equal(await value(client, 'changed(request.system) or changed(request.parameters)'), 'false');
  await client.ask('disconnect');
});

test('a tool result is edited where it is; the agent itself still has its own', async t => {
  const line = await recordedQuickstart(t);
  const client = adapter(t, line);
  await client.launch({ mode: 'replay', session: 'taped' });
  await client.move('stepIn');
  assert.match(await value(client, 'tool.result'), /ORD-1042/);
  await setExpression(client, 'tool.result', '[]');
  assert.equal(await value(client, 'tool.result'), '"[]"');
  await client.move('restartFrame', { frameId: await topFrame(client) });
  assert.equal(await value(client, 'step'), '0', 'the call that asked for the tool');
  await client.ask('disconnect');
});

test('what cannot be edited says why; a session without an agent offers nothing', async t => {
  const line = await recordedQuickstart(t);
  const client = adapter(t, line);
  await client.launch({ session: 'taped', stopAt: 2 });
  const refusal = async (expression: string, to: string): Promise<string> => {
    const frameId = await topFrame(client);
    const answer = await client.response('setExpression', { expression, value: to, frameId });
    assert.equal(answer.success, false, expression);
    return answer.message!;
  };
  assert.match(await refusal('response.text', 'hello'), /no text, only tool calls/);
  assert.match(await refusal('usage.total', '3'), /its request and its response/);
  assert.match(await refusal('response.toolCalls[7].name', 'x'), /no tool call 7/);
  assert.match(await refusal('response.toolCalls', '[1]'), /one by one/);
  assert.match(await refusal('request.messages[99].content', 'x'), /no message 99/);
  await client.ask('disconnect');

  const { client: none } = {
    client: DapClient.of({ ...handsFor(agentRecording()), agentOf: () => Promise.reject }),
  };
  assert.equal(
    (await none.ask<{ supportsSetVariable?: boolean }>('initialize', EDITOR)).supportsSetVariable,
    true,
  );
  await none.ask('launch', {});
  assert.deepEqual(
    none.events('capabilities').map(({ body }) => body),
    [
      {
        capabilities: {
          supportsSetVariable: false,
          supportsSetExpression: false,
          supportsRestartFrame: false,
        },
      },
    ],
  );
});

test('a fork whose agent calls no model leaves the recording and the edits as they were', async t => {
  const line = await recordedQuickstart(t);
  const client = adapter(t, line);
  const command = ['node', '-e', 'console.error("no key is set"); process.exit(3)'];
  await client.launch({ session: 'taped', stopAt: 5, command });
  await setExpression(client, 'response.text', 'All is paid back.');
  const stopped = await client.move('next');
  assert.match(stopped.description!, /^Step 5 of 6 · nothing was forked$/);
  assert.match(printed(client, 'important'), /ended without a call to a model/);
  assert.match(printed(client, 'stderr'), /no key is set/);
  assert.deepEqual(
    client.events('exited').map(({ body }) => body.exitCode),
    [3],
  );
  assert.equal(client.events('terminated').length, 0);
  assert.equal(await value(client, 'response.text'), '"All is paid back."');
  await client.ask('evaluate', { expression: 'edits discard', context: 'repl' });
  assert.match(await value(client, 'response.text'), /^"Refunded \$249/);
  assert.match((await client.move('next')).description!, /^Step 6 of 6/);
  await client.ask('disconnect');
});

test('a fork that never comes to its call keeps the edits, and says how far it came', async t => {
  const line = await recordedQuickstart(t);
  const [{ id } = { id: '' }] = await listed(line);
  const client = adapter(t, line);
  // The agent as it was recorded, but one that gives up after its first answer.
  const giveUp = `const asked = globalThis.fetch;
    let calls = 0;
    globalThis.fetch = (...ask) => calls++ ? process.exit(4) : asked(...ask);`;
  const command = ['node', '--import', `data:text/javascript,${encodeURIComponent(giveUp)}`, quickstart];
  await client.launch({ session: 'taped', stopAt: 5, command });
  await setExpression(client, 'response.text', 'All is paid back.');
  const stopped = await client.move('next');
  assert.match(stopped.description!, /^Step 5 of 6 · nothing was forked$/);
  const told = printed(client, 'important');
  assert.match(
    told,
    /did not come to step 5 again: it made 1 call, the last of them #0 gpt-4.1-mini\S* → find_orders and ended with exit code 4/,
  );
  assert.match(told, /Your edit is kept/);
  const fork = (await listed(line)).find(({ mode }) => mode === 'fork')!;
  assert.ok(told.includes(`\`rewind diff ${id.slice(0, 8)} ${fork.id.slice(0, 8)}\``));
  assert.equal((await line.run('diff', id.slice(0, 8), fork.id.slice(0, 8))).code, 1);
  assert.equal(await value(client, 'response.text'), '"All is paid back."');
  assert.equal(client.events('rewind/session').at(-1)!.body.session, id);
  await client.ask('evaluate', { expression: 'edits discard', context: 'repl' });
  assert.match((await client.move('next')).description!, /^Step 6 of 6/);
  await client.ask('disconnect');
});

test('a fork says why it went another way, and is written as a cassette', async t => {
  const line = await recordedQuickstart(t);
  const client = adapter(t, line);
  await client.launch({ session: 'taped', stopAt: 2 });
  const says = async (expression: string): Promise<string> =>
    (await client.ask<{ result: string }>('evaluate', { expression, context: 'repl' })).result;
  await assert.rejects(says('why'), /no parent/);
  await says('set response.toolCalls[0].arguments.order = ORD-1057');
  assert.match(await says('edits'), /step 2: response.toolCalls\[0\].arguments.order = "ORD-1057"/);
  await client.move('continue');
  const why = await says('why');
  assert.match(why, /^Compared with session \w{8}: the first divergence is at call 1/);
  assert.match(why, /Cause /);
  const [{ body: both } = { body: undefined }] = client.events('rewind/why');
  const listed = (await line.json('list', '--all')) as { id: string; mode: string; name?: string }[];
  assert.deepEqual(both, {
    good: listed.find(({ name }) => name === 'taped')?.id,
    bad: listed.find(({ mode }) => mode === 'fork')?.id,
  });
  const file = `${line.home}/fork.rw`;
  assert.match(await says(`export ${file}`), /^Exported to /);
  const { code } = await line.run('inspect', file);
  assert.equal(code, 0);
  const [{ name, id } = { name: '', id: '' }] = listed;
  const own = `${name ?? id.slice(0, 8)}.rw`;
  const missing = `${line.home}/not/there`;
  assert.match(
    await says(`export "${missing}/"`),
    new RegExp(`^Exported to ${missing}/${own} .* new folder`),
  );
  assert.match(await says(`export ${missing}`), new RegExp(`^Exported to ${missing}/${own} \\(\\d[^)]*\\)$`));
  assert.equal((await line.run('inspect', `${missing}/${own}`)).code, 0);
  await assert.rejects(says(`export ${file}/below.rw`), /below\.rw cannot be written.*Check the folder/s);
  await assert.rejects(says(`export ${missing}/a b.rw`), /one path.*quotes/s);
  const completions = await client.ask<{ targets: { label: string }[] }>('completions', {
    text: 'w',
    column: 2,
  });
  assert.deepEqual(
    completions.targets.map(({ label }) => label),
    ['where', 'why'],
  );
  await client.ask('disconnect');
});

test('reverse step into and out', async () => {
  const client = DapClient.of(handsFor(agentRecording()));
  await client.launch({ stopAt: 4 });
  const place = async (command: string): Promise<string> => (await client.move(command)).description!;
  const last = await place('rewind/stepBackIn');
  assert.match(last, /^Step 3 of/);
  while (!/^Step 2 of/.test(await place('rewind/stepBackIn')));
  const out = await client.move('rewind/stepBackOut', {});
  assert.match(out.description!, /^Step 0 of/, 'out of a tool, to the call that asked for it');
});
