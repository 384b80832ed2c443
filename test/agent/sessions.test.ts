import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { readCassetteFile } from '../../src/sessions/cassette.ts';
import type { SessionReader } from '../../src/sessions/session.ts';
import { Tape } from '../../src/tape/tape.ts';
import { commandLine } from '../cli/command-line.ts';
import { PYTHON, withoutPackages } from '../clients/python-packages.ts';
import { type AgentBench, agentBench, program, projectFolder } from './agent-bench.ts';

const contentOf = (session: SessionReader): string[] =>
  [...session.exchanges()].map(({ request }) => {
    const { messages } = JSON.parse(Buffer.from(request.body).toString()) as {
      messages: { content: string }[];
    };
    return messages[0]!.content;
  });

const commands: Readonly<Record<string, (agent: AgentBench) => readonly string[]>> = {
  Python: () => [PYTHON, program('sessions.py')],
  Node: ({ bench }) => {
    const file = join(projectFolder(bench), 'sessions.mjs');
    copyFileSync(program('sessions.mjs'), file);
    return [process.execPath, file];
  },
};

test('the export of a run says which of its named parts are not in the file', async t => {
  const { bench } = await agentBench(t);
  const cli = commandLine(t);
  const emulator = await startEmulator({});
  t.after(() => emulator.close());
  const file = join(projectFolder(bench), 'sessions.mjs');
  copyFileSync(program('sessions.mjs'), file);
  const upstream = `api.openai.com=${emulator.url}`;
  const { code, stderr } = await cli.run('record', '--name', 'all', '-u', upstream, process.execPath, file);
  assert.equal(code, 0, stderr);
  const [whole, part] = ['all.rw', 'refund.rw'].map(name => join(cli.home, name)) as [string, string];
  assert.match(
    (await cli.run('export', 'all', '-o', whole)).stderr,
    /not in the file: .*refund \([0-9a-f]{8}\)/,
  );
  const { parts } = (await cli.json('export', 'all', '-o', whole)) as {
    parts: { id: string; name: string }[];
  };
  assert.deepEqual(parts.map(({ name }) => name).sort(), ['order, größer', 'refund', 'refund']);
  assert.equal(readCassetteFile(whole).length, 1, 'what is outside of them');
  await cli.run('export', parts.find(({ name }) => name === 'refund')!.id, '-o', part);
  assert.equal(readCassetteFile(part).length, 1);
});

for (const [language, commandOf] of Object.entries(commands)) {
  const skip = language === 'Python' ? (withoutPackages('openai') ?? false) : false;
  test(`sessions that code names, side by side: ${language}`, { skip }, async t => {
    const agent = await agentBench(t);
    const command = commandOf(agent);
    const unnamed = await agent.record(command);
    assert.equal(unnamed.exchanges.length, 5, unnamed.stderr);
    assert.deepEqual(unnamed.named, []);

    const parts = new Map<string, Tape[]>();
    const recorded = await agent.bench.run(command, {
      env: { PYTHONPATH: join(import.meta.dirname, '../../python') },
      responder: new Tape(unnamed.session),
      named: () => new Tape(unnamed.session),
    });
    assert.equal(recorded.stdout, unnamed.stdout, recorded.stderr);
    assert.deepEqual(contentOf(recorded.session), ['outside']);
    const named = recorded.named.map(part => [part.start.name, contentOf(part)] as const);
    assert.deepEqual(named.map(([name]) => name).sort(), ['order, größer', 'refund', 'refund']);
    assert.deepEqual(named.map(([, said]) => said.join()).sort(), ['one', 'three,three again', 'two']);
    for (const part of recorded.named) {
      assert.equal(part.start.within, recorded.session.start.id);
      assert.ok(part.sealed);
      // The header was for the proxy alone.
      for (const { request } of part.exchanges())
        assert.ok(!request.headers.some(([name]) => name.toLowerCase() === 'rewind-session'));
    }
    if (language === 'Python')
      assert.deepEqual(recorded.named.map(({ tools }) => tools.length).sort(), [0, 1, 1]);

    // Each beginning of a name has the tape of the same beginning.
    const replayed = await agent.bench.run(command, {
      env: { PYTHONPATH: join(import.meta.dirname, '../../python') },
      responder: new Tape(recorded.session),
      named: (name, nth) => {
        const tape = new Tape(recorded.named.filter(({ start }) => start.name === name)[nth]!);
        parts.set(name, [...(parts.get(name) ?? []), tape]);
        return tape;
      },
      runner: { mode: 'replay' },
    });
    assert.equal(replayed.stdout, recorded.stdout, replayed.stderr);
    for (const tape of [...parts.values()].flat())
      assert.deepEqual(Object.keys(tape.report().answers), ['EXACT']);
    assert.equal([...parts.values()].flat().length, 3);
  });
}
