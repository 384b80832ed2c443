import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { commandLine, provider, quickstart } from './command-line.ts';

test('export, import, export again: the same bytes; a cassette replays as it is', async t => {
  const cli = commandLine(t);
  const emulator = await provider(t);
  const recorded = await cli.run('record', ...emulator.upstream, process.execPath, quickstart);
  await emulator.close();
  const first = join(cli.home, 'first.rw');
  const second = join(cli.home, 'second.rw');
  assert.equal((await cli.run('export', 'latest', '-o', first)).code, 0);
  assert.equal((await cli.run('export', 'latest')).stdout, readFileSync(first, 'utf8'));

  const [imported] = (await cli.json('import', first)) as { id: string; import: { alreadyThere: boolean } }[];
  assert.equal(imported!.import.alreadyThere, false);
  await cli.run('export', imported!.id, '-o', second);
  assert.equal(readFileSync(second, 'utf8'), readFileSync(first, 'utf8'));
  const [again] = (await cli.json('import', first)) as { id: string; import: { alreadyThere: boolean } }[];
  assert.deepEqual([again!.id, again!.import.alreadyThere], [imported!.id, true]);

  const replayed = await cli.run('replay', first, '--', process.execPath, quickstart);
  assert.equal(replayed.code, 0, replayed.stderr);
  assert.equal(replayed.stdout, recorded.stdout);
  assert.equal((await cli.run('diff', first, second)).code, 0);
});

test('a HAR goes out and comes back as the same calls', async t => {
  const cli = commandLine(t);
  const emulator = await provider(t);
  await cli.run('record', '--quiet', ...emulator.upstream, process.execPath, quickstart);
  const har = join(cli.home, 'run.har');
  await cli.run('export', 'latest', '--har', '-o', har);
  const { log } = JSON.parse(readFileSync(har, 'utf8')) as { log: { version: string; entries: unknown[] } };
  assert.equal(log.version, '1.2');
  assert.equal(log.entries.length, 4);
  const [session] = (await cli.json('import', har)) as { id: string; calls: number; mode: string }[];
  assert.deepEqual([session!.calls, session!.mode], [4, 'import']);
  const compared = await cli.run('diff', 'run', session!.id);
  assert.equal(compared.code, 0, compared.stdout);
});

test('cassettes of other tools become sessions that replay; a bad file does not cost the others', async t => {
  const cli = commandLine(t);
  const folder = join(cli.home, 'cassettes');
  mkdirSync(folder);
  const answer = JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-4o-2024-08-06',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hallo Grüße' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  });
  writeFileSync(
    join(folder, 'vcr.yaml'),
    `interactions:
- request:
    body: '{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}'
    headers: {content-type: [application/json], authorization: [Bearer sk-canary-abcdefghijklmnop]}
    method: POST
    uri: https://api.openai.com/v1/chat/completions
  response:
    body: {string: !!binary ${gzipSync(answer).toString('base64')}}
    headers: {Content-Type: [application/json], Content-Encoding: [gzip]}
    status: {code: 200, message: OK}
version: 1
`,
  );
  writeFileSync(join(folder, 'broken.yaml'), 'interactions: [');
  const mixed = await cli.run('import', join(folder, 'broken.yaml'), join(folder, 'vcr.yaml'));
  assert.equal(mixed.code, 2);
  assert.match(mixed.stderr, /^rewind: broken\.yaml cannot be read as YAML/m);
  assert.match(mixed.stdout, /^Imported: .*vcr\.yaml \(vcrpy\) · 1 LLM call · 12 tokens/m);

  const agent = join(cli.home, 'agent.mjs');
  writeFileSync(
    agent,
    `const answer = await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST',
       headers: { 'content-type': 'application/json', authorization: 'Bearer sk-other' },
       body: JSON.stringify({ messages: [{ content: 'hi', role: 'user' }], model: 'gpt-4o' }) });
     console.log(answer.status, (await answer.json()).choices[0].message.content);`,
  );
  const replayed = await cli.run('replay', 'vcr', '--', process.execPath, agent);
  assert.equal(replayed.stdout, '200 Hallo Grüße\n', replayed.stderr);
  assert.equal(replayed.code, 0);
  const raw = await cli.run('inspect', 'vcr', '0', '--raw');
  assert.doesNotMatch(raw.stdout, /canary-abcdefghijklmnop/);
  assert.equal((await cli.run('replay', 'vcr')).code, 125, 'an import has no command of its own');
});

test('what is wrong with a file names it, in one message', async t => {
  const cli = commandLine(t);
  mkdirSync(join(cli.home, 'folder.rw'), { recursive: true });
  writeFileSync(join(cli.home, 'merged.rw'), '<<<<<<< HEAD\n');
  const told = {
    'merged.rw': /^rewind: \S+merged\.rw: Line 1 of the cassette cannot be read: not JSON\n {8}Take .+\n$/,
    'folder.rw':
      /^rewind: Cannot read .+: a folder stands where a file should be \(\S+folder\.rw, EISDIR\)\n {8}.+\n$/,
    'none.rw': /^rewind: Cannot read .+: there is no such file or folder \(\S+none\.rw, ENOENT\)\n {8}.+\n$/,
  };
  for (const [name, message] of Object.entries(told)) {
    for (const command of ['import', 'inspect']) {
      const { code, stderr } = await cli.run(command, join(cli.home, name));
      assert.match(stderr, message, command);
      assert.equal(code, 2);
    }
  }
});
