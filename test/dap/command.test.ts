import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openHome } from '../../src/sessions/home.ts';
import { createSession } from '../../src/sessions/writer.ts';
import { DapClient, type Stopped } from './dap-client.ts';
import { agentRecording } from './recordings.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** The recording of the other tests, on disk. */
async function recordedHome(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-dap-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const recording = agentRecording();
  const writer = createSession(openHome(folder), {
    startedAt: Date.UTC(2026, 0, 1),
    name: 'trip',
    command: ['node', 'agent.ts'],
    cwd: '/shop',
    mode: 'record',
    scope: 'llm',
  });
  for (const { seq, at, request, answer, site } of recording.exchanges()) {
    writer.request({ seq, at, request, ...(site === undefined ? {} : { site }) });
    writer.answerHead(seq, answer.headAt!, answer.head!);
    for (const chunk of answer.chunks) writer.answerChunk(seq, chunk.at, chunk.bytes);
    if (answer.end.kind !== 'unfinished') writer.answerEnd(seq, answer.end);
  }
  for (const piece of recording.output) writer.output(piece);
  await writer.seal();
  return folder;
}

function adapter(home: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [main, 'dap', ...args], {
    env: { ...process.env, REWIND_HOME: home },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** A client on the adapter's stdin and stdout, which notices when the adapter dies. */
function clientOf(child: ChildProcess): DapClient {
  const client = new DapClient(bytes => child.stdin!.write(bytes));
  let said = '';
  child.stderr!.on('data', bytes => {
    said += bytes;
  });
  child.stdin!.on('error', () => undefined); // told by its end
  child.stdout!.on('data', bytes => client.receive(bytes));
  child.on('close', (code, signal) => client.hangUp(`the adapter ended (${signal ?? code}): ${said}`));
  return client;
}

async function walkToTheEnd(client: DapClient, session: string): Promise<void> {
  const entry = await client.launch({ type: 'rewind', request: 'launch', session });
  assert.match(entry.description!, /^Step 0 of 6/);
  // By default a debugger stops where something went wrong; these calls were only limited.
  const end = await client.move('continue');
  assert.match(end.description!, /^Step 6 of 6 · the end of the recording/);
  const back = await client.move('stepBack');
  assert.match(back.description!, /^Step 4 of 6/);
}

test('rewind dap speaks DAP on stdio, and ends with its client', async t => {
  const home = await recordedHome(t);
  const child = adapter(home);
  let said = '';
  child.stderr!.on('data', bytes => {
    said += bytes;
  });
  const client = clientOf(child);
  await walkToTheEnd(client, 'latest');
  await client.ask('disconnect');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.equal(said, '');
});

test('rewind dap ends when its input closes', async t => {
  const child = adapter(await recordedHome(t));
  const client = clientOf(child);
  await client.launch();
  child.stdin!.end();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a session that is not there: an error in words', async t => {
  const child = adapter(await recordedHome(t));
  t.after(() => child.kill());
  const client = clientOf(child);
  await client.ask('initialize', { adapterID: 'rewind' });
  const { message, body } = await client.response('launch', { session: 'nosuch' });
  assert.match(message!, /No session is called "nosuch".*rewind list/s);
  assert.equal(body.error.showUser, true);
});

async function listening(child: ChildProcess): Promise<number> {
  let said = '';
  for await (const bytes of child.stderr!) {
    said += bytes;
    const port = /127\.0\.0\.1:(\d+)/.exec(said)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`ended without a port: ${said}`);
}

async function connected(t: TestContext, port: number): Promise<{ client: DapClient; socket: Socket }> {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  const client = new DapClient(bytes => socket.write(bytes));
  socket.on('data', bytes => client.receive(bytes));
  return { client, socket };
}

test('rewind dap --server: one session a connection, on 127.0.0.1 alone, one after another and at once', async t => {
  const child = adapter(await recordedHome(t), '--server=0');
  t.after(() => child.kill());
  let out = '';
  child.stdout!.on('data', bytes => {
    out += bytes;
  });
  const port = await listening(child);
  const addresses = listenersOn(port);
  if (addresses) assert.deepEqual(addresses, ['0100007F']);
  else t.diagnostic('no /proc/net/tcp here: the bound address was not looked at');
  const [one, two] = await Promise.all([connected(t, port), connected(t, port)]);
  await Promise.all([walkToTheEnd(one.client, 'trip'), walkToTheEnd(two.client, 'latest')]);
  await one.client.ask('disconnect');
  await once(one.socket, 'end');
  const moved = await two.client.move('stepBack');
  assert.match((moved as Stopped).description!, /^Step 0 of 6/);
  two.socket.destroy();
  const three = await connected(t, port);
  await walkToTheEnd(three.client, 'latest');
  child.kill('SIGTERM');
  await once(child, 'exit');
  assert.equal(out, '');
});

/** Local addresses (hex, as the kernel writes them) that listen on a port; undefined where the kernel does not tell. */
function listenersOn(port: number): readonly string[] | undefined {
  if (!readdirSync('/').includes('proc')) return undefined;
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = ['tcp', 'tcp6'].flatMap(name => {
    try {
      return readFileSync(`/proc/net/${name}`, 'utf8').split('\n').slice(1);
    } catch {
      return []; // no such table on this system
    }
  });
  return rows.flatMap(row => {
    const [, local = '', , state] = row.trim().split(/\s+/);
    return state === '0A' && local.endsWith(`:${hex}`) ? [local.split(':')[0]!] : [];
  });
}
