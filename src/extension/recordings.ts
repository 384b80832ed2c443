import { statSync } from 'node:fs';
import * as vscode from 'vscode';
import { logPath } from '../sessions/home.ts';
import { readSession } from '../sessions/reader.ts';
import type { SessionSummary } from '../sessions/session.ts';
import { summarise } from '../sessions/summary.ts';
import { nameFork } from './fork-names.ts';
import type { LiveSession, SessionList } from './session-list.ts';

/** A session while it is recorded. */
export interface Recording extends LiveSession {
  readonly summary: SessionSummary;
}

/** Reading the log may take this share of the time, at most. */
const SHARE = 1 / 20;
const POLL_MS = 1000;

/** What is being recorded now, followed while there is any. */
export class Recordings {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onChange = this.#changed.event;
  readonly #sessions: SessionList;
  readonly #log: vscode.LogOutputChannel;
  readonly #known = new Map<string, { readonly size: number; readonly recording: Recording }>();
  #next: NodeJS.Timeout | undefined;

  constructor(sessions: SessionList, log: vscode.LogOutputChannel) {
    this.#sessions = sessions;
    this.#log = log;
    sessions.onChange(() => this.#look());
  }

  /** Newest first. */
  get all(): readonly Recording[] {
    return [...this.#known.values()]
      .map(({ recording }) => recording)
      .sort((a, b) => b.summary.startedAt - a.summary.startedAt);
  }

  dispose(): void {
    clearTimeout(this.#next);
    this.#changed.dispose();
  }

  #look(): void {
    clearTimeout(this.#next);
    const began = performance.now();
    const live = new Map(this.#sessions.live.map(session => [session.id, session]));
    let changed = false;
    for (const id of this.#known.keys()) {
      if (!live.has(id)) changed = this.#known.delete(id);
    }
    for (const session of live.values()) changed = this.#read(session) || changed;
    if (changed) this.#changed.fire();
    if (live.size === 0) return;
    const pause = Math.max(POLL_MS, (performance.now() - began) / SHARE);
    // A recorder that was killed leaves no line: the list notices that it is gone.
    this.#next = setTimeout(() => {
      this.#sessions.refresh();
      this.#look();
    }, pause);
  }

  #read(session: LiveSession): boolean {
    try {
      const { size } = statSync(logPath(this.#sessions.home, session.id));
      if (this.#known.get(session.id)?.size === size) return false;
      const read = summarise(readSession(this.#sessions.home, session.id));
      const summary = nameFork(read, id => this.#sessions.find(id));
      this.#known.set(session.id, { size, recording: { ...session, summary } });
      return true;
    } catch (error) {
      // Its first record may not be whole yet, or it has just ended: the next look tells.
      this.#log.debug(
        `live session ${session.id}: ${error instanceof Error ? error.message : String(error)}`,
      );
      return false;
    }
  }
}
