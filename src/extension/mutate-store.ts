import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { PlannedMutant } from '../cli/mutate-events.ts';
import { type MutantResult, type MutationReport, reportOf } from '../mutate/report.ts';
import { codeHash, type KnownMutant, type Mutation, textOf } from './mutate-known.ts';

/** Results come by the dozen; they are written once. */
const WRITE_AFTER_MS = 500;

/** The last mutation run, kept over a reload in the workspace's storage. */
export class MutateStore {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onChange = this.#changed.event;
  readonly #file: string | null;
  readonly #log: vscode.LogOutputChannel;
  #mutation: Mutation | null = null;
  #writing: NodeJS.Timeout | undefined;

  constructor(folder: vscode.Uri | undefined, log: vscode.LogOutputChannel) {
    this.#file = folder ? vscode.Uri.joinPath(folder, 'mutation.json').fsPath : null;
    this.#log = log;
    this.#mutation = this.#read();
  }

  get mutation(): Mutation | null {
    return this.#mutation;
  }

  find(id: string): KnownMutant | undefined {
    return this.#mutation?.mutants.find(mutant => mutant.id === id);
  }

  /** By file, then recorded line, in the order of lines. */
  sitesOf(file: string): ReadonlyMap<number, readonly KnownMutant[]> {
    const here = (this.#mutation?.mutants ?? []).filter(({ callSite }) => callSite?.file === file);
    const lines = Map.groupBy(here, ({ callSite }) => callSite!.line);
    return new Map([...lines].sort(([a], [b]) => a - b));
  }

  /** A plan of the whole recording: results of the same recording stay. */
  plan(source: Pick<Mutation, 'source' | 'title' | 'cwd'>, planned: readonly PlannedMutant[]): void {
    const before = this.#mutation?.source === source.source ? this.#mutation : null;
    const known = new Map(before?.mutants.map(mutant => [mutant.id, mutant]));
    this.#set({
      version: 1,
      ranAt: before?.ranAt ?? null,
      command: before?.command ?? [],
      baseline: before?.baseline ?? { durationMs: 0, wobbles: [] },
      ...source,
      mutants: planned
        .map(mutant => ({
          ...mutant,
          result: known.get(mutant.id)?.result ?? null,
          code: known.get(mutant.id)?.code ?? null,
        }))
        .toSorted((a, b) => a.step - b.step || (a.id < b.id ? -1 : 1)),
      lines: before?.lines ?? linesOf(planned),
    });
  }

  /** Results as they come, or all of a report. */
  add(results: readonly MutantResult[], report?: MutationReport): void {
    const mutation = this.#mutation;
    if (!mutation) return;
    const news = new Map(results.map(result => [result.id, result]));
    const hashes = new Map<string, string | null>();
    const hashOf = (file: string): string | null => {
      if (!hashes.has(file)) hashes.set(file, hashed(file));
      return hashes.get(file)!;
    };
    this.#set({
      ...mutation,
      ranAt: Date.now(),
      ...(report ? { command: report.command, baseline: report.baseline } : {}),
      mutants: mutation.mutants.map(mutant => {
        const result = news.get(mutant.id);
        if (!result) return mutant;
        // The report repeats what has been told: the code is that of the first telling.
        const told = mutant.result?.session === result.session && mutant.result.verdict === result.verdict;
        const code = told ? mutant.code : mutant.callSite && hashOf(mutant.callSite.file);
        // Only the report at the end says what is accepted; what was, is so while the verdict stays.
        const accepted =
          !report && mutant.result?.accepted === true && mutant.result.verdict === result.verdict;
        return { ...mutant, result: accepted ? { ...result, accepted } : result, code };
      }),
    });
  }

  /** The user takes a finding for right, or no longer does. */
  accept(id: string, accepted: boolean): void {
    const mutation = this.#mutation;
    if (!mutation) return;
    this.#set({
      ...mutation,
      mutants: mutation.mutants.map(mutant => {
        if (mutant.id !== id || !mutant.result) return mutant;
        const { accepted: _, ...result } = mutant.result;
        return { ...mutant, result: accepted ? { ...result, accepted: true } : result };
      }),
    });
  }

  /** In the form that `rewind mutate --json` prints. */
  report(): MutationReport | null {
    const mutation = this.#mutation;
    if (!mutation || mutation.ranAt === null) return null;
    const { source, command, baseline, mutants } = mutation;
    return reportOf({
      source,
      command,
      baseline,
      notRun: mutants.flatMap(({ id, result }) => (result ? [] : [id])),
      mutants: mutants.flatMap(({ result }) => (result ? [result] : [])),
    });
  }

  dispose(): void {
    if (this.#writing) this.#write();
    this.#changed.dispose();
  }

  #set(mutation: Mutation): void {
    this.#mutation = mutation;
    this.#writing ??= setTimeout(() => this.#write(), WRITE_AFTER_MS);
    this.#changed.fire();
  }

  #read(): Mutation | null {
    if (this.#file === null) return null;
    try {
      const kept = JSON.parse(readFileSync(this.#file, 'utf8')) as Partial<Mutation>;
      return kept.version === 1 && Array.isArray(kept.mutants) ? (kept as Mutation) : null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn(`${this.#file} cannot be read: ${String(error)}`);
      return null;
    }
  }

  #write(): void {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    if (this.#file === null) return;
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(`${this.#file}.new`, JSON.stringify(this.#mutation));
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      this.#log.warn(`${this.#file} cannot be written: ${String(error)}`);
    }
  }
}

function linesOf(planned: readonly PlannedMutant[]): Mutation['lines'] {
  const sites = planned.flatMap(({ callSite }) => (callSite ? [callSite] : []));
  const files = Map.groupBy(sites, ({ file }) => file);
  return Object.fromEntries(
    [...files].map(([file, lines]) => {
      const text = textOf(file)?.split(/\r?\n/);
      return [file, Object.fromEntries(lines.map(({ line }) => [line, text?.[line - 1] ?? '']))];
    }),
  );
}

function hashed(file: string): string | null {
  const text = textOf(file);
  return text === null ? null : codeHash(text);
}
