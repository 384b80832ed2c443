/** Homes that cannot be written, for real: another user's, a read-only mount, a full one. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { provider, quickstart, root } from './command-line.ts';

const main = join(root, 'src/cli/main.ts');
const isRoot = process.getuid?.() === 0;
const skip = !isRoot && 'only root can mount, or be somebody else';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: readonly string[], home: string, uid?: number): Promise<Ended> {
  const [file = '', ...args] = command;
  const env = {
    ...process.env,
    REWIND_HOME: home,
    OPENAI_API_KEY: 'sk-test-0123456789abcdefghij',
    NODE_TEST_CONTEXT: undefined,
    NODE_COMPILE_CACHE: undefined,
    HOME: home,
  };
  return new Promise(resolve => {
    execFile(
      file,
      args,
      { env, ...(uid === undefined ? {} : { uid, gid: uid }) },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
      },
    );
  });
}

const rewind = (...args: string[]) => [process.execPath, main, ...args];

/** `command` in a mount namespace of its own, with a small disk at `home` made by `mount`'s options. */
const onDisk = (home: string, options: string, then: string, command: readonly string[]) => [
  ...[
    'unshare',
    '--mount',
    'sh',
    '-c',
    `mount -t tmpfs -o ${options} rewind "${home}" && ${then} exec "$@"`,
    'sh',
  ],
  ...command,
];

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'rewind-disk-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const NOBODY = 65534;
/** Rewind's own failure, not the command's (docs/cli.md). */
const EXIT_OF_REWIND = 125;

test("a home that is somebody else's: one clear error before the command runs", { skip }, async t => {
  const { upstream } = await provider(t);
  const home = join(folder(t), 'home');
  mkdirSync(home);
  chmodSync(join(home, '..'), 0o755);
  chmodSync(home, 0o555);
  const recorded = await run(rewind('record', ...upstream, '--', process.execPath, quickstart), home, NOBODY);
  assert.equal(recorded.code, EXIT_OF_REWIND, recorded.stderr);
  assert.match(
    recorded.stderr,
    /^rewind: .*permission denied.*\n {8}Make the folder writable, or set REWIND_HOME/,
  );
  assert.equal(recorded.stdout, '');
  const listed = await run(rewind('list'), home, NOBODY);
  assert.equal(listed.code, 0, listed.stderr);
});

test('a home that cannot be made: one clear error, at once', async t => {
  const file = join(folder(t), 'file');
  writeFileSync(file, '');
  for (const home of [file, join(file, 'below'), '/proc/nothing/here']) {
    const { code, stderr } = await run(rewind('record', '--', process.execPath, '--version'), home);
    assert.equal(code, EXIT_OF_REWIND, stderr);
    assert.match(stderr, /^rewind: Cannot open the Rewind home: .*\n {8}\S/, home);
  }
});

test('a home on a read-only disk is read, and not recorded to', { skip }, async t => {
  const { upstream } = await provider(t);
  const home = folder(t);
  const readOnly = 'mkdir -p "$REWIND_HOME/sessions" && mount -o remount,ro "$REWIND_HOME" &&';
  const recorded = await run(
    onDisk(home, 'size=1m', readOnly, rewind('record', ...upstream, '--', process.execPath, quickstart)),
    home,
  );
  assert.equal(recorded.code, EXIT_OF_REWIND, recorded.stderr);
  assert.match(
    recorded.stderr,
    /^rewind: The local CA cannot be kept in .*\n {8}Make the folder writable, or set REWIND_HOME/,
  );
  const listed = await run(onDisk(home, 'size=1m', readOnly, rewind('list', '--json')), home);
  assert.deepEqual([listed.code, listed.stdout.trim()], [0, '[]'], listed.stderr);
});

test('a full disk behind stdout is told in one message', {
  skip: !existsSync('/dev/full') && 'no /dev/full',
}, async t => {
  const command = ['sh', '-c', '"$@" >/dev/full', 'sh', ...rewind('help', 'exit-codes')];
  const { code, stderr } = await run(command, folder(t));
  assert.deepEqual(
    [code, stderr],
    [2, 'rewind: stdout cannot be written: ENOSPC\n        Check the disk of the file that it leads to.\n'],
  );
});

test('a disk that is full: the agent runs to its end, the user is told, what was complete is kept', {
  skip,
}, async t => {
  const { upstream } = await provider(t);
  const home = folder(t);
  // Room for the certificates and some of the session, not for all of it.
  const fill = 'head -c 24k /dev/zero >"$REWIND_HOME/ballast" &&';
  const recordThenList = `"$@"; echo "exit $?"; rm "$REWIND_HOME/ballast"; ${rewind('list', '--json').join(' ')}`;
  const { stdout, stderr } = await run(
    onDisk(home, 'size=64k', fill, [
      ...['sh', '-c', recordThenList, 'sh'],
      ...rewind('record', ...upstream, '--', process.execPath, quickstart),
    ]),
    home,
  );
  assert.match(stdout, /refunded/i, 'the agent has answered its customer');
  assert.match(stdout, /^exit 0$/m, stderr);
  assert.match(stderr, /Recording stopped, the run goes on\. .*the disk is full/);
  const [session] = JSON.parse(stdout.slice(stdout.indexOf('\n[') + 1)) as { calls: number }[];
  assert.ok(session, stdout);
});
