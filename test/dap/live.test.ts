import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, provider, quickstart } from '../cli/command-line.ts';
import { adapter, adapterProcess, printed, recordedQuickstart, value } from './adapter-process.ts';
import { EDITOR, type Stopped } from './dap-client.ts';

/** Where the quickstart asks in its loop. */
const LINE =
  readFileSync(quickstart, 'utf8')
    .split('\n')
    .findIndex(line => line.includes('await ask({ messages, tools })')) + 1;

const places = (stops: readonly Stopped[]): string[] => stops.map(({ description }) => description!);

test('replay: step to the end, back, and forward again; nothing is asked of a provider', async t => {
  const line = await recordedQuickstart(t);
  let asked = 0;
  const provider = createServer((_, response) => {
    asked++;
    response.writeHead(500).end();
  }).listen(0, '127.0.0.1');
  t.after(() => provider.close());
  await once(provider, 'listening');
  line.env.REWIND_UPSTREAM = `api.openai.com=http://127.0.0.1:${(provider.address() as AddressInfo).port}`;

  const client = adapter(t, line);
  const first = await client.launch({ mode: 'replay', session: 'taped' });
  assert.equal(first.reason, 'entry');
  assert.match(printed(client), /^Customer: [^\n]*\n$/, 'the agent is held: its first tool has not run');
  const toTheEdge = [first, await client.move('next')];
  assert.match(printed(client), /find_orders\(/);
  assert.doesNotMatch(printed(client), /refund_order\(/);
  assert.equal(await value(client, 'label'), '"EXACT"');

  // Into the tool that is still to run: it runs, and its result is there.
  const tool = await client.move('stepIn');
  assert.match(tool.description!, /^Step 3 · refund_order/);
  assert.match(await value(client, 'tool.result'), /refunded.*249/);
  const asking = await client.move('stepBack');
  const before = await client.move('stepBack');
  assert.deepEqual(places([asking, before]), places(toTheEdge.toReversed()));
  const again = [await client.move('next'), await client.move('next')];
  assert.match(again[1]!.description!, /^Step 5 · .*stop/);
  assert.equal(
    printed(client).split('find_orders(').length,
    2,
    'what was passed before is not printed twice',
  );

  const streamed = await client.move('next');
  assert.match(streamed.description!, /^Step 6 · /);
  assert.doesNotMatch(printed(client), /Agent: I am sorry/);
  const end = await client.move('next');
  assert.match(end.description!, /^Step 6 of 6 · the end of the recording/);
  assert.match(printed(client), /Agent: I am sorry.*Thursday\.\n$/s);

  const exited = client.events('exited').map(({ body }) => body);
  assert.deepEqual(exited, [{ exitCode: 0 }]);

  // Walked back and forth like any recording; it is one.
  const start = await client.move('reverseContinue');
  assert.match(start.description!, /^Step 0 of 6 · the start of the recording/);
  await client.move('continue');
  const [replayed] = (await line.json('list', '--all')) as { mode: string; calls: number }[];
  assert.deepEqual([replayed!.mode, replayed!.calls], ['replay', 4]);
  assert.equal(asked, 0);
  const terminated = client.event('terminated');
  await client.ask('continue', { threadId: 1 });
  await terminated;
  await client.ask('disconnect');
});

test('replay: breakpoints of all kinds stop the agent where it is', async t => {
  const client = adapter(t, await recordedQuickstart(t));
  await client.launch({ mode: 'replay', session: 'taped' });
  await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'tool:track_parcel' }] });
  const named = await client.move('continue');
  assert.deepEqual(
    [named.reason, named.description],
    ['function breakpoint', 'Step 4 · track_parcel({"parcel":"PX-88"})'],
  );
  assert.doesNotMatch(printed(client), /Agent: /, 'the agent is held at the call behind it');
  assert.match(await value(client, 'tool.result'), /Thursday/);
  assert.match(printed(client, 'console'), /step 3 · refund_order\(.* · = .*refunded/);
  assert.doesNotMatch(printed(client, 'console'), /no result/);

  await client.ask('setFunctionBreakpoints', { breakpoints: [] });
  const source = { path: quickstart };
  const { breakpoints } = await client.ask<{ breakpoints: { verified: boolean; line: number }[] }>(
    'setBreakpoints',
    {
      source,
      breakpoints: [{ line: LINE, condition: 'request.messages.length > 4' }],
    },
  );
  assert.deepEqual([breakpoints[0]!.verified, breakpoints[0]!.line], [true, LINE]);
  const atLine = await client.move('continue');
  assert.deepEqual([atLine.reason, atLine.description!.slice(0, 6)], ['breakpoint', 'Step 5']);

  const { dataId } = await client.ask<{ dataId: string }>('dataBreakpointInfo', {
    name: 'request.parameters',
  });
  await client.ask('setDataBreakpoints', { breakpoints: [{ dataId }] });
  const changed = await client.move('continue');
  assert.deepEqual([changed.reason, changed.description!.slice(0, 6)], ['data breakpoint', 'Step 6']);
  await client.ask('disconnect');
});

test('replay: a condition on what a tool gives waits for it', async t => {
  const client = adapter(t, await recordedQuickstart(t));
  await client.launch({ mode: 'replay', session: 'taped' });
  await client.ask('setFunctionBreakpoints', {
    breakpoints: [{ name: 'tool:refund_order', condition: 'tool.result contains "249"' }],
  });
  assert.equal((await client.move('continue')).description!.slice(0, 21), 'Step 3 · refund_order');
  await client.ask('disconnect');
});

test('replay: breakpoints set before the first call, a restart, a miss', async t => {
  const line = await recordedQuickstart(t);
  const client = adapter(t, line);
  await client.ask('initialize', { adapterID: 'rewind', ...EDITOR });
  await client.ask('launch', { mode: 'replay', session: 'taped', stopOnEntry: false });
  await client.ask('setExceptionBreakpoints', { filters: ['cassette-miss'] });
  const set = await client.ask<{ breakpoints: { verified: boolean; line: number }[] }>('setBreakpoints', {
    source: { path: quickstart },
    breakpoints: [{ line: LINE - 1 }],
  });
  assert.deepEqual(
    set.breakpoints.map(({ verified, line }) => [verified, line]),
    [[true, LINE]],
    'known from the recording, before the agent came there',
  );
  const stopped = client.event<Stopped>('stopped');
  await client.ask('configurationDone');
  assert.match((await stopped).description!, /^Step 0 · /);
  assert.match((await client.move('continue')).description!, /^Step 2 · /);

  const again = await client.move('restart', {});
  assert.match(again.description!, /^Step 0 · /, 'a new run, stopped by the same breakpoint');
  const replays = ((await line.json('list', '--all')) as { mode: string }[]).filter(
    ({ mode }) => mode === 'replay',
  );
  assert.equal(replays.length, 2);
  await client.ask('disconnect');

  // Another agent than the recorded one.
  const other = adapter(t, line);
  const ask =
    'fetch("https://api.openai.com/v1/chat/completions", {method:"POST", body: JSON.stringify({model:"m", messages:[{role:"user", content:"hi"}]})})';
  await other.launch({ mode: 'replay', session: 'taped', command: ['node', '-e', ask] });
  assert.equal(await value(other, 'label'), '"MISS"');
  await other.ask('disconnect');
});

/** Calls a model, starts a process of its own, and then takes its time before it calls again. */
const SLOW = `
const ask = () => fetch("https://api.openai.com/v1/chat/completions", {
  method: "POST", headers: {"content-type": "application/json", authorization: "Bearer " + process.env.OPENAI_API_KEY},
  body: JSON.stringify({model: "gpt-4.1-mini", messages: [{role: "user", content: "hi " + process.env.WORD}]}),
});
const child = require("node:child_process").spawn("sleep", ["600"]);
console.log("pids " + process.pid + " " + child.pid);
ask().then(answer => answer.text()).then(() => { console.log("first is there"); setTimeout(ask, 600_000); });
`;

test('record: an agent that takes its time is paused, and is gone once the session is', async t => {
  const line = commandLine(t);
  const { url } = await provider(t);
  for (const end of ['terminate', 'disconnect', 'hang up', 'signal'] as const) {
    const child = adapterProcess(t, line);
    const { client } = child;
    await client.launch({
      mode: 'record',
      program: 'node',
      args: ['-e', SLOW],
      env: { WORD: 'there', REWIND_UPSTREAM: null },
      upstream: [`api.openai.com=${url}`],
    });
    assert.match(await value(client, 'request.messages[0].content'), /hi there/);
    const pids = /pids (\d+) (\d+)/.exec(printed(client))!.slice(1).map(Number);
    assert.deepEqual(pids.map(isAlive), [true, true]);
    const since = client.said.length;
    await client.ask('continue', { threadId: 1 });
    // Told while it runs: no call comes for ten minutes.
    const said = await client.event<{ output: string }>('output', since);
    assert.equal(said.output, 'first is there\n');
    const paused = await client.move('pause');
    assert.equal(paused.reason, 'pause');
    assert.match(paused.description!, /^Step 0 · /);
    if (end === 'terminate') {
      const terminated = client.event('terminated');
      await client.ask('terminate');
      await terminated;
    } else if (end === 'disconnect') await client.ask('disconnect');
    else if (end === 'signal') await child.kill();
    else await child.hangUp();
    await waitUntilGone(pids);
  }
  const sessions = (await line.json('list', '--all')) as { mode: string; sealed: boolean; calls: number }[];
  assert.deepEqual(
    sessions.map(({ mode, sealed, calls }) => [mode, sealed, calls]),
    Array.from({ length: 4 }, () => ['record', true, 1]),
  );
});

test('an agent that calls no model ends the session in words; one that cannot be started is a failed launch', async t => {
  const line = commandLine(t);
  const client = adapter(t, line);
  await client.ask('initialize', { adapterID: 'rewind', ...EDITOR });
  const refused = await client.response('launch', { mode: 'record', command: ['no-such-program-here'] });
  assert.equal(refused.success, false);
  assert.match(refused.message!, /no-such-program-here/);
  assert.equal(printed(client, 'important'), '', 'said once');
  await client.ask('launch', { mode: 'record', command: ['node', '-e', 'console.log("quiet")'] });
  const terminated = client.event('terminated');
  await client.ask('configurationDone');
  await terminated;
  assert.match(printed(client, 'important'), /ended without a call to a model/);
  assert.match(printed(client), /quiet/);
  await client.ask('disconnect');
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended and that nobody has asked for is none.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The adapter has said that it ended them; the operating system may take a moment. */
async function waitUntilGone(pids: readonly number[]): Promise<void> {
  for (let i = 0; i < 200 && pids.some(isAlive); i++) await sleep(25);
  assert.deepEqual(pids.filter(isAlive), []);
}

/** Asks twice at once, then once more. */
const PARALLEL = `
const ask = word => fetch("https://api.openai.com/v1/chat/completions", {
  method: "POST", headers: {"content-type": "application/json", authorization: "Bearer " + process.env.OPENAI_API_KEY},
  body: JSON.stringify({model: "gpt-4.1-mini", messages: [{role: "user", content: word}]}),
}).then(answer => answer.text());
Promise.all([ask("one"), ask("two")]).then(() => { console.log("both are there"); return ask("three"); });
`;

test('record: parallel calls are each held, and nothing comes before what was seen', async t => {
  const { url } = await provider(t);
  const client = adapter(t, commandLine(t));
  const asked: string[] = [];
  let stop = await client.launch({
    mode: 'record',
    command: ['node', '-e', PARALLEL],
    upstream: [`api.openai.com=${url}`],
  });
  while (!stop.description!.includes('end of the recording')) {
    const { threadId } = stop;
    const { stackFrames } = await client.ask<{ stackFrames: { id: number }[] }>('stackTrace', { threadId });
    const { result } = await client.ask<{ result: string }>('evaluate', {
      expression: 'request.messages[0].content',
      frameId: stackFrames[0]!.id,
    });
    asked.push(result);
    if (asked.length === 2) assert.doesNotMatch(printed(client), /both are there/);
    stop = await client.move('next', { threadId });
  }
  assert.deepEqual(asked.slice(0, 2).sort(), ['one', 'two']);
  assert.deepEqual(asked.slice(2), ['three']);
  assert.match(printed(client), /both are there/);
  await client.ask('disconnect');
});

test('record: what is started in the place of the command has its environment; the command is what is recorded', async t => {
  const line = commandLine(t);
  const { url } = await provider(t);
  const client = adapter(t, line);
  const stand = `const [, file, ...words] = process.argv;
    console.log('in its place: ' + file);
    require('node:child_process').spawnSync(file, words, { stdio: 'inherit' });`;
  await client.launch({
    mode: 'record',
    command: ['node', quickstart],
    via: [process.execPath, '-e', stand, '--'],
    upstream: [`api.openai.com=${url}`],
  });
  assert.match(printed(client), /^in its place: \/\S+\/node\nCustomer: /);
  const [{ body } = { body: undefined }] = client.events('rewind/session');
  await client.ask('terminate');
  const [session] = (await line.json('list', '--all')) as { id: string; command: string[]; calls: number }[];
  assert.deepEqual(session, { ...session, id: body.session, command: ['node', quickstart], calls: 1 });
});

/** Asks until it is answered, then once more. */
const RETRYING = `
const ask = word => fetch("https://api.openai.com/v1/chat/completions", {
  method: "POST", headers: {"content-type": "application/json", authorization: "Bearer " + process.env.OPENAI_API_KEY},
  body: JSON.stringify({model: "gpt-4.1-mini", messages: [{role: "user", content: word}]}),
});
let answer;
do answer = await ask("one"); while (!answer.ok);
console.log("answered");
await ask("two");
`;

test('record: a call that is asked again stops the agent again, at the same step', async t => {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    const failed = ++asked % 4 !== 3 && asked % 4 !== 0;
    response.writeHead(failed ? 429 : 200, { 'content-type': 'application/json' });
    const choices = [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }];
    response.end(JSON.stringify(failed ? { error: { message: 'slow down' } } : { id: 'x', choices }));
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const upstream = [`api.openai.com=http://127.0.0.1:${(server.address() as AddressInfo).port}`];
  const client = adapter(t, commandLine(t));
  const command = ['node', '--input-type=module', '-e', RETRYING];
  const first = await client.launch({ mode: 'record', command, upstream });
  assert.match(first.description!, /^Step 0 · .*✗ 429/);
  const second = await client.move('next');
  assert.deepEqual([second.reason, second.threadId], ['step', 1]);
  assert.match(second.description!, /^Step 0 · attempt 2: .*✗ 429/);
  assert.equal(asked, 2);
  assert.match((await client.move('stepIn')).description!, /^Step 0 · attempt 3: /);
  assert.equal(await value(client, 'attempts.length'), '3');
  assert.equal(await value(client, 'response.text'), '"yes"');
  assert.doesNotMatch(printed(client), /answered/);
  assert.match((await client.move('next')).description!, /^Step 1 · /);
  assert.match(printed(client), /answered/);

  const again = await client.move('restart', {});
  assert.match(again.description!, /^Step 0 · .*✗ 429/);
  assert.match((await client.move('continue')).description!, /^Step 1 of 1 · the end of the recording/);
  await client.ask('disconnect');
});
