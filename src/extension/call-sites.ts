import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { SessionSummary } from '../sessions/session.ts';
import type { CallStep } from '../timeline/timeline.ts';
import type { Rewind } from './context.ts';

/** What one session did at one line. */
export interface SiteCalls {
  readonly session: SessionSummary;
  /** Index of the first and the last step. */
  readonly first: number;
  readonly last: number;
  readonly calls: number;
  readonly errors: number;
  readonly models: readonly string[];
  /** US dollars; null where no call's price is known. */
  readonly costUsd: number | null;
  /** Of the last call; null where it is unfinished. */
  readonly lastLatencyMs: number | null;
}

/** Line (from 1) → what the sessions did there, newest session first. */
export type SiteLines = ReadonlyMap<number, readonly SiteCalls[]>;

/** So many of the newest sessions are read for the editor. */
const SESSIONS = 30;
/** Replays tell nothing that their recording does not. */
const TOLD: ReadonlySet<SessionSummary['mode']> = new Set(['record', 'fork', 'proxy']);

/**
 * Where in the user's files the newest sessions called models. Read in the background, a session once; asking costs a look
 * into a map.
 */
export class CallSites {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onChange = this.#changed.event;
  readonly #rewind: Rewind;
  /** By session, then file. */
  readonly #read = new Map<string, ReadonlyMap<string, ReadonlyMap<number, SiteCalls>>>();
  readonly #files = new Map<string, SiteLines>();
  #reading: Promise<void> | undefined;
  #again = false;

  constructor(rewind: Rewind) {
    this.#rewind = rewind;
    rewind.keep(
      this.#changed,
      rewind.sessions.onChange(() => {
        if (this.#reading || this.#read.size > 0) this.#readSoon();
      }),
    );
  }

  /** What is known now; the first question starts the reading. */
  lines(file: string): SiteLines {
    if (!this.#reading && this.#read.size === 0) this.#readSoon();
    const known = this.#files.get(file);
    if (known) return known;
    const lines = this.#join(file);
    this.#files.set(file, lines);
    return lines;
  }

  #join(file: string): SiteLines {
    const lines = new Map<number, SiteCalls[]>();
    for (const files of this.#read.values()) {
      for (const [line, calls] of files.get(file) ?? []) {
        const known = lines.get(line);
        if (known) known.push(calls);
        else lines.set(line, [calls]);
      }
    }
    for (const calls of lines.values()) calls.sort((a, b) => b.session.startedAt - a.session.startedAt);
    return lines;
  }

  #readSoon(): void {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = this.#readAll().finally(() => {
      this.#reading = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.#readSoon();
    });
  }

  async #readAll(): Promise<void> {
    const wanted = this.#rewind.sessions.all
      .filter(({ mode, calls }) => TOLD.has(mode) && calls > 0)
      .slice(0, SESSIONS);
    const ids = new Set(wanted.map(({ id }) => id));
    let changed = false;
    for (const id of this.#read.keys()) if (!ids.has(id)) changed = this.#read.delete(id);
    for (const session of wanted) {
      if (this.#read.has(session.id)) continue;
      changed = true;
      this.#read.set(session.id, await this.#sitesOf(session));
      await pause(5);
    }
    if (!changed) return;
    this.#files.clear();
    this.#changed.fire();
  }

  async #sitesOf(session: SessionSummary): Promise<ReadonlyMap<string, ReadonlyMap<number, SiteCalls>>> {
    const files = new Map<string, Map<number, SiteCalls>>();
    try {
      const { timeline, sites } = await this.#rewind.timelines.glance(session.id);
      for (const step of timeline.steps) {
        const [frame] = step.kind === 'call' ? sites.frames(step) : [];
        if (!frame || step.kind !== 'call') continue;
        const lines = files.get(frame.file) ?? new Map<number, SiteCalls>();
        files.set(frame.file, lines);
        lines.set(frame.line, withCall(lines.get(frame.line), session, step));
      }
    } catch (error) {
      this.#rewind.log.debug(
        `call sites of ${session.id}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    return files;
  }
}

function withCall(before: SiteCalls | undefined, session: SessionSummary, step: CallStep): SiteCalls {
  const models = before?.models ?? [];
  const cost = before?.costUsd ?? null;
  return {
    session,
    first: before?.first ?? step.index,
    last: step.index,
    calls: (before?.calls ?? 0) + 1,
    errors: (before?.errors ?? 0) + (step.error ? 1 : 0),
    models: step.model === null || models.includes(step.model) ? models : [...models, step.model],
    costUsd: step.costUsd === null ? cost : (cost ?? 0) + step.costUsd,
    lastLatencyMs: step.latencyMs,
  };
}
