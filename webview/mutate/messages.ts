import type { ChangeView, WordView } from '../session/messages.ts';

/** What the mutation page and the extension say to each other. */

/** The mutation page: what broken answers came to. */
export interface MutationView {
  /** The recording. */
  readonly source: string;
  readonly title: string;
  /** Since 1970; null before the first run. */
  readonly ranAt: number | null;
  /** Families of faults, in the order of columns. */
  readonly families: readonly string[];
  /** Rows. */
  readonly sites: readonly MutationSite[];
  /** In the order of steps, then ids. */
  readonly mutants: readonly MutantView[];
  /** Null while nothing runs. */
  readonly running: RunningView | null;
  /** False where the folder is not trusted: nothing can be run. */
  readonly mayRun: boolean;
}

export interface MutationSite {
  /** Null for calls whose place in the code is not known. */
  readonly file: string | null;
  readonly shortFile: string;
  /** Where the line is now, and as the recording has it. */
  readonly line: number;
  readonly recordedLine: number;
  /** The line itself. */
  readonly text: string;
  readonly state: 'same' | 'edited' | 'gone';
}

export interface MutantView {
  readonly id: string;
  readonly operator: string;
  /** What the operator does, and what it changed here. */
  readonly summary: string;
  readonly detail: string;
  readonly step: number;
  /** Index of `families` and of `sites`. */
  readonly family: number;
  readonly site: number;
  /** Null before its first run. */
  readonly verdict: string | null;
  readonly reason: string;
  readonly accepted: boolean;
  readonly reused: boolean;
  readonly durationMs: number | null;
}

export interface RunningView {
  readonly done: number;
  /** Null while the agent runs unbroken. */
  readonly total: number | null;
  readonly leftMs: number | null;
}

export interface MutantDetail {
  readonly id: string;
  /** The line of the call and those around it. */
  readonly source: readonly { readonly line: number; readonly text: string; readonly here: boolean }[];
  /** Original against broken answer. */
  readonly answer: readonly ChangeView[];
  /** What the agent did from the fault on. */
  readonly reaction: readonly ReactionStep[];
  /** What unbroken and broken run did, word by word; null where they did the same or nothing is known. */
  readonly run: readonly WordView[] | null;
  /** Why there is nothing to see. */
  readonly note: string | null;
}

export interface ReactionStep {
  readonly index: number;
  readonly kind: 'call' | 'tool';
  readonly name: string;
  readonly summary: string;
  readonly failed: boolean;
  /** How it was answered. */
  readonly label: string | null;
  /** Whether the recording has no such step. */
  readonly other: boolean;
}

/** What the mutation page keeps over a reload. */
export interface MutationPageState {
  readonly mutant?: string;
  /** Of the matrix: a row and a column; null for all of them. */
  readonly site?: number | null;
  readonly family?: number | null;
  readonly verdicts?: readonly string[];
  readonly query?: string;
  readonly listWidth?: number;
}

export type ToMutationPage =
  | { readonly type: 'mutation'; readonly view: MutationView }
  | { readonly type: 'running'; readonly running: RunningView | null }
  | { readonly type: 'mutant'; readonly detail: MutantDetail }
  /** Somebody chose a call site in the editor. */
  | { readonly type: 'site'; readonly site: number }
  | { readonly type: 'problem'; readonly message: string; readonly hint: string | null };

export type FromMutationPage =
  | { readonly type: 'ready' }
  | { readonly type: 'mutant' | 'debug' | 'openSession'; readonly id: string }
  | { readonly type: 'accept'; readonly id: string; readonly accepted: boolean }
  /** Without ids: all of them. */
  | { readonly type: 'run'; readonly ids: readonly string[] | null }
  | { readonly type: 'stop' }
  | { readonly type: 'openSite'; readonly site: number }
  | { readonly type: 'export'; readonly format: 'json' | 'html' };
