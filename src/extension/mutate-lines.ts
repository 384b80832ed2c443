import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { codeHash, type KnownMutant, type RecordedSite, siteKey, textOf } from './mutate-known.ts';
import { afterEdit, isLike, likelyLine, nearestLine } from './mutate-positions.ts';
import type { MutateStore } from './mutate-store.ts';

/** Where a call site stands now. `edited`: it or its file is another than when the results came; `gone`: the line is no more. */
export interface SiteNow {
  readonly line: number;
  readonly state: 'same' | 'edited' | 'gone';
}

interface FileNow {
  readonly hash: string;
  readonly lines: readonly string[];
  /** Of open documents; a file on disk is read anew after a while. */
  readonly version: number | null;
  readonly readAt: number;
}

const CLOSED_FILE_MS = 2_000;
const QUIET_MS = 250;

/** Call sites follow the edits of their files. */
export class MutateLines {
  readonly #changed = new vscode.EventEmitter<void>();
  /** A file with call sites was edited; a little after the last key. */
  readonly onChange = this.#changed.event;
  readonly #store: MutateStore;
  /** Where a recorded line was last seen, by `siteKey`. */
  readonly #seen = new Map<string, number>();
  readonly #files = new Map<string, FileNow>();
  readonly #listener: vscode.Disposable;
  #edits = 0;

  constructor(store: MutateStore) {
    this.#store = store;
    this.#listener = vscode.workspace.onDidChangeTextDocument(change => this.#follow(change));
  }

  /** Of a call site's mutants; their results say which code they stand for. */
  at(site: RecordedSite, mutants: readonly KnownMutant[]): SiteNow {
    const key = siteKey(site);
    const file = this.#fileNow(site.file);
    const near = this.#seen.get(key) ?? site.line;
    const text = this.#store.mutation?.lines[site.file]?.[site.line] ?? '';
    // Where its edits were followed, the line is where they have left it, however often its text stands elsewhere.
    const followed = file.version !== null && this.#seen.has(key) && isLike(file.lines[near - 1] ?? '', text);
    const known = followed ? near : nearestLine(file.lines, near, text);
    // A guess is not kept: an undo brings the line itself back to where it was.
    if (known !== null) this.#seen.set(key, known);
    const line = known ?? likelyLine(file.lines, near, text);
    if (line === null) return { line: near, state: 'gone' };
    const isItself = file.lines[line - 1]!.trim() === text.trim();
    const edited = !isItself || mutants.some(({ code }) => code !== null && code !== file.hash);
    return { line, state: edited ? 'edited' : 'same' };
  }

  /** The lines of a file as they are in the editor, or else on disk. */
  linesOf(file: string): readonly string[] {
    return this.#fileNow(file).lines;
  }

  dispose(): void {
    this.#listener.dispose();
    this.#changed.dispose();
  }

  #fileNow(path: string): FileNow {
    const document = vscode.workspace.textDocuments.find(
      ({ uri }) => uri.scheme === 'file' && uri.fsPath === path,
    );
    const known = this.#files.get(path);
    const version = document?.version ?? null;
    if (known && known.version === version) {
      if (version !== null || Date.now() - known.readAt < CLOSED_FILE_MS) return known;
    }
    const text = document?.getText() ?? textOf(path) ?? '';
    const now = { hash: codeHash(text), lines: text.split(/\r?\n/), version, readAt: Date.now() };
    this.#files.set(path, now);
    return now;
  }

  #follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const sites = document.uri.scheme === 'file' ? [...this.#store.sitesOf(document.uri.fsPath).keys()] : [];
    if (sites.length === 0) return;
    for (const line of sites) {
      const key = siteKey({ file: document.uri.fsPath, line });
      // Edits of one change stand from the last to the first: none moves another.
      const moved = contentChanges.reduce(
        (at, { range, text }) =>
          afterEdit(at, {
            start: range.start.line + 1,
            end: range.end.line + 1,
            gained: text.split('\n').length - 1 - (range.end.line - range.start.line),
          }),
        this.#seen.get(key) ?? line,
      );
      this.#seen.set(key, moved);
    }
    void this.#tellSoon();
  }

  async #tellSoon(): Promise<void> {
    const edit = ++this.#edits;
    await pause(QUIET_MS);
    if (edit === this.#edits) this.#changed.fire();
  }
}
