import { type FSWatcher, statSync, watch } from 'node:fs';
import * as vscode from 'vscode';
import { type Home, openHome, sessionFolder } from '../sessions/home.ts';
import { sessionIds } from '../sessions/list.ts';
import { recorderOf } from '../sessions/lock.ts';
import type { SessionSummary } from '../sessions/session.ts';
import { readSummaries } from '../sessions/summary-file.ts';
import type { Engine } from './engine.ts';
import { nameForks } from './fork-names.ts';
import type { Settings } from './settings.ts';

/** A session whose recorder lives. */
export interface LiveSession {
  readonly id: string;
  /** The process that records it. */
  readonly pid: number;
}

/**
 * The sessions of the home: their summary lines, read again when the home changes. Logs are never read here, so that ten
 * thousand sessions cost the extension host one file.
 */
export class SessionList {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onChange = this.#changed.event;
  readonly #settings: Settings;
  readonly #engine: Engine;
  readonly #log: vscode.LogOutputChannel;
  #watchers: FSWatcher[] = [];
  #pending: NodeJS.Timeout | undefined;
  #home: Home | undefined;
  #summaries: { readonly mark: string; readonly lines: ReadonlyMap<string, SessionSummary> } | undefined;
  /** Tells whether what was read is what is shown. */
  #shown = '';
  #all: readonly SessionSummary[] = [];
  #live: readonly LiveSession[] = [];
  /** Left behind by dead recorders; each is asked for once. */
  readonly #left = new Set<string>();

  constructor(settings: Settings, engine: Engine, log: vscode.LogOutputChannel) {
    this.#settings = settings;
    this.#engine = engine;
    this.#log = log;
  }

  get home(): Home {
    this.#home ??= openHome(this.#settings.home);
    return this.#home;
  }

  /** Finished sessions, newest first. */
  get all(): readonly SessionSummary[] {
    return this.#all;
  }

  get live(): readonly LiveSession[] {
    return this.#live;
  }

  find(id: string): SessionSummary | undefined {
    return this.#all.find(session => session.id === id);
  }

  /** Reads the home and watches it from now on; called again where the home has moved. */
  start(): void {
    this.#stopWatching();
    this.#home = undefined;
    this.#summaries = undefined;
    this.#follow(this.home.path);
    this.#follow(this.home.sessions);
    this.refresh();
  }

  /** Looks at the home again; tells only where something is new. */
  refresh(): void {
    clearTimeout(this.#pending);
    this.#pending = undefined;
    const { mark, lines } = this.#readSummaries();
    const found: SessionSummary[] = [];
    const live: LiveSession[] = [];
    let left = false;
    const ids = sessionIds(this.home);
    for (const id of ids) {
      const summary = lines.get(id);
      if (summary) {
        found.push(summary);
        continue;
      }
      const pid = recorderOf(sessionFolder(this.home, id));
      if (pid !== undefined) live.push({ id, pid });
      else if (!this.#left.has(id)) {
        this.#left.add(id);
        left = true;
      }
    }
    if (this.#watchers.length < 2) this.#follow(this.home.sessions);
    // The engine reads what a killed recorder left and adds the missing lines; the watcher then brings us back here.
    if (left) this.#engine.run(['list', '--limit', '1']).catch(error => this.#log.warn(String(error)));
    const shown = [this.home.path, mark, ids.length, ...live.map(({ id }) => id)].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    found.sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
    this.#all = nameForks(found);
    this.#live = live;
    this.#changed.fire();
  }

  dispose(): void {
    clearTimeout(this.#pending);
    this.#stopWatching();
    this.#changed.dispose();
  }

  /** Read anew only when the file is another: it grows by a line a session. */
  #readSummaries() {
    const stat = statSync(this.home.summaries, { throwIfNoEntry: false });
    const mark = stat ? `${stat.size} ${stat.mtimeMs}` : '';
    if (this.#summaries?.mark !== mark) this.#summaries = { mark, lines: readSummaries(this.home) };
    return this.#summaries;
  }

  #follow(folder: string): void {
    try {
      const watcher = watch(folder, () => this.#soon());
      watcher.on('error', error => this.#log.warn(`watching ${folder}: ${error.message}`));
      this.#watchers.push(watcher);
    } catch (error) {
      // `sessions/` is made by the first recording; the home itself is watched until then.
      this.#log.debug(`${folder} is not watched: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** A recording appends many lines; they are read once. */
  #soon(): void {
    this.#pending ??= setTimeout(() => {
      this.#pending = undefined;
      try {
        this.refresh();
      } catch (error) {
        this.#log.error(error instanceof Error ? error : String(error));
      }
    }, 150);
  }

  #stopWatching(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }
}
