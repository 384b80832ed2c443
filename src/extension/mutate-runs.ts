import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { MutateEvent } from '../cli/mutate-events.ts';
import { RewindError } from '../errors.ts';
import type { MutantResult } from '../mutate/report.ts';
import type { SessionSummary } from '../sessions/session.ts';
import type { Rewind } from './context.ts';
import type { Mutation } from './mutate-known.ts';
import type { MutateStore } from './mutate-store.ts';
import { sessionTitle } from './session-words.ts';

/** How far the run under way is. */
export interface MutateRunProgress {
  readonly done: number;
  /** Null while the agent runs unbroken. */
  readonly total: number | null;
  readonly leftMs: number | null;
}

export interface MutateRunOptions {
  /** Mutants of the plan; all of them where absent. */
  readonly ids?: readonly string[];
  /** Run again also what the file of earlier results knows. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/** What listeners are told of a run. */
export type MutateRunEvent =
  | { readonly kind: 'begun'; readonly ids: readonly string[]; readonly stop: () => void }
  | { readonly kind: 'progress'; readonly progress: MutateRunProgress }
  | { readonly kind: 'result'; readonly result: MutantResult }
  | { readonly kind: 'ended' };

/** How the engine says that it could not (docs/json.md). */
interface Failure {
  readonly message: string;
  readonly hint: string;
}

/** Where the command line keeps results between runs; there, what has not changed is not run again. */
const RESULTS_FILE = 'rewind-mutate.json';

/** Plans and runs mutants: one run at a time, by the engine. */
export class MutateRuns {
  readonly #told = new vscode.EventEmitter<MutateRunEvent>();
  readonly onEvent = this.#told.event;
  readonly #rewind: Rewind;
  readonly #store: MutateStore;
  #running: { readonly stop: () => void; progress: MutateRunProgress } | null = null;

  constructor(rewind: Rewind, store: MutateStore) {
    this.#rewind = rewind;
    this.#store = store;
  }

  get progress(): MutateRunProgress | null {
    return this.#running?.progress ?? null;
  }

  /** As Ctrl-C: what is done is kept. */
  stop(): void {
    this.#running?.stop();
  }

  /** The newest recording of an agent in this workspace, of those that can be broken. */
  latest(): SessionSummary | undefined {
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
    const recorded = this.#rewind.sessions.all.filter(
      ({ mode, calls, command }) => mode === 'record' && calls > 0 && command.length > 0,
    );
    return recorded.find(({ cwd }) =>
      folders.some(folder => cwd === folder || cwd.startsWith(join(folder, '/'))),
    );
  }

  /** Asks for the plan of a recording; results of the same one stay. Nothing of the agent is run. */
  async plan(session: SessionSummary): Promise<void> {
    const cwd = folderOf(session);
    const text = await this.#rewind.engine.output(['mutate', session.id, '--plan', '--json-lines'], { cwd });
    const event = JSON.parse(text) as MutateEvent;
    if (event.event !== 'planned') throw new Error(`an unexpected event: ${event.event}`);
    this.#store.plan({ source: session.id, title: sessionTitle(session), cwd }, event.mutants);
  }

  /** Runs mutants of the plan. Resolves when all is over, also after a stop; rejects with what the engine said. */
  async run({ ids, force, signal }: MutateRunOptions): Promise<void> {
    const mutation = this.#store.mutation;
    if (!vscode.workspace.isTrusted) {
      throw new RewindError(
        'untrusted',
        'Rewind runs agents in trusted workspaces only',
        'Trust this folder.',
      );
    }
    if (!mutation)
      throw new RewindError('no-plan', 'There is nothing to run yet', 'Record a run of your agent.');
    if (this.#running) {
      throw new RewindError('running', 'The agent is being broken already', 'Wait for the end, or stop it.');
    }
    const wanted = ids ?? mutation.mutants.map(({ id }) => id);
    const stop = new AbortController();
    const progress = { done: 0, total: null, leftMs: null };
    this.#running = { stop: () => stop.abort(), progress };
    this.#told.fire({ kind: 'begun', ids: wanted, stop: () => stop.abort() });
    try {
      const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
      await this.#follow(mutation, { ...(ids ? { ids } : {}), force: force ?? false, signal: both });
    } finally {
      this.#running = null;
      this.#told.fire({ kind: 'ended' });
    }
  }

  dispose(): void {
    this.stop();
    this.#told.dispose();
  }

  async #follow(
    { source, cwd, mutants }: Mutation,
    { ids, force, signal }: { ids?: readonly string[]; force: boolean; signal: AbortSignal },
  ): Promise<void> {
    const known = existsSync(join(cwd, RESULTS_FILE));
    const some = ids && ids.length < mutants.length ? ids : [];
    const words = [
      ...['mutate', source, '--json-lines'],
      ...(known ? ['--incremental'] : []),
      ...(known && force ? ['--force'] : []),
      ...some.flatMap(id => ['--mutant', id]),
    ];
    let failure: Failure | null = null;
    const { code, stderr } = await this.#rewind.engine.run(words, {
      cwd,
      signal,
      onLine: line => {
        const event = JSON.parse(line) as MutateEvent | { readonly error: Failure };
        if ('error' in event) failure = event.error;
        else this.#take(event);
      },
    });
    if (code === 0 || signal.aborted) return;
    const { message, hint } = failure ?? {
      message: stderr.trim() || `rewind mutate ended with ${code}`,
      hint: '',
    };
    throw new RewindError('engine', message, hint);
  }

  #take(event: MutateEvent): void {
    if (event.event === 'started') this.#progress({ done: event.done, total: event.total, leftMs: null });
    else if (event.event === 'mutant') {
      this.#store.add([event.mutant]);
      const result = this.#store.find(event.mutant.id)?.result ?? event.mutant;
      this.#told.fire({ kind: 'result', result });
      this.#progress(event);
    } else if (event.event === 'report') {
      // Those that earlier runs knew are told of here only.
      for (const result of event.report.mutants) {
        if (result.reused) this.#told.fire({ kind: 'result', result });
      }
      this.#store.add(event.report.mutants, event.report);
    }
  }

  #progress({ done, total, leftMs }: MutateRunProgress): void {
    if (this.#running) this.#running.progress = { done, total, leftMs };
    this.#told.fire({ kind: 'progress', progress: { done, total, leftMs } });
  }
}

/** Where its command ran, if that is still there. */
function folderOf({ cwd }: SessionSummary): string {
  if (cwd !== '' && statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return cwd;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (folder !== undefined) return folder;
  throw new RewindError('no-folder', `${cwd} is not on this machine`, 'Open the folder of the agent.');
}
