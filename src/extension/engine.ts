import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type * as vscode from 'vscode';
import { RewindError } from '../errors.ts';
import type { Settings } from './settings.ts';

/** How a command of the engine is run. */
export interface EngineRun {
  readonly cwd?: string;
  /** Ends the command as Ctrl-C would; the run then ends by itself. */
  readonly signal?: AbortSignal;
  /** Each line that it prints, as it comes. */
  readonly onLine?: (line: string) => void;
}

/** What a command of the engine printed and how it ended. */
export interface EngineResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The engine: `dist/rewind.js` as a child process, run by the editor's own Node. A fault in it never takes the extension
 * host down.
 */
export class Engine {
  /** Holds the launchers `rewind`, `rewind.cmd` and `rewind.mjs`. */
  readonly bin: vscode.Uri;
  readonly script: string;
  readonly #settings: Settings;
  readonly #log: vscode.LogOutputChannel;
  readonly #running = new Set<ChildProcess>();

  constructor(
    dist: { readonly bin: vscode.Uri; readonly script: string },
    settings: Settings,
    log: vscode.LogOutputChannel,
  ) {
    this.bin = dist.bin;
    this.script = dist.script;
    this.#settings = settings;
    this.#log = log;
  }

  /** On top of the editor's own environment. */
  get env(): Readonly<Record<string, string>> {
    return { ELECTRON_RUN_AS_NODE: '1', REWIND_HOME: this.#settings.home };
  }

  /** Runs `rewind <words>` to its end. Rejects with a RewindError where it cannot be started at all. */
  run(words: readonly string[], { cwd, signal, onLine }: EngineRun = {}): Promise<EngineResult> {
    this.#log.debug(`rewind ${words.join(' ')}`);
    const child = spawn(process.execPath, [this.script, ...words], {
      env: { ...process.env, ...this.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.#running.add(child);
    const read = (stream: NodeJS.ReadableStream): (() => string) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      return () => Buffer.concat(pieces).toString('utf8');
    };
    const [stdout, stderr] = [read(child.stdout), read(child.stderr)];
    if (onLine) createInterface(child.stdout).on('line', onLine);
    const stop = () => child.kill('SIGINT');
    signal?.addEventListener('abort', stop, { once: true });
    return new Promise((resolve, reject) => {
      child.on('error', cause =>
        reject(new RewindError('engine', 'The engine could not be started', cause.message, { cause })),
      );
      child.on('close', code => {
        this.#running.delete(child);
        signal?.removeEventListener('abort', stop);
        const result = { code, stdout: stdout(), stderr: stderr() };
        if (code !== 0 && !signal?.aborted)
          this.#log.warn(`rewind ${words.join(' ')} ended with ${code}: ${result.stderr.trim()}`);
        resolve(result);
      });
    });
  }

  /** As `run`, and what it printed; a failure rejects with what it said. */
  async output(words: readonly string[], how: EngineRun = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(words, how);
    if (code === 0) return stdout;
    how.signal?.throwIfAborted();
    throw new RewindError('engine', stderr.trim() || `rewind ${words[0]} ended with ${code}`);
  }

  dispose(): void {
    for (const child of this.#running) child.kill();
  }
}
