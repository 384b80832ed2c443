/** WebSockets are not recorded: a recording says that there were some, a replay that it has no answer to them. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { commandLine } from './command-line.ts';

/** Greets whoever opens a WebSocket, and hangs up. */
async function greetingHost(t: TestContext): Promise<{ readonly port: number; readonly opened: string[] }> {
  const opened: string[] = [];
  const server = createServer().on('upgrade', (request: IncomingMessage, socket) => {
    opened.push(request.url ?? '');
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, opened };
}

const AGENT = `
const { get } = require('node:http');
const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'AA==' };
const open = path => new Promise(resolve => {
  const request = get(process.argv[2] + path, { headers });
  request.on('upgrade', (_, socket, head) => {
    let text = head.toString();
    socket.on('data', bytes => { text += bytes; });
    socket.on('close', () => resolve(text));
  });
  request.on('response', async response => {
    let text = '';
    for await (const bytes of response) text += bytes;
    resolve(response.statusCode + ' ' + text.trim());
  });
  request.on('error', error => resolve(String(error)));
});
(async () => {
  console.log(await open('/v1/realtime?api_key=sk-proj-${'aB3'.repeat(12)}'));
  console.log(await open('/v1/realtime'));
})();
`;

test('WebSockets to providers are counted in a recording and refused in its replay', async t => {
  const host = await greetingHost(t);
  const cli = commandLine(t);
  const folder = mkdtempSync(join(tmpdir(), 'rewind-sockets-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cli.cwd = folder;
  writeFileSync(join(folder, 'agent.cjs'), AGENT);
  writeFileSync(join(folder, 'rewind.config.json'), JSON.stringify({ hosts: [`localhost:${host.port}`] }));
  const origin = `http://localhost:${host.port}`;

  const recorded = await cli.run(
    ...['record', '--json-out', 'run.json', '--', process.execPath, 'agent.cjs', origin],
  );
  assert.equal(recorded.code, 0, recorded.stderr);
  assert.equal(recorded.stdout, 'hello\nhello\n');
  assert.match(recorded.stderr, /Captured 0 LLM calls · 2 WebSocket connections unrecorded · /);
  const { session } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as {
    session: { webSockets: number };
  };
  assert.equal(session.webSockets, 2);
  assert.equal(host.opened.length, 2);

  assert.match((await cli.run('list')).stdout, /calls +WebSockets +cost.*\n.* 0 +2 +–/);
  const asked = await cli.json('query', 'select calls, web_sockets from sessions');
  assert.deepEqual(asked, [{ calls: 0, web_sockets: 2 }]);

  const said = /2 WebSocket connections to localhost:\d+ passed unrecorded; a replay refuses them/;
  assert.match((await cli.run('inspect', 'latest')).stderr, said);
  const exported = await cli.run('export', 'latest', '-o', 'sockets.rw');
  assert.equal(exported.code, 0, exported.stderr);
  const cassette = readFileSync(join(folder, 'sockets.rw'), 'utf8');
  assert.match(cassette, /^\{"rewind":"cassette","version":2,/);
  const line = JSON.stringify({ webSocket: `ws://localhost:${host.port}/v1/realtime` });
  assert.equal(cassette.split('\n').filter(one => one === line).length, 2, cassette);

  for (const source of ['latest', 'sockets.rw']) {
    const replayed = await cli.run('replay', source, '--', process.execPath, 'agent.cjs', origin);
    assert.equal(replayed.code, 86, 'what was not recorded was not replayed');
    const refusal = '501 Rewind does not record WebSockets, so this one cannot be replayed.';
    assert.equal(replayed.stdout, `${refusal}\n${refusal}\n`);
    assert.match(replayed.stderr, said);
    assert.match(replayed.stderr, /2 WebSocket connections refused/);
  }
  assert.equal(host.opened.length, 2, 'a replay never opens one');

  assert.equal((await cli.run('import', 'sockets.rw')).code, 0);
  const again = await cli.run('export', 'sockets.rw', '-o', 'again.rw');
  assert.equal(again.code, 0, again.stderr);
  assert.equal(readFileSync(join(folder, 'again.rw'), 'utf8'), cassette);
});

test('a WebSocket goes where --upstream sends its host', async t => {
  const host = await greetingHost(t);
  const cli = commandLine(t);
  cli.cwd = cli.home;
  writeFileSync(join(cli.home, 'agent.cjs'), AGENT);
  const upstream = `chat.invalid=http://localhost:${host.port}/gateway`;
  const recorded = await cli.run(
    ...['record', '--upstream', upstream, '--', process.execPath, 'agent.cjs', 'http://chat.invalid'],
  );
  assert.equal(recorded.stdout, 'hello\nhello\n', recorded.stderr);
  assert.equal(host.opened[1], '/gateway/v1/realtime');
  assert.match((await cli.run('inspect', 'latest')).stderr, /to chat\.invalid passed unrecorded/);
});
