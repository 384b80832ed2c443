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
