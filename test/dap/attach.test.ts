import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, provider } from '../cli/command-line.ts';
import { adapter, value } from './adapter-process.ts';
import { EDITOR, type Stopped } from './dap-client.ts';

/** Asks a model once at its start and once for each line of its input. */
const AGENT = `
const ask = word => fetch("https://api.openai.com/v1/chat/completions", {
  method: "POST", headers: {"content-type": "application/json", authorization: "Bearer " + process.env.OPENAI_API_KEY},
  body: JSON.stringify({model: "gpt-4.1-mini", messages: [{role: "user", content: word}]}),
}).then(answer => answer.text());
let asked = ask("one").then(() => console.log("asked"));
require("node:readline").createInterface({input: process.stdin})
  .on("line", line => { asked = asked.then(() => ask(line)).then(() => console.log("asked")); })
  .on("close", () => asked);
`;

test('attach: a proxy’s session is walked while it grows, and left running', async t => {
  const line = commandLine(t);
  const { upstream } = await provider(t);
  const proxy = line.start('proxy', '--listen', '127.0.0.1:0', '--json', ...upstream);
  t.after(() => proxy.kill('SIGKILL'));
  await proxy.says('\n');
  const { url, env } = JSON.parse(proxy.output().split('\n')[0]!) as {
    url: string;
    env: Record<string, string>;
  };
  const client = adapter(t, line);
  await client.ask('initialize', { adapterID: 'rewind', ...EDITOR });
  const early = await client.response('attach', { port: Number(new URL(url).port) });
  assert.match(early.message!, /has recorded nothing yet/);

  const agent = spawn(process.execPath, ['-e', AGENT], { env: { ...line.env, ...env }, stdio: 'pipe' });
  t.after(() => agent.kill('SIGKILL'));
  await once(agent.stdout, 'data');
  await client.ask('attach', {});
  assert.deepEqual(client.events('capabilities').length, 1, 'nothing to run, so nothing to edit');
  const stopped = client.event<Stopped>('stopped');
  await client.ask('configurationDone');
  assert.match((await stopped).description!, /^Step 0 · /);
  assert.equal(await value(client, 'request.messages[0].content'), '"one"');

  const next = client.move('next');
  await sleep(100);
  agent.stdin.write('two\n');
  const second = await next;
  assert.match(second.description!, /^Step 1 · /);
  assert.equal(await value(client, 'request.messages[0].content', second.threadId), '"two"');
  await client.move('rewind/stepBackIn', {});
  assert.equal(await value(client, 'request.messages[0].content'), '"one"');
  await client.ask('continue', { threadId: 1 });
  const paused = await client.move('pause');
  assert.match(paused.description!, /^Step 1 · /);

  await client.ask('disconnect');
  agent.stdin.write('three\n');
  await once(agent.stdout, 'data');
  const [session] = (await line.json('list', '--all')) as { sealed: boolean; calls: number }[];
  assert.deepEqual([session!.sealed, session!.calls], [false, 3]);
});

test('attach: where no proxy runs, it says so', async t => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  const client = adapter(t, commandLine(t));
  await client.ask('initialize', { adapterID: 'rewind', ...EDITOR });
  const refused = await client.response('attach', { port });
  assert.equal(refused.success, false);
  assert.match(refused.message!, /No proxy runs: nothing listens on .*rewind proxy/);
  assert.equal((refused.body as { error: { showUser: boolean } }).error.showUser, true);
});
