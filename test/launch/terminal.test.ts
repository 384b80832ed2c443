import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadPty } from '../../src/launch/terminal-process.ts';
import { openHome } from '../../src/sessions/home.ts';
import { readSession } from '../../src/sessions/reader.ts';

const driver = fileURLToPath(new URL('run-inherited.ts', import.meta.url));
const pty = await loadPty();

describe('on a terminal', { skip: pty ? false : 'no @lydell/node-pty for this platform' }, () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rewind-terminal-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  interface Screen {
    readonly text: () => string;
    readonly type: (keys: string) => void;
    readonly resize: (columns: number, rows: number) => void;
    readonly seen: (pattern: RegExp) => Promise<void>;
    readonly ended: Promise<number>;
  }

  /** Runs a line of bash in a terminal; `rewind` in it stands for our driver. */
  function terminal(line: string): Screen {
    assert.ok(pty);
    const rewind = `'${process.execPath}' '${driver}' '${join(folder, 'home')}'`;
    const env = { ...process.env, RESULT_FILE: join(folder, 'result.json'), TERM: 'xterm', PS1: '' };
    const shell = pty.spawn('bash', ['-c', line.replaceAll('rewind', rewind)], {
      cols: 77,
      rows: 21,
      cwd: folder,
      env,
    });
    let text = '';
    let changed: () => unknown = () => undefined;
    shell.onData(data => {
      text += data;
      changed();
    });
    const ended = new Promise<number>(resolve => shell.onExit(({ exitCode }) => resolve(exitCode)));
    return {
      text: () => text,
      type: keys => shell.write(keys),
      resize: (columns, rows) => shell.resize(columns, rows),
      seen: pattern =>
        new Promise((resolve, reject) => {
          changed = () => pattern.test(text) && resolve();
          changed();
          ended.then(() =>
            pattern.test(text) ? resolve() : reject(new Error(`${pattern} not in ${JSON.stringify(text)}`)),
          );
        }),
      ended,
    };
  }

  const recorded = async () => {
    const { id } = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')) as { id: string };
    const { output } = readSession(openHome(join(folder, 'home')), id);
    return Buffer.concat(output.map(piece => piece.bytes)).toString();
  };

  const streams = `python3 -c 'import os,sys; print(*[os.isatty(n) for n in (0, 1, 2)], *os.get_terminal_size())'`;

  test('the agent sees a terminal of the same size, and its output is recorded', async () => {
    const screen = terminal(`rewind ${streams}; stty -a`);
    await screen.ended;
    assert.match(screen.text(), /^True True True 77 21\r\n/);
    assert.match(screen.text(), / icanon .* echo /s, 'the terminal is as it was');
    assert.equal(await recorded(), 'True True True 77 21\r\n');
  });

  test('typed text arrives once and is echoed once', async () => {
    const screen = terminal(`rewind python3 -c "print('hello', input('name? '))"`);
    await screen.seen(/name\? /);
    screen.type('Ada\r');
    await screen.ended;
    assert.equal(screen.text(), 'name? Ada\r\nhello Ada\r\n');
  });

  test('Ctrl-C interrupts the agent, and the terminal is given back', async () => {
    // A shell that is about to become its last command may lose a signal; one that loops is a shell all the time.
    const screen = terminal(
      `rewind sh -c 'echo ready; while :; do sleep 0.2; done'; echo "code $?"; stty -a`,
    );
    await screen.seen(/ready/);
    screen.type('\x03');
    await screen.ended;
    assert.match(screen.text(), /code 130\r\n/);
    assert.match(screen.text(), / icanon .* echo /s);
  });

  test('Ctrl-C reaches an agent that handles it once', async () => {
    const screen = terminal(
      `rewind sh -c 'trap "echo got; exit 5" INT; echo ready; while :; do sleep 0.05; done'; echo "code $?"`,
    );
    await screen.seen(/ready/);
    screen.type('\x03');
    await screen.ended;
    assert.match(screen.text(), /ready\r\n\^Cgot\r\ncode 5\r\n/);
  });

  test('a new size reaches the agent', async () => {
    const screen = terminal(
      `rewind bash -c 'trap "tput cols; exit" WINCH; echo ready; while :; do sleep 0.05; done'`,
    );
    await screen.seen(/ready/);
    screen.resize(55, 20);
    await screen.ended;
    assert.match(screen.text(), /55\r\n/);
  });

  test('Ctrl-Z stops agent and Rewind, and fg goes on', async t => {
    if (process.platform !== 'linux') return t.skip('needs /proc');
    const screen = terminal(
      `set -m; rewind sh -c 'echo ready; read line; echo "read $line"'; echo "stopped $?"; stty -a | grep -o ' echo '; fg; echo "code $?"`,
    );
    await screen.seen(/ready/);
    screen.type('\x1a');
    await screen.seen(/stopped 14\d\r\n.* echo .*run-inherited/s);
    screen.type('on\r');
    await screen.ended;
    assert.match(screen.text(), /read on\r\ncode 0\r\n/);
  });

  test('death by signal is mirrored, and the terminal is given back', async () => {
    const screen = terminal(`rewind sh -c 'kill -9 $$'; echo "code $?"; stty -a`);
    await screen.ended;
    assert.match(screen.text(), /code 137\r\n/);
    assert.match(screen.text(), / icanon .* echo /s);
  });

  test('with one stream piped away the others stay the terminal, and the user is told what is not recorded', async () => {
    const screen = terminal(`rewind python3 -c 'import os; print(*map(os.isatty, (0, 1, 2)))' | cat`);
    await screen.ended;
    assert.match(screen.text(), /^True False True\r\n/);
    const { notices } = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')) as {
      notices: string[];
    };
    assert.deepEqual(notices, ['stderr went to the terminal and could not be recorded.']);
  });
});
