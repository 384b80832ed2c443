import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandLine, provider, quickstart, root } from './command-line.ts';

interface SessionLike {
  readonly id: string;
  readonly mode: string;
  readonly calls: number;
  readonly name: string | null;
}

test('record, list, inspect, replay without the provider', async t => {
  const cli = commandLine(t);
  const emulator = await provider(t);
  const recorded = await cli.run(
    'record',
    '--name',
    'shop',
    ...emulator.upstream,
    process.execPath,
    quickstart,
  );
  assert.equal(recorded.code, 0, recorded.stderr);
  assert.match(recorded.stdout, /Agent: I am sorry that your espresso machine arrived broken/);
  assert.match(recorded.stderr, /Captured 4 LLM calls · [\d,]+ tokens · .* · session [0-9a-f]{8}\n$/);
  assert.equal(emulator.requests.length, 4);
  await emulator.close();

  const [session] = (await cli.json('list')) as SessionLike[];
  assert.equal(session!.name, 'shop');
  assert.equal(session!.calls, 4);
  const listed = await cli.run('list');
  assert.match(listed.stdout, new RegExp(`^${session!.id.slice(0, 8)}  shop .* 4 `, 'm'));

  const tree = await cli.run('inspect', 'shop');
  assert.match(tree.stdout, /find_orders\(\{"email":"dana@example\.com"\}\) → \[\{"id":"ORD-1042"/);
  assert.match(tree.stdout, /user Write this to the customer/);
  const step = await cli.run('inspect', session!.id.slice(0, 6), '3');
  assert.match(step.stdout, /step 3: tool refund_order/);
  const raw = await cli.run('inspect', 'shop', '0', '--raw');
  assert.match(raw.stdout, /^POST \/v1\/chat\/completions HTTP\/1\.1\r\n/);
  assert.doesNotMatch(raw.stdout, /0123456789abcdefghij/);

  const replayed = await cli.run('replay', 'latest');
  assert.equal(replayed.code, 0, replayed.stderr);
  assert.equal(replayed.stdout, recorded.stdout);
  assert.match(replayed.stderr, /Replayed 4 of 4 calls \(4 EXACT\) · no network/);

  const again = (await cli.json('list')) as SessionLike[];
  assert.deepEqual(
    again.map(({ mode }) => mode),
    ['record'],
  );
  const all = (await cli.json('list', '--all')) as SessionLike[];
  assert.deepEqual(
    all.map(({ mode }) => mode),
    ['replay', 'record'],
  );
});

test('a changed request is a miss: explained, never sent, exit code 86; its rule makes it match', async t => {
  const cli = commandLine(t);
  const emulator = await provider(t);
  await cli.run('record', '--quiet', ...emulator.upstream, process.execPath, quickstart);
  const changed = join(cli.home, 'changed.mjs');
  writeFileSync(changed, readFileSync(quickstart, 'utf8').replace('two sentences', 'three sentences'));

  const missed = await cli.run('replay', 'latest', '--', process.execPath, changed);
  assert.equal(missed.code, 86, missed.stderr);
  assert.match(missed.stderr, /^miss: POST openai\/v1\/chat\/completions/m);
  assert.match(missed.stderr, /recorded {2}"Write this to the customer in two sentences\."/);
  assert.match(missed.stderr, /\{"match":\{"ignore":\["\$\.messages\[8\]\.content"\]\}\}/);
  assert.match(missed.stderr, /Replayed 3 of 4 calls \(3 EXACT, 1 MISS\)/);
  assert.equal(emulator.requests.length, 4, 'nothing reached the provider');

  // The command's own code does not hide a miss.
  const caught = join(cli.home, 'caught.mjs');
  writeFileSync(
    caught,
    `process.on('uncaughtException', () => process.exit(0));\n${readFileSync(changed, 'utf8')}`,
  );
  const swallowed = await cli.run('replay', 'latest', '--', process.execPath, caught);
  assert.equal(swallowed.code, 86);

  // The proposed rule, put where it says, makes the request match.
  const folder = mkdtempSync(join(cli.home, 'project-'));
  writeFileSync(join(folder, 'rewind.config.json'), '{"match":{"ignore":["$.messages[8].content"]}}');
  cli.cwd = folder;
  const ruled = await cli.run('replay', 'latest', '--', process.execPath, changed);
  assert.equal(ruled.code, 0, ruled.stderr);
  cli.cwd = root;

  const forked = await cli.run(
    'replay',
    'latest',
    '--allow-live',
    ...emulator.upstream,
    '--',
    process.execPath,
    changed,
  );
  assert.equal(forked.code, 0, forked.stderr);
  assert.match(forked.stderr, /\(3 EXACT, 1 LIVE\) · 1 call to the real provider/);
  assert.equal(emulator.requests.length, 5);
  const [fork] = (await cli.json('list')) as SessionLike[];
  assert.equal(fork!.mode, 'fork');
});

test('--fail-fast stops the command; --miss-status and --speed are heeded', async t => {
  const cli = commandLine(t);
  const emulator = await provider(t);
  await cli.run('record', '--quiet', ...emulator.upstream, process.execPath, quickstart);
  const stubborn = join(cli.home, 'stubborn.mjs');
  writeFileSync(
    stubborn,
    `const answer = await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST',
       headers: { 'content-type': 'application/json' }, body: '{"model":"gpt-4.1-mini","messages":[]}' });
     console.log(answer.status);
     if (process.argv[2]) setInterval(() => {}, 1000);`,
  );
  const stopped = await cli.run('replay', 'latest', '--fail-fast', '--', process.execPath, stubborn, 'stay');
  assert.equal(stopped.code, 86);
  assert.match(stopped.stderr, /stopped at the first miss/);
  const status = await cli.run('replay', 'latest', '--miss-status', '422', '--', process.execPath, stubborn);
  assert.match(status.stdout, /^422\n/);
  const slow = await cli.run('replay', 'latest', '--speed', '2x');
  assert.equal(slow.code, 0, slow.stderr);
});

test("the command's own exit code, options and signals go through", async t => {
  const cli = commandLine(t);
  const seven = await cli.run('record', 'sh', '-c', 'echo "$@"; exit 7', '--', '--json', '--name');
  assert.equal(seven.code, 7);
  assert.equal(seven.stdout, '--json --name\n');
  assert.match(seven.stderr, /Captured 0 LLM calls/);
  assert.match(seven.stderr, /rewind doctor/);
  assert.equal((await cli.run('record', '--', 'sh', '-c', 'kill -TERM $$')).code, 143);
  assert.equal((await cli.run('record', 'no-such-command-here')).code, 127);
  assert.equal((await cli.run('replay', 'latest', '--', 'no-such-command-here')).code, 127);
});

test('Ctrl-C ends the command and seals the session', async t => {
  const cli = commandLine(t);
  const running = cli.start(
    'record',
    process.execPath,
    '-e',
    'console.log("up"); setInterval(() => {}, 1000)',
  );
  await running.says('up');
  running.kill('SIGINT');
  const { code, stderr } = await running.ended;
  assert.equal(code, 130);
  assert.match(stderr, /Captured 0 LLM calls/);
  const [session] = (await cli.json('list')) as { sealed: boolean; exit: { signal: string } }[];
  assert.equal(session!.sealed, true);
  assert.equal(session!.exit.signal, 'SIGINT');
});
