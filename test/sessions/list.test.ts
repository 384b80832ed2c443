import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { withUserPrices } from '../../src/providers/prices.ts';
import { type Home, logPath, sessionFolder } from '../../src/sessions/home.ts';
import { openIndex } from '../../src/sessions/index-db.ts';
import { listSessions } from '../../src/sessions/list.ts';
import { resolveId, resolveSession } from '../../src/sessions/resolve.ts';
import type { NewSession } from '../../src/sessions/writer.ts';
import { sampleExchange } from './sample.ts';
import { record, startSession, temporaryHome } from './temporary-home.ts';

const answer = (input: number, output: number): string =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-4o-2024-08-06',
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'search', arguments: '{"q":"x"}' } },
          ],
        },
      },
    ],
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  });

const JSON_ANSWER = { answerHeaders: [] as const };

async function addSession(home: Home, start: Partial<NewSession>, calls = 1): Promise<string> {
  const writer = startSession(home, start);
  for (let seq = 0; seq < calls; seq++) {
    const exchange = sampleExchange({ seq, ...JSON_ANSWER, chunks: [answer(1000, 100)] });
    const head = { status: 200, reason: 'OK', headers: [['content-type', 'application/json']] as const };
    record(writer, { ...exchange, answer: { ...exchange.answer, head } });
  }
  writer.exit({ at: 1234, code: 0, signal: null });
  await writer.seal();
  return writer.id;
}

/** Four sessions, a minute apart, the newest last. */
async function someSessions(t: TestContext): Promise<{ home: Home; ids: readonly string[] }> {
  const home = temporaryHome(t);
  const starts: readonly Partial<NewSession>[] = [
    { id: `aa11${'0'.repeat(28)}`, name: 'first' },
    { id: `aa22${'0'.repeat(28)}`, name: 'twice', git: { commit: 'c0ffee', branch: 'main', dirty: true } },
    { id: `bb33${'0'.repeat(28)}`, name: 'twice' },
    { id: `cc44${'0'.repeat(28)}`, mode: 'replay', parent: { session: 'aa11' } },
  ];
  const ids = [];
  for (const [i, start] of starts.entries()) {
    ids.push(await addSession(home, { ...start, startedAt: 1_750_000_000_000 + i * 60_000 }, i + 1));
  }
  return { home, ids };
}

test('sessions are listed newest first, with what their calls cost', async t => {
  const { home, ids } = await someSessions(t);
  const listed = listSessions(home);
  assert.deepEqual(
    listed.map(({ id }) => id),
    ids.toReversed(),
  );
  const second = listed.find(({ id }) => id === ids[1])!;
  assert.equal(second.calls, 2);
  assert.equal(second.inputTokens, 2000);
  assert.equal(second.outputTokens, 200);
  assert.deepEqual(second.models, ['gpt-4o-2024-08-06']);
  assert.ok(second.costUsd !== null && Math.abs(second.costUsd - (2 * (1000 * 2.5 + 100 * 10)) / 1e6) < 1e-9);
  assert.equal(second.costIncomplete, false);
  assert.equal(second.commit, 'c0ffee');
  assert.equal(second.durationMs, 1234);
  assert.deepEqual(second.exit, { at: 1234, code: 0, signal: null });
  assert.equal(second.sealed, true);
  assert.deepEqual(
    listSessions(home, { mode: ['replay'] }).map(({ id }) => id),
    [ids[3]],
  );
  assert.deepEqual(
    listSessions(home, { name: 'twice', limit: 1 }).map(({ id }) => id),
    [ids[2]],
  );
  assert.equal(listSessions(home, { since: 1_750_000_060_000 }).length, 3);
});

test('the list is made anew from the logs where its file is gone, torn or behind', async t => {
  const { home, ids } = await someSessions(t);
  const before = listSessions(home);
  rmSync(home.summaries);
  assert.deepEqual(listSessions(home), before);
  assert.deepEqual(listSessions(home), before, 'from the lines that were appended');
  truncateSync(home.summaries, readFileSync(home.summaries).length - 30);
  assert.deepEqual(listSessions(home), before);
  appendFileSync(home.summaries, 'hello\n{"id":"../../x","startedAt":1}\n[]\nnull\n');
  assert.deepEqual(listSessions(home), before);
  rmSync(sessionFolder(home, ids[0]!), { recursive: true });
  assert.equal(listSessions(home).length, 3, 'a session that somebody deleted by hand is gone');
  const dead = 'd'.repeat(32);
  mkdirSync(sessionFolder(home, dead));
  assert.equal(listSessions(home).length, 3, 'a folder without a log hides nothing');
  writeFileSync(logPath(home, dead), 'no log');
  assert.equal(listSessions(home).length, 3);
});

test('a session that is being recorded is listed as it stands', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home, { name: 'running' });
  record(writer, sampleExchange());
  assert.deepEqual(
    listSessions(home).map(({ name, calls, sealed }) => [name, calls, sealed]),
    [['running', 1, false]],
  );
  record(writer, sampleExchange({ seq: 1 }));
  assert.equal(listSessions(home)[0]?.calls, 2);
  await writer.seal();
  assert.deepEqual(
    listSessions(home).map(({ calls, sealed }) => [calls, sealed]),
    [[2, true]],
  );
});

test('a session is named by the beginning of its id, its name, or latest', async t => {
  const { home, ids } = await someSessions(t);
  const found = (ref: string) => resolveSession(home, ref).start.id;
  assert.equal(found('b'), ids[2]);
  assert.equal(found('AA1'), ids[0]);
  assert.equal(found(ids[1]!), ids[1]);
  assert.equal(found('first'), ids[0]);
  assert.equal(found('latest'), ids[2], 'a replay is not meant');
  assert.equal(found('latest-replay'), ids[3]);
  assert.throws(() => found('aa'), {
    code: 'ambiguous-session',
    message: /aa110000 \(first\), aa220000 \(twice\)|aa220000 \(twice\), aa110000 \(first\)/,
  });
  assert.throws(() => found('twice'), { code: 'ambiguous-session', message: /bb330000.*aa220000/ });
  assert.throws(() => found('aa9'), { code: 'no-such-session' });
  assert.throws(() => found('../aa11'), { code: 'no-such-session' });
  assert.throws(() => resolveId(temporaryHome(t), 'latest'), { code: 'no-sessions' });
});

test('a name of hex digits is a name first, unless it is long enough to be meant as an id', async t => {
  const { home, ids } = await someSessions(t);
  const named = await addSession(home, { name: 'bb' });
  assert.equal(resolveId(home, 'bb'), named);
  assert.equal(resolveId(home, 'bb33'), ids[2]);
});

test('the index answers SQL over all calls and follows the logs', async t => {
  const { home, ids } = await someSessions(t);
  const read: number[] = [];
  const index = await openIndex(home, { onProgress: done => read.push(done) });
  assert.deepEqual(read, [1, 2, 3, 4]);
  assert.deepEqual(index.query('SELECT model, count(*) AS n, sum(input_tokens) FROM calls GROUP BY model'), {
    columns: ['model', 'n', 'sum(input_tokens)'],
    rows: [['gpt-4o-2024-08-06', 10, 10_000]],
  });
  assert.deepEqual(index.query("SELECT name, arguments, call_id FROM tools WHERE session LIKE 'aa1%'").rows, [
    ['search', '{"q":"x"}', 'call_1'],
  ]);
  assert.deepEqual(index.query('SELECT id, git_commit, dirty FROM sessions WHERE dirty = 1').rows, [
    [ids[1], 'c0ffee', 1],
  ]);
  assert.deepEqual(
    index.query('SELECT DISTINCT provider, finish_reason, status, tool_calls FROM calls').rows,
    [['openai', 'tool_calls', 200, 1]],
  );
  index.close();

  rmSync(sessionFolder(home, ids[0]!), { recursive: true });
  await addSession(home, {}, 5);
  read.length = 0;
  const again = await openIndex(home, { onProgress: done => read.push(done) });
  assert.deepEqual(read, [1], 'only the new one is read');
  assert.deepEqual(again.query('SELECT count(*) FROM calls').rows, [[14]]);
  again.close();
});

test('the index follows a session while it is recorded', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  for (const calls of [1, 2, 3]) {
    record(writer, sampleExchange({ seq: calls - 1 }));
    const index = await openIndex(home);
    assert.deepEqual(index.query('SELECT count(*) FROM calls').rows, [[calls]]);
    index.close();
  }
  await writer.seal();
});

test('costs follow the price table', async t => {
  const { home } = await someSessions(t);
  const costs = async (input: number) => {
    const prices = withUserPrices({ 'gpt-4o*': { input, output: 0 } });
    const index = await openIndex(home, { prices });
    const { rows } = index.query(
      'SELECT sum(cost_usd) FROM calls UNION ALL SELECT sum(cost_usd) FROM sessions',
    );
    index.close();
    return rows.map(([cost]) => Math.round(Number(cost) * 1000) / 1000);
  };
  assert.deepEqual(await costs(1), [0.01, 0.01]);
  assert.deepEqual(await costs(5), [0.05, 0.05], '10,000 tokens at five dollars a million');
  assert.deepEqual(await costs(1), [0.01, 0.01]);
});

test('a damaged or foreign index is built anew', async t => {
  const { home } = await someSessions(t);
  (await openIndex(home)).close();
  const whole = readFileSync(home.index);
  for (const damaged of [
    Buffer.from('no database'),
    whole.subarray(0, whole.length / 2),
    Buffer.alloc(0),
    Buffer.alloc(8192, 7),
  ]) {
    writeFileSync(home.index, damaged);
    const index = await openIndex(home);
    assert.deepEqual(index.query('SELECT count(*) FROM calls').rows, [[10]]);
    index.close();
  }
});

test('the index cannot be written through a query', async t => {
  const { home } = await someSessions(t);
  const index = await openIndex(home);
  const writes = [
    'DELETE FROM calls',
    'WITH x AS (SELECT 1) DELETE FROM calls',
    '/* SELECT */ DROP TABLE calls',
    '-- select\nUPDATE calls SET model = 1',
    'PRAGMA query_only = OFF',
    `ATTACH '${join(home.path, 'x')}' AS x`,
    'CREATE TABLE x (y)',
    'VACUUM',
  ];
  for (const sql of writes) assert.throws(() => index.query(sql), { code: 'read-only-index' }, sql);
  assert.throws(() => index.query('SELECT 1; SELECT 2'), { code: 'bad-sql' });
  assert.throws(() => index.query('SELECT * FROM nowhere'), { code: 'bad-sql', message: /no such table/ });
  assert.throws(() => index.query('SELECT'), { code: 'bad-sql' });
  assert.deepEqual(index.query(' -- all\nselect count(*) as n from calls; '), {
    columns: ['n'],
    rows: [[10]],
  });
  index.close();
});
