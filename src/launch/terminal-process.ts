import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import type { AgentProcess, ProcessEnd, StartOptions } from './agent-process.ts';
import { DescriptorWriter } from './descriptor-writer.ts';
import { processStatus } from './process-status.ts';
import { type TerminalMode, terminalMode } from './terminal-mode.ts';

type Pty = typeof import('@lydell/node-pty');

const ctrlZ = 0x1a;
const SIGTSTP = constants.signals.SIGTSTP;

/** node-pty is an optional dependency with a native part: undefined where it is missing or does not load. */
export async function loadPty(): Promise<Pty | undefined> {
  try {
    return await import('@lydell/node-pty');
  } catch {
    return undefined;
  }
}

/**
 * Starts an agent on a terminal of its own, between which and the user's we pass bytes: so output that is written to a
 * terminal is recorded, and the agent still sees one. Keys go through as they are; the agent's terminal makes signals
 * of them.
 */
export function startOnTerminal(pty: Pty, options: StartOptions): AgentProcess {
  const mode = terminalMode();
  const sink = new DescriptorWriter(1);
  const size = () => ({ cols: process.stdout.columns || 80, rows: process.stdout.rows || 24 });
  mode.raw();
  const restore = () => mode.restore();
  process.once('exit', restore);
  let child: import('@lydell/node-pty').IPty;
  try {
    child = pty.spawn(options.file, options.command.slice(1), {
      name: options.env.TERM ?? 'xterm-256color',
      ...size(),
      cwd: options.cwd,
      env: options.env,
      encoding: null,
    });
  } catch (error) {
    mode.restore();
    process.off('exit', restore);
    throw error;
  }

  child.onData(data => {
    const bytes = Buffer.from(data);
    options.onOutput('stdout', bytes);
    child.pause();
    sink.write(bytes).then(() => child.resume());
  });
  const onKeys = (keys: Buffer) => {
    (child as { write(data: string | Buffer): void }).write(keys); // declared for text only
    if (keys.includes(ctrlZ)) stopWithAgent(child.pid, mode);
  };
  const onResize = () => {
    const { cols, rows } = size();
    child.resize(cols, rows);
  };
  process.stdin.on('data', onKeys);
  process.stdin.resume();
  process.stdout.on('resize', onResize);
  const onContinue = () => {
    mode.raw();
    onResize();
    signalGroup(child.pid, 'SIGCONT');
  };
  process.on('SIGCONT', onContinue);

  const ended = new Promise<ProcessEnd>(resolve => {
    child.onExit(({ exitCode, signal }) => {
      const name = signalName(signal);
      resolve(name ? { code: null, signal: name } : { code: exitCode, signal: null });
    });
  }).then(async end => {
    await sink.flushed();
    process.stdin.off('data', onKeys);
    process.stdin.pause();
    process.stdout.off('resize', onResize);
    process.off('SIGCONT', onContinue);
    process.off('exit', restore);
    mode.restore();
    return end;
  });
  return {
    pid: child.pid,
    ended,
    kill: signal => signalGroup(child.pid, signal),
    unrecorded: [],
    ownTerminal: true,
  };
}

/**
 * Ctrl-Z: the agent leads a session of its own, whose group no shell watches, so the kernel drops the stop. We stop it
 * and ourselves, and the user's shell takes over. An agent that handles Ctrl-Z itself (a shell, an editor) is left alone.
 */
function stopWithAgent(pid: number, mode: TerminalMode): void {
  const status = processStatus(pid);
  if (!status?.defaults(SIGTSTP) || status.foregroundGroup !== status.processGroup) return;
  if (!keysMakeSignals(pid)) return;
  signalGroup(pid, 'SIGSTOP');
  mode.restore();
  process.kill(0, 'SIGSTOP');
}

/** Whether the agent's terminal turns Ctrl-Z into a signal now (a full-screen program switches that off). */
function keysMakeSignals(pid: number): boolean {
  const { stdout } = spawnSync('stty', ['-a', '-F', `/proc/${pid}/fd/0`], { encoding: 'utf8' });
  return /(?:^|[\s;])isig/.test(stdout ?? '') && /susp = \^Z/.test(stdout ?? '');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // it has just ended
  }
}

function signalName(number: number | undefined): NodeJS.Signals | undefined {
  if (!number) return undefined;
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] as NodeJS.Signals | undefined;
}
