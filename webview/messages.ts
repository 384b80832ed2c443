/** What the session page and the extension say to each other. Types only: both sides import this file. */

/** A session, light enough to be sent whole: what is heavy about a step comes when it is looked at. Times: milliseconds. */
export interface SessionView {
  readonly id: string;
  readonly title: string;
  readonly command: string;
  readonly mode: string;
  /** Since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** True while it is being recorded. */
  readonly live: boolean;
  /** How the agent's process ended, in words; null where it has not or nobody knows. */
  readonly exit: string | null;
  readonly failed: boolean;
  readonly totals: Totals;
  readonly lanes: readonly LaneView[];
  readonly steps: readonly StepOutline[];
  readonly output: readonly OutputMark[];
  /** What was dropped while reading. */
  readonly warnings: readonly string[];
}

export interface Totals {
  readonly calls: number;
  readonly tools: number;
  readonly errors: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars; null where no price is known. */
  readonly costUsd: number | null;
  /** True where `costUsd` is a lower bound. */
  readonly costIncomplete: boolean;
  readonly models: readonly string[];
}

/** One conversation. */
export interface LaneView {
  readonly id: number;
  readonly title: string;
  /** The lane of the call that led to this one; null at the start. */
  readonly parent: number | null;
  /** The call step that led to it. */
  readonly parentStep: number | null;
  /** How many lanes above it led to it. */
  readonly depth: number;
}

interface Outline {
  readonly index: number;
  readonly lane: number;
  /** Since the session's start. */
  readonly at: number;
  /** Null where it never ended, or nobody knows. */
  readonly ms: number | null;
  /** The model or the tool. */
  readonly name: string;
  /** What was said or returned, one short line. */
  readonly summary: string;
  /** What went wrong on the way, in words; a retry may have mended it. */
  readonly troubles: readonly string[];
  /** Whether it ended badly. */
  readonly failed: boolean;
}

export interface CallOutline extends Outline {
  readonly kind: 'call';
  /** From the step's beginning to the first byte of a streamed answer. */
  readonly ttftMs: number | null;
  readonly tokens: TokenCounts | null;
  readonly costUsd: number | null;
  readonly context: ContextView;
  /** Attempts before the one that counts, and when that one began, since the first. */
  readonly retries: number;
  readonly retryMs: number;
  /** How a tape answered it; null where the provider did. */
  readonly label: string | null;
}

export interface ToolOutline extends Outline {
  readonly kind: 'tool';
  /** The call step that asked for it. */
  readonly from: number;
}

export type StepOutline = CallOutline | ToolOutline;

/** `input` includes cached tokens, `output` reasoning tokens. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly reasoning: number;
}

export interface ContextView {
  readonly messages: number;
  readonly added: number;
  readonly history: 'start' | 'extended' | 'rewritten';
}

/** Output that the agent's process wrote at about one time. */
export interface OutputMark {
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: number;
  /** Its beginning. */
  readonly text: string;
}

/** A text of which at most so much is sent; `left`: characters that were left out, at its end. */
export interface Cut {
  readonly text: string;
  readonly left: number;
}

export type PartView =
  | ({ readonly type: 'text' | 'reasoning' | 'refusal' } & Cut)
  /** `body`: the arguments. `step`: the tool step, where it is known. */
  | {
      readonly type: 'tool_call';
      readonly name: string;
      readonly body: Cut;
      readonly json: boolean;
      readonly step: number | null;
    }
  | {
      readonly type: 'tool_result';
      readonly name: string | null;
      readonly isError: boolean;
      readonly parts: readonly PartView[];
    }
  | { readonly type: 'other'; readonly kind: string; readonly body: Cut };

export interface MessageView {
  /** Position in the request. */
  readonly index: number;
  readonly role: string;
  readonly name: string | null;
  readonly isNew: boolean;
  readonly parts: readonly PartView[];
}

export interface ChangeView {
  readonly section: string;
  readonly field: string;
  readonly before: Cut | null;
  readonly after: Cut | null;
  /** Word by word, where both sides are text; runs that are the same may be shortened in their middle. */
  readonly words: readonly WordView[] | null;
}

export interface WordView {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  /** Characters left out of the middle of `text`, at `gapAt`. */
  readonly gap?: number;
  readonly gapAt?: number;
}

export interface SiteView {
  readonly file: string;
  /** Shown instead of the whole path. */
  readonly shortFile: string;
  readonly line: number;
  readonly function: string;
}

/** How much of the context each kind of content takes, in characters. */
export interface ShareView {
  readonly kind: 'system' | 'tools' | 'user' | 'assistant' | 'tool results';
  readonly characters: number;
}

export interface AttemptView {
  readonly at: number;
  readonly ms: number | null;
  readonly status: number | null;
  readonly error: string | null;
}

interface Detail {
  readonly step: number;
  readonly sites: readonly SiteView[];
  readonly troubles: readonly { readonly name: string; readonly message: string }[];
  /** What the process wrote from this step's beginning to the next one's. */
  readonly printed: Cut;
}

export interface CallDetail extends Detail {
  readonly kind: 'call';
  readonly requestModel: string | null;
  readonly responseModel: string | null;
  readonly url: string;
  readonly status: string;
  readonly finishReason: string | null;
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly tools: readonly { readonly name: string; readonly description: string; readonly schema: Cut }[];
  readonly system: readonly PartView[];
  /** How many messages the request has; `messages` holds the last of them. */
  readonly messageCount: number;
  readonly messages: readonly MessageView[];
  readonly answer: readonly PartView[];
  readonly alternatives: readonly (readonly PartView[])[];
  /** The lane's call before; null without one. */
  readonly previous: number | null;
  readonly changes: readonly ChangeView[];
  readonly shares: readonly ShareView[];
  readonly attempts: readonly AttemptView[];
  readonly requestHeaders: readonly (readonly [name: string, value: string])[];
  readonly answerHeaders: readonly (readonly [name: string, value: string])[];
  /** Arrival of the answer's bytes since the request, at most some hundred points. */
  readonly chunks: readonly { readonly at: number; readonly bytes: number }[];
  readonly chunkCount: number;
  /** Parts that the dialect could not read, in words. */
  readonly problems: readonly string[];
}

export interface ToolDetail extends Detail {
  readonly kind: 'tool';
  readonly from: number;
  readonly to: number | null;
  /** True where the time between two calls stands for the tool's own. */
  readonly timeIsGap: boolean;
  readonly arguments: Cut;
  readonly argumentsAreJson: boolean;
  readonly result: readonly PartView[] | null;
  readonly isError: boolean;
}

export type StepDetail = CallDetail | ToolDetail;

/** What the page keeps over a reload. */
export interface PageState {
  readonly session?: string;
  readonly step?: number;
  readonly axis?: 'time' | 'steps';
  /** The part of the axis in view; null for all of it, however long it grows. */
  readonly window?: readonly [from: number, to: number] | null;
  readonly tab?: string;
  readonly query?: string;
  readonly follow?: boolean;
  readonly metrics?: boolean;
  readonly timelineHeight?: number;
  readonly listWidth?: number;
}

export type ToPage =
  | { readonly type: 'session'; readonly view: SessionView; readonly readOnly: boolean }
  | { readonly type: 'detail'; readonly detail: StepDetail }
  | { readonly type: 'messages'; readonly step: number; readonly messages: readonly MessageView[] }
  /** Steps found so far, in order; `scanned` of all steps were looked at. */
  | {
      readonly type: 'hits';
      readonly query: string;
      readonly steps: readonly number[];
      readonly scanned: number;
      readonly done: boolean;
    }
  /** Somebody else moved: the debugger, the list of steps. */
  | { readonly type: 'select'; readonly step: number }
  /** Whether a debugger is stopped in this session. */
  | { readonly type: 'debugger'; readonly attached: boolean }
  | { readonly type: 'problem'; readonly message: string; readonly hint: string | null };

export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'detail'; readonly step: number }
  /** Messages of a call from `from` up to, but without, `to`. */
  | { readonly type: 'messages'; readonly step: number; readonly from: number; readonly to: number }
  /** An empty query ends the search. */
  | { readonly type: 'search'; readonly query: string }
  /** The reader moved. `follow`: the debugger shall come along. */
  | { readonly type: 'selected'; readonly step: number; readonly follow: boolean }
  | { readonly type: 'openSite'; readonly step: number; readonly site: number }
  | { readonly type: 'openDocument'; readonly step: number }
  | { readonly type: 'debug'; readonly step: number }
  | { readonly type: 'fork'; readonly step: number };

/** Why two runs diverged, as the bisect panel shows it. Calls count from 0, steps of a session as in `SessionView`. */
export interface BisectView {
  readonly good: RunView;
  readonly bad: RunView;
  /** Both runs' calls side by side. */
  readonly rows: readonly BisectRow[];
  /** Null where both runs do the same. */
  readonly divergence: DivergenceView | null;
  /** The likeliest first. */
  readonly causes: readonly CauseView[];
  readonly ruledOut: readonly { readonly id: string; readonly why: string }[];
  /** Differences behind the divergence. */
  readonly later: readonly { readonly id: string; readonly row: number | null; readonly detail: string }[];
  readonly notes: readonly string[];
  /** Whether running both again has been tried. */
  readonly tried: boolean;
  /** False in a folder that is not trusted: nothing can be run or changed. */
  readonly trusted: boolean;
}

export interface RunView {
  readonly id: string;
  readonly title: string;
  readonly facts: string;
}

export interface BisectRow {
  /** Null: the run did not make this call. */
  readonly good: BisectCall | null;
  readonly bad: BisectCall | null;
  /** Whose move differs; `carried`: only what the call carries from before; null: nothing. */
  readonly differs: 'request' | 'answer' | 'both' | 'carried' | null;
}

export interface BisectCall {
  readonly call: number;
  readonly step: number;
  readonly name: string;
  /** What came of it, one short line. */
  readonly summary: string;
  readonly failed: boolean;
}

export interface DivergenceView {
  /** The first call that differs in something that matters. */
  readonly row: number;
  readonly step: number;
  /** The first call after which the agents act otherwise; null where they never do. */
  readonly behaviourRow: number | null;
  readonly behaviour: number | null;
  readonly moved: 'agent' | 'provider';
  /** What came of the call where the agents part; null: it was not made. */
  readonly good: string | null;
  readonly bad: string | null;
}

export interface CauseView {
  readonly id: string;
  readonly family: string;
  readonly status: 'VERIFIED' | 'ISOLATED' | 'JOINT' | 'SUGGESTED' | 'INCONCLUSIVE';
  readonly step: number;
  readonly row: number | null;
  readonly field: string;
  readonly detail: string;
  /** The two values, JSON laid out; null where there is none to compare. */
  readonly change: ChangeView | null;
  readonly facts: readonly string[];
  readonly site: SiteView | null;
  /** What would prove it. */
  readonly verification: string;
  /** Causes with which it was verified. */
  readonly together: readonly string[];
  /** What `match` would have to say for this not to count; null where no rule helps. */
  readonly rule: string | null;
}

/** What the bisect panel keeps over a reload. */
export interface BisectState {
  readonly good: string;
  readonly bad: string;
  readonly row: number;
  readonly ruledOut: boolean;
  readonly listWidth: number;
}

export type ToBisectPage =
  | { readonly type: 'bisect'; readonly view: BisectView }
  /** What differs in a row's calls, the good run's first; null where only one run made the call. */
  | { readonly type: 'pair'; readonly row: number; readonly changes: readonly ChangeView[] | null }
  /** What is being done; null: nothing any more. */
  | { readonly type: 'working'; readonly what: string | null }
  | { readonly type: 'told'; readonly what: string }
  | {
      readonly type: 'problem';
      readonly message: string;
      readonly hint: string | null;
      /** Tools that look as if they changed something are in the way of verifying; the reader may allow them. */
      readonly effects: boolean;
    };

export type FromBisectPage =
  | { readonly type: 'ready' }
  | { readonly type: 'pair'; readonly row: number }
  | { readonly type: 'openSite'; readonly cause: number }
  /** The time line of one of the runs, at a call. */
  | { readonly type: 'openStep'; readonly side: 'good' | 'bad'; readonly row: number }
  | { readonly type: 'verify'; readonly allowEffects: boolean }
  | { readonly type: 'cancel' }
  /** Both runs in the debugger, at a row's calls. */
  | { readonly type: 'debug'; readonly row: number }
  | { readonly type: 'copy' }
  | { readonly type: 'ignore'; readonly cause: number };

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
