import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openHome } from '../../src/sessions/home.ts';
import { readSession } from '../../src/sessions/reader.ts';

const driver = fileURLToPath(new URL('run-inherited.ts', import.meta.url));

describe('standard streams, exit codes and signals pass through', () => {
  let folder: string;
  const resultFile = () => join(folder, 'result.json');
  const wrap = (...command: string[]) => [driver, join(folder, 'home'), ...command];
  const options = () => ({ cwd: folder, env: { ...process.env, RESULT_FILE: resultFile() } });
  const run = (command: readonly string[], input: string | Buffer = '') =>
    spawnSync(process.execPath, wrap(...command), { ...options(), input, maxBuffer: 1e9 });
  /** The session that the last run recorded. */
  const session = () => {
    const { id } = JSON.parse(readFileSync(resultFile(), 'utf8')) as { id: string };
    return readSession(openHome(join(folder, 'home')), id);
  };
  const recorded = (stream: 'stdout' | 'stderr') =>
    Buffer.concat(
      session()
        .output.filter(piece => piece.stream === stream)
        .map(piece => piece.bytes),
    );

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rewind-streams-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('stdin reaches the agent, output comes back byte for byte, and both streams are recorded', () => {
    const bytes = Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 256));
    const { stdout, stderr, status } = run(['sh', '-c', 'cat; printf "\\377err" >&2; exit 7'], bytes);
    assert.equal(status, 7);
    assert.deepEqual(stdout, bytes);
    assert.deepEqual(stderr, Buffer.from([0xff, ...Buffer.from('err')]));
    assert.deepEqual(recorded('stdout'), bytes);
    assert.deepEqual(recorded('stderr'), stderr);
    assert.deepEqual(session().exit?.code, 7);
  });

  test('a large output arrives whole', () => {
    const { stdout } = run(['sh', '-c', 'head -c 20000000 /dev/zero | tr "\\0" x']);
    const expected = createHash('sha256').update('x'.repeat(20_000_000)).digest('hex');
    assert.equal(createHash('sha256').update(stdout).digest('hex'), expected);
    assert.equal(recorded('stdout').length, 20_000_000);
  });

  test('streams are real pipes: /dev/stdout can be opened again', () => {
    const { stdout, stderr } = run(['sh', '-c', 'echo a >/dev/stdout; echo b >/dev/stderr']);
    assert.equal(stdout.toString(), 'a\n');
    assert.equal(stderr.toString(), 'b\n');
  });

  test('with 2>&1 the order of both streams is kept', async () => {
    const loop = 'for i in 1 2 3 4 5 6 7 8 9; do echo out$i; echo err$i >&2; done';
    const words = wrap('sh', '-c', loop).map(word => `'${word}'`);
    const { stdout } = spawnSync('sh', ['-c', `'${process.execPath}' ${words.join(' ')} 2>&1`], options());
    const expected = Array.from({ length: 9 }, (_, index) => `out${index + 1}\nerr${index + 1}\n`).join('');
    assert.equal(stdout.toString(), expected);
  });

  test('a reader that goes away ends the agent as it would without us', () => {
    const words = wrap('yes').map(word => `'${word}'`);
    const script = `'${process.execPath}' ${words.join(' ')} | head -n 2; echo "\${PIPESTATUS[0]}"`;
    const { stdout } = spawnSync('bash', ['-c', script], options());
    assert.equal(stdout.toString(), 'y\ny\n141\n');
  });

  test('a slow reader holds the agent back, not the memory', () => {
    const words = wrap('sh', '-c', 'head -c 3000000 /dev/zero').map(word => `'${word}'`);
    const { stdout } = spawnSync(
      'bash',
      ['-c', `'${process.execPath}' ${words.join(' ')} | (sleep 1; wc -c)`],
      options(),
    );
    assert.equal(stdout.toString().trim(), '3000000');
  });

  test('death by signal is mirrored', () => {
    for (const signal of ['SIGTERM', 'SIGKILL', 'SIGINT', 'SIGHUP'] as const) {
      const end = run(['sh', '-c', `kill -${signal.slice(3)} $$; sleep 5`]);
      assert.equal(end.signal, signal);
      assert.equal(session().exit?.signal, signal);
    }
  });

  test('what cannot be started gets a shell’s exit code and a sentence', async () => {
    const missing = run(['no-such-command-anywhere']);
    assert.equal(missing.status, 127);
    assert.match(missing.stderr.toString(), /no command "no-such-command-anywhere" on PATH/);
    await writeFile(join(folder, 'not-executable'), 'text');
    assert.equal(run(['./not-executable']).status, 126);
    await writeFile(join(folder, 'bad-interpreter'), '#!/no/such/interpreter\n', { mode: 0o755 });
    assert.equal(run(['./bad-interpreter']).status, 127);
  });

  test('signals to us reach the agent', async () => {
    const script =
      'for s in TERM HUP USR1 USR2 QUIT INT; do trap "echo $s; exit 3" $s; done; echo ready; while :; do sleep 0.05; done';
    const sendOne = async (signal: NodeJS.Signals) => {
      // A session of its own: no terminal, whose foreground would say that a Ctrl-C has reached the agent already.
      const child = spawn(process.execPath, wrap('sh', '-c', script), { ...options(), detached: true });
      let text = '';
      child.stdout.on('data', (bytes: Buffer) => {
        text += bytes;
        if (text === 'ready\n') child.kill(signal);
      });
      const code = await new Promise(resolve => child.once('close', resolve));
      assert.equal(text, `ready\n${signal.slice(3)}\n`);
      assert.equal(code, 3);
    };
    const signals = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT', 'SIGINT'] as const;
    await Promise.all(signals.map(sendOne));
  });

  test('a second Ctrl-C ends an agent that ignores the first', async () => {
    const script = 'trap "echo got" INT; echo ready; while :; do sleep 0.05; done';
    const child = spawn(process.execPath, wrap('sh', '-c', script), { ...options(), detached: true });
    let text = '';
    child.stdout.on('data', (bytes: Buffer) => {
      text += bytes;
      child.kill('SIGINT');
    });
    const signal = await new Promise(resolve => child.once('close', (_code, name) => resolve(name)));
    assert.equal(signal, 'SIGKILL');
    assert.equal(text, 'ready\ngot\n');
  });

  test('a process left behind with our streams does not keep us', () => {
    const { stdout, status } = run(['sh', '-c', 'sleep 60 & echo $!; exit 4']);
    process.kill(Number(stdout.toString()), 'SIGKILL');
    assert.equal(status, 4);
  });
});
