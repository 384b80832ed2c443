import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { RewindError } from '../../src/errors.ts';
import { Bench } from './agent-run.ts';

const call = (path: string) => `fetch('https://api.openai.com${path}', { method: 'POST', body: '{}' })`;
const node = (script: string) => [process.execPath, '-e', script];

describe('the runner', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open();
  });
  after(() => bench.close());

  test('gives a sealed session with command, folder, exchanges, output and exit', async () => {
    const command = node(`${call('/v1/chat/completions')}.then(async r => console.log((await r.json()).id))`);
    const run = await bench.run(command, { name: 'first' });
    assert.equal(run.exitCode, 0);
    assert.equal(run.stdout, 'chatcmpl-1\n');
    const { session } = run;
    assert.ok(session.sealed);
    assert.deepEqual(session.start.command, command);
    assert.equal(session.start.cwd, bench.folder);
    assert.equal(session.start.name, 'first');
    assert.equal(session.start.mode, 'record');
    assert.equal(session.exit?.code, 0);
    assert.equal(run.exchanges[0]?.request.host, 'api.openai.com');
    assert.equal(run.exchanges[0]?.answer.end.kind, 'complete');
  });

  test('a port other than 443 survives the routing', async () => {
    const run = await bench.run(
      node(`fetch('https://api.openai.com:8443/v1/x', { method: 'POST', body: '{}' })`),
    );
    assert.equal(run.exchanges[0]?.request.host, 'api.openai.com:8443');
  });

  test('several runs at once keep their calls apart', async () => {
    const paths = ['/v1/a', '/v1/b', '/v1/c'];
    const runs = await Promise.all(
      paths.map(path => bench.run(node(`${call(path)}.then(() => ${call(path)})`))),
    );
    assert.deepEqual(
      runs.map(run => run.exchanges.map(({ request }) => request.path)),
      paths.map(path => [path, path]),
    );
  });

  test('a run out of time is ended, politely where the agent listens, else hard', async () => {
    const polite = await bench.run(['sh', '-c', 'trap "echo bye; exit 9" TERM; sleep 60 & wait'], {
      timeoutMs: 300,
    });
    assert.ok(polite.timedOut);
    assert.equal(polite.exitCode, 9);
    assert.equal(polite.stdout, 'bye\n');
    const stubborn = await bench.run(['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'], {
      timeoutMs: 300,
    });
    assert.ok(stubborn.timedOut);
    assert.equal(stubborn.exitSignal, 'SIGKILL');
  });

  test('an abort ends the run with all its children', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 500);
    const run = await bench.run(['sh', '-c', 'sleep 61.25 & sleep 61.25'], { signal: controller.signal });
    assert.equal(run.exitSignal, 'SIGTERM');
    assert.equal(run.timedOut, false);
    const left = execFileSync('ps', ['-eo', 'args'])
      .toString()
      .split('\n')
      .filter(line => line === 'sleep 61.25');
    assert.deepEqual(left, []);
  });

  test('git commit, branch and dirtiness of the folder are noted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rewind-git-'));
    try {
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
          cwd: folder,
        }).toString();
      git('init', '-q', '-b', 'topic');
      await writeFile(join(folder, 'a'), '1');
      git('add', 'a');
      git('commit', '-q', '-m', 'one');
      const commit = git('rev-parse', 'HEAD').trim();
      const clean = await bench.run(['true'], { cwd: folder });
      assert.deepEqual(clean.session.start.git, { commit, branch: 'topic', dirty: false });
      await writeFile(join(folder, 'a'), '2');
      const dirty = await bench.run(['true'], { cwd: folder });
      assert.deepEqual(dirty.session.start.git, { commit, branch: 'topic', dirty: true });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('the environment is noted as a digest: same for the same, no value in it', async () => {
    const digest = async (env: Record<string, string>) =>
      (await bench.run(['true'], { env })).session.start.environment;
    const first = await digest({ AGENT_SECRET: 'open-sesame' });
    assert.deepEqual(await digest({ AGENT_SECRET: 'open-sesame', TERM: 'other' }), first);
    assert.notEqual((await digest({ AGENT_SECRET: 'else' }))?.digest, first?.digest);
    assert.ok(!JSON.stringify(first).includes('sesame'));
  });

  test('a command that does not exist makes no session', async () => {
    const before = readdirSync(join(bench.home, 'sessions')).length;
    await assert.rejects(
      bench.run(['no-such-command-anywhere']),
      (error: unknown) => error instanceof RewindError && error.code === 'command-not-found',
    );
    assert.equal(readdirSync(join(bench.home, 'sessions')).length, before);
  });

  test('a process left behind may end the request it has begun', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      const inner = ${JSON.stringify(`${call('/v1/left-behind')}.then(r => r.text())`)};
      spawn(process.execPath, ['-e', inner], { detached: true, stdio: 'ignore' }).unref();
      setTimeout(() => {}, 1500);`;
    const run = await bench.run(node(script));
    assert.deepEqual(
      run.exchanges.map(({ request, answer }) => [request.path, answer.end.kind]),
      [['/v1/left-behind', 'complete']],
    );
  });

  test('a gateway that the environment names is intercepted too', async () => {
    const env = { OPENAI_BASE_URL: 'https://gateway.example.com:8443/llm/v1' };
    const script = `fetch(process.env.OPENAI_BASE_URL + '/chat/completions', { method: 'POST', body: '{}' })`;
    const run = await bench.run(node(script), { env });
    assert.equal(run.exchanges[0]?.request.host, 'gateway.example.com:8443');
    assert.deepEqual(run.session.start.extraHosts, ['gateway.example.com:8443=openai']);
  });

  test('with base URLs, a client without proxy, hook or CA is recorded', async () => {
    const script = `
      const { execFileSync } = require('node:child_process');
      const { OPENAI_BASE_URL, ANTHROPIC_BASE_URL } = process.env;
      const inner = 'Promise.all([fetch(process.argv[1] + "/chat/completions", {method: "POST", body: "{}"}), fetch(process.argv[2] + "/v1/messages", {method: "POST", body: "{}"})]).then(() => process.exit(0))';
      execFileSync(process.execPath, ['-e', inner, OPENAI_BASE_URL, ANTHROPIC_BASE_URL], { env: {} });`;
    const run = await bench.run(node(script), { runner: { baseUrls: true } });
    assert.equal(run.exitCode, 0, run.stderr);
    assert.deepEqual(
      run.exchanges.map(({ request }) => `${request.scheme}://${request.host}${request.path}`).sort(),
      ['https://api.anthropic.com/v1/messages', 'https://api.openai.com/v1/chat/completions'],
    );
  });

  test('call sites are found behind base URLs too', async () => {
    const runner = { baseUrls: true };
    const script = 'fetch(process.env.OPENAI_BASE_URL + "/x", { method: "POST", body: "{}" });';
    const agent = join(bench.folder, 'base.cjs');
    await writeFile(agent, `\n${script}\n`);
    const viaNode = await bench.run([process.execPath, agent], { runner });
    assert.deepEqual(
      viaNode.sites[0]?.frames.map(({ line }) => line),
      [2],
      viaNode.stderr,
    );
    const python = join(bench.folder, 'base.py');
    await writeFile(
      python,
      'import os, urllib.request\nurllib.request.urlopen(os.environ["OPENAI_BASE_URL"] + "/x", b"{}")\n',
    );
    const viaPython = await bench.run(['python3', python], { runner });
    assert.deepEqual(
      viaPython.sites[0]?.frames.map(({ line }) => line),
      [2],
      viaPython.stderr,
    );
  });

  test('nothing is left in the temporary folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rewind-tmp-'));
    const before = process.env.TMPDIR;
    process.env.TMPDIR = folder;
    try {
      await bench.run(['true']);
      assert.deepEqual(readdirSync(folder), []);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      await rm(folder, { recursive: true, force: true });
    }
  });
});
