import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { RewindError } from '../errors.ts';
import {
  type AgentProcess,
  drainMs,
  longestDrainMs,
  type ProcessEnd,
  type StartOptions,
} from './agent-process.ts';
import { DescriptorWriter } from './descriptor-writer.ts';
import { type NamedPipe, namedPipes } from './named-pipe.ts';

type Stream = 'stdout' | 'stderr';

export interface PipedOptions extends StartOptions {
  /** `inherit`: our own standard streams; `capture`: no input, output is only recorded. */
  readonly stdio: 'inherit' | 'capture';
  /** Streams that are a terminal: handed down as they are. */
  readonly terminals: ReadonlySet<Stream>;
}

/**
 * Starts an agent whose output is not (or not wholly) a terminal. Standard input is handed down untouched. In `inherit`
 * the agent stays in our process group, as under a shell; in `capture` it leads a group of its own, which `kill` reaches.
 */
export async function startPiped(options: PipedOptions): Promise<AgentProcess> {
  const { stdio, terminals } = options;
  const piped = (['stdout', 'stderr'] as const).filter(stream => !terminals.has(stream));
  // `2>&1`: one pipe for both, or their order would be lost.
  const together = stdio === 'inherit' && piped.length === 2 && sameFile(1, 2);
  const pipes = piped.length > 0 ? await namedPipes(options.pipes, together ? 1 : piped.length) : [];
  const pipeOf = (stream: Stream): NamedPipe | undefined => pipes?.[together ? 0 : piped.indexOf(stream)];
  const end = (stream: Stream) => (terminals.has(stream) ? 'inherit' : (pipeOf(stream)?.writeEnd ?? 'pipe'));
  const layout: StdioOptions = [stdio === 'inherit' ? 'inherit' : 'ignore', end('stdout'), end('stderr')];

  const child = spawn(options.file, options.command.slice(1), {
    argv0: options.command[0],
    cwd: options.cwd,
    env: options.env,
    stdio: layout,
    detached: stdio === 'capture' && process.platform !== 'win32',
  });
  const exited = exitOf(child);
  exited.catch(() => undefined); // awaited below, after the pipes are released
  for (const pipe of pipes ?? []) pipe.release();

  const relays = (together ? (['stdout'] as const) : piped).map(stream => {
    const source = pipeOf(stream)?.reader ?? (stream === 'stdout' ? child.stdout : child.stderr);
    if (!source) throw new Error(`no ${stream} of the child`);
    const sink = stdio === 'inherit' ? new DescriptorWriter(stream === 'stdout' ? 1 : 2) : undefined;
    return relay(source, bytes => options.onOutput(stream, bytes), sink);
  });
  const pid = await started(child);
  return {
    pid,
    ended: exited.then(async end => {
      await Promise.all(relays.map(each => each.drained()));
      return end;
    }),
    kill: signal => {
      try {
        process.kill(stdio === 'capture' && process.platform !== 'win32' ? -pid : pid, signal);
      } catch {
        // it has just ended
      }
    },
    unrecorded: [...terminals],
    ownTerminal: false,
  };
}

function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    if (child.pid !== undefined) return resolve(child.pid);
    child.once('error', error => reject(startError(child.spawnfile, error)));
  });
}

/** What remains once the file is known to be there and executable: its interpreter, its format, the machine's limits. */
export function startError(file: string, error: NodeJS.ErrnoException): RewindError {
  if (error.code === 'ENOENT') {
    return new RewindError(
      'command-not-found',
      `${file} cannot be started: the interpreter in its first line does not exist, or the folder to run it in`,
      'Check the `#!` line of the script.',
      { cause: error },
    );
  }
  return new RewindError(
    'command-not-executable',
    `${file} cannot be started: ${error.message}`,
    error.code === 'ENOEXEC' ? 'A script needs a `#!` line, or its interpreter before it.' : '',
    { cause: error },
  );
}

function exitOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', reject);
  });
}

/** Passes bytes on as they come, one read ahead of the writer at most. */
export function relay(
  source: Readable,
  record: (bytes: Uint8Array) => void,
  sink: DescriptorWriter | undefined,
): { drained(): Promise<void> } {
  let lastAt = performance.now();
  const closed = new Promise<void>(resolve => source.once('close', resolve));
  source.on('error', () => source.destroy());
  source.on('data', (bytes: Buffer) => {
    lastAt = performance.now();
    record(bytes);
    if (!sink) return;
    source.pause();
    sink.write(bytes).then(open => {
      lastAt = performance.now();
      // Nobody reads any more: the agent meets a broken pipe at its next write, as it would without us.
      if (open) source.resume();
      else source.destroy();
    });
  });
  return {
    /** After the agent's end: all that it wrote is passed on. */
    async drained(): Promise<void> {
      const endedAt = performance.now();
      lastAt = Math.max(lastAt, endedAt);
      const quiet = new Promise<void>(resolve => {
        const timer = setInterval(() => {
          const now = performance.now();
          const waiting = source.isPaused();
          if ((!waiting && now - lastAt > drainMs) || (!waiting && now - endedAt > longestDrainMs)) {
            clearInterval(timer);
            resolve();
          }
        }, 50);
        closed.then(() => {
          clearInterval(timer);
          resolve();
        });
      });
      await quiet;
      source.destroy();
      await sink?.flushed();
    },
  };
}

function sameFile(a: number, b: number): boolean {
  try {
    const [first, second] = [fstatSync(a, { bigint: true }), fstatSync(b, { bigint: true })];
    return first.dev === second.dev && first.ino === second.ino;
  } catch {
    return false;
  }
}
