import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Home } from '../../src/sessions/home.ts';
import { listSessions } from '../../src/sessions/list.ts';
import { readSession } from '../../src/sessions/reader.ts';
import { randomExchange } from './random-exchange.ts';
import { temporaryHome } from './temporary-home.ts';

const child = fileURLToPath(new URL('./children/record-forever.ts', import.meta.url));
const CHILDREN = 30;
const SESSIONS = 10;

/** What a child said before it was killed, as `kind n value`. */
async function killAtRandom(home: Home): Promise<string[]> {
  const process_ = spawn(process.execPath, [child, home.path, String(SESSIONS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = text(process_.stdout);
  await once(process_.stdout, 'readable');
  await new Promise(resolve => setTimeout(resolve, Math.random() * 120));
  process_.kill('SIGKILL');
  return (await said).split('\n').slice(0, -1);
}

test(`kill -9 at ${CHILDREN * SESSIONS} places loses nothing that was acknowledged`, async t => {
  const home = temporaryHome(t);
  let requests = 0;
  let answers = 0;
  for (let i = 0; i < CHILDREN; i++) {
    const lines = (await killAtRandom(home)).map(line => line.split(' '));
    const ids = new Map(lines.filter(([kind]) => kind === 'start').map(([, n, id]) => [n, id!]));
    for (const [n, id] of ids) {
      const seqs = (kind: string) =>
        lines.filter(line => line[0] === kind && line[1] === n).map(line => Number(line[2]));
      // Read as it was left, which packs it; and read packed.
      for (const session of [readSession(home, id), readSession(home, id)]) {
        assert.equal(session.sealed, false);
        for (const { seq, request, answer } of session.exchanges()) {
          const wrote = randomExchange(Number(n), seq);
          assert.deepEqual(request, wrote.request);
          if (answer.end.kind === 'complete') assert.deepEqual(answer, wrote.answer);
          else assert.deepEqual(answer.chunks, wrote.answer.chunks.slice(0, answer.chunks.length));
        }
        for (const seq of seqs('request')) assert.ok(session.exchange(seq), `request ${seq} is there`);
        for (const seq of seqs('end')) assert.equal(session.exchange(seq).answer.end.kind, 'complete');
      }
      requests += seqs('request').length;
      answers += seqs('end').length;
    }
  }
  assert.ok(requests > CHILDREN * SESSIONS, `only ${requests} requests were acknowledged`);
  assert.ok(answers > CHILDREN, `only ${answers} answers were acknowledged`);
  const listed = listSessions(home);
  assert.ok(listed.length > CHILDREN && listed.every(({ sealed }) => !sealed));
  t.diagnostic(`${listed.length} logs, ${requests} requests and ${answers} answers acknowledged, all there`);
});

test('two recorders at once write two whole sessions', async t => {
  const home = temporaryHome(t);
  const both = [1, 2].map(() =>
    spawn(process.execPath, [child, home.path, '2', '40'], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const said = await Promise.all(both.map(({ stdout }) => text(stdout)));
  for (const lines of said.map(all => all.split('\n').map(line => line.split(' ')))) {
    for (const [, n, id] of lines.filter(([kind]) => kind === 'start')) {
      const session = readSession(home, id!);
      // Never sealed; whether its process is gone already is a matter of luck.
      const others = session.warnings.filter(warning => !warning.includes('broke off'));
      assert.deepEqual(others, []);
      assert.equal(session.length, 40);
      for (const exchange of session.exchanges()) {
        assert.deepEqual(exchange, { ...randomExchange(Number(n), exchange.seq), at: exchange.seq });
      }
    }
  }
  assert.equal(listSessions(home).length, 4);
});
