import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentProcess, ProcessEnd, StartOptions } from './agent-process.ts';
import { namedPipes } from './named-pipe.ts';
import { startError } from './piped-process.ts';
import { relayed, separateProcess } from './separate-process.ts';
import { startCaptured } from './terminal.ts';

type News =
  | { readonly at: 'started'; readonly pid: number }
  | { readonly at: 'failed'; readonly code: string; readonly message: string }
  | { readonly at: 'ended'; readonly code: number | null; readonly signal: NodeJS.Signals | null };

/**
 * Starts agents, many of them, from a small process of its own. To start a process the system copies the page tables of the one
 * that asks; with a recording, a tape and a proxy in memory that takes longer than all else that a run costs.
 * Output is recorded, input there is none. Close it: agents that still run end with it.
 */
export class Starter {
  readonly #waiting = new Map<number, (news: News) => void>();
  #helper: ChildProcess | undefined;
  #started = 0;

  async start(options: StartOptions): Promise<AgentProcess> {
    const pipes = await namedPipes(options.pipes, 2);
    // Without mkfifo (Windows) only a parent can hand pipes down.
    if (!pipes) return startCaptured(options);
    const { file, command, cwd, env } = options;
    const [stdout, stderr] = pipes.map(({ path }) => path);
    const drained = relayed(pipes, options.onOutput);
    const started = Promise.withResolvers<number>();
    const ended = Promise.withResolvers<ProcessEnd>();
    ended.promise.catch(() => undefined); // awaited by whoever gets the process
    const id = this.#started++;
    this.#waiting.set(id, news => {
      if (news.at === 'started') return started.resolve(news.pid);
      this.#waiting.delete(id);
      if (news.at === 'ended') return ended.resolve({ code: news.code, signal: news.signal });
      const problem = Object.assign(new Error(news.message), { code: news.code });
      started.reject(startError(file, problem));
      ended.reject(problem);
    });
    this.#running().send({ id, file, command, cwd, env, stdout, stderr });
    try {
      return separateProcess(await started.promise, ended.promise, drained);
    } finally {
      for (const pipe of pipes) pipe.release();
    }
  }

  async close(): Promise<void> {
    const helper = this.#helper;
    if (!helper?.connected) return;
    const gone = new Promise(resolve => helper.once('exit', resolve));
    helper.disconnect();
    await gone;
  }

  /** Away from our terminal's group: Ctrl-C is ours to deal with. */
  #running(): ChildProcess {
    if (this.#helper?.connected) return this.#helper;
    const env = { ...process.env, NODE_OPTIONS: undefined, ELECTRON_RUN_AS_NODE: '1' };
    const helper = spawn(process.execPath, [program()], {
      env,
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    helper.on('message', ({ id, ...news }: News & { readonly id: number }) => this.#waiting.get(id)?.(news));
    helper.on('error', error => this.#lost(error.message));
    helper.on('exit', () => this.#lost('the process that starts agents has ended'));
    this.#helper = helper;
    return helper;
  }

  /** What it had started cannot be followed any more. */
  #lost(message: string): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const tell of waiting) tell({ at: 'failed', code: '', message });
  }
}

/** Beside this file, or where the bundle has it: one level up from its chunks. */
function program(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const found = ['starter.cjs', '../starter.cjs'].map(name => join(here, name)).find(existsSync);
  if (found === undefined) throw new Error(`starter.cjs is missing beside ${here}`);
  return found;
}
