import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { processOf } from '../../src/cli/session-per-process.ts';
import type { WireRequest } from '../../src/wire/exchange.ts';
import { commandLine, provider, type Running } from './command-line.ts';
import { assertDocumented } from './json-interfaces.ts';

const agent = `
  const answer = await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test-0123456789', ...JSON.parse(process.env.HEADERS) },
    body: JSON.stringify({ model: 'gpt-4.1-mini', messages: [{ role: 'user', content: process.env.ASK }] }) });
  console.log(answer.status, (await answer.json()).choices?.[0].message.content);`;

async function ask(env: Record<string, string>, headers: object, text: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', agent], {
    env: { ...process.env, ...env, HEADERS: JSON.stringify(headers), ASK: text },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    said += piece;
  });
  await once(child, 'close');
  return said;
}

const lines = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as unknown);

async function stopped(proxy: Running): Promise<unknown[]> {
  proxy.kill('SIGINT');
  const { code, stdout, stderr } = await proxy.ended;
  assert.equal(code, 0, stderr);
  return lines(stdout);
}

test('a stand-alone proxy records a session a process, and replays it to each', async t => {
  const cli = commandLine(t);
  const emulator = await provider(t);
  const start = async (...words: string[]) => {
    const proxy = cli.start('proxy', '--listen', '127.0.0.1:0', '--json', ...words);
    t.after(() => proxy.kill('SIGKILL'));
    await proxy.says('"listening"');
    return proxy;
  };

  const proxy = await start(...emulator.upstream);
  const environment = environmentOf(proxy);
  const first = await ask(environment, { 'rewind-session': 'worker-1' }, 'How are you?');
  assert.match(first, /^200 /);
  const trace = '0af7651916cd43dd8448eb211c80319c';
  await ask(environment, { traceparent: `00-${trace}-b7ad6b7169203331-01` }, 'Are you there?');
  assert.ok(emulator.requests.length === 2);
  assert.doesNotMatch(JSON.stringify(emulator.requests), /rewind-session/);
  const [listening, ...events] = await stopped(proxy);
  assertDocumented(listening, 'Listening');
  assert.equal(events.length, 2);
  for (const event of events) assertDocumented(event, 'SessionEvent');
  const names = ((await cli.json('list')) as { name: string; mode: string }[]).map(({ name }) => name).sort();
  assert.deepEqual(names, [`trace:${trace}`, 'worker-1']);
  await emulator.close();

  const replaying = await start('--replay', 'worker-1');
  const offline = environmentOf(replaying);
  assert.equal(await ask(offline, { 'rewind-session': 'one' }, 'How are you?'), first);
  assert.equal(await ask(offline, { 'rewind-session': 'two' }, 'How are you?'), first);
  assert.match(await ask(offline, {}, 'Something else?'), /^599 /);
  await stopped(replaying);
});

function environmentOf(proxy: Running): Record<string, string> {
  const [line] = lines(proxy.output());
  return (line as { env: Record<string, string> }).env;
}

test('what tells processes apart', () => {
  const request = (headers: readonly (readonly [string, string])[]): WireRequest => ({
    method: 'POST',
    scheme: 'https',
    host: 'api.openai.com',
    path: '/',
    httpVersion: '1.1',
    headers,
    body: new Uint8Array(),
  });
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const parent = ['traceparent', `00-${trace}-b7ad6b7169203331-01`] as const;
  assert.equal(processOf({ run: 'run-1', session: 'a', request: request([]) }), 'run-1');
  assert.equal(processOf({ session: 'a b\u001b', request: request([parent]) }), 'a_b_');
  assert.equal(processOf({ request: request([parent]) }), `trace:${trace}`);
  assert.equal(
    processOf({ request: request([['traceparent', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`]]) }),
    '',
  );
  assert.equal(processOf({ request: request([]) }), '');
});
