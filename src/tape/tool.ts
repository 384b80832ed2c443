import type { AnswerLabel } from '../wire/exchange.ts';
import type { Responder } from './responder.ts';

/** A tool that is about to run inside the agent, as an SDK helper or the MCP wrapper tells before it starts. */
export interface ToolAsk {
  /** Order of arrival at the proxy, from 0; counts apart from requests. */
  readonly seq: number;
  /** `performance.now()` milliseconds. */
  readonly arrived: number;
  readonly name: string;
  /** Plain JSON: by parameter name where the language knows them. */
  readonly arguments: unknown;
  /** The model's id of the call, where the helper knows it. */
  readonly callId?: string;
  /** JSON-RPC method of an MCP message that is no `tools/call`. */
  readonly method?: string;
  /** The call-site header's value, undecoded. */
  readonly site?: string;
  /** What the `rewind-session` header would say. */
  readonly session?: string;
  /** What the tool's author wants of a replay; the replay's own option wins. */
  readonly replay?: ToolReplay;
  /** Aborts when the agent is gone before it has said how the tool ended. */
  readonly signal: AbortSignal;
}

/** `tape`: give what was recorded, so that nothing happens twice; `run`: run it again. */
export type ToolReplay = 'tape' | 'run';

/**
 * What JSON has no word for, by JSON pointer into the value: `{"/total": "float", "": "tuple"}`. Written and read by
 * helpers alone (docs/tools.md).
 */
export type ValueForms = Readonly<Record<string, string>>;

/** What a tool raised. */
export interface ToolError {
  /** The exception's type: `ValueError`, `httpx.ConnectError`, `TypeError`. */
  readonly type: string;
  readonly message: string;
  /** What it was made with, where that is JSON. */
  readonly arguments?: readonly unknown[];
}

/**
 * How a tool ended.
 * - `result`: `value` is JSON, `forms` what it leaves out; `stream`: the list of the items it gave;
 *   `async`: by way of a promise; `opaque`: a description only, which nobody can be given again.
 * - `error`: it raised; `items`: what a stream gave before.
 * - `miss`: a tape that was to answer has nothing; the tool must not run.
 * - `unfinished`: the agent went away meanwhile.
 */
export type ToolOutcome = {
  readonly durationMs: number;
  /** How it was answered; absent where it ran. */
  readonly label?: AnswerLabel;
} & (
  | {
      readonly kind: 'result';
      readonly value: unknown;
      readonly forms?: ValueForms;
      readonly stream?: true;
      readonly async?: true;
      readonly opaque?: true;
    }
  | {
      readonly kind: 'error';
      readonly error: ToolError;
      readonly items?: readonly unknown[];
      readonly forms?: ValueForms;
      readonly async?: true;
    }
  | { readonly kind: 'miss'; readonly message: string }
  | { readonly kind: 'unfinished' }
);

/** Lets the agent run the tool; resolves with what it reported. Called at most once. */
export type RunTool = () => Promise<ToolOutcome>;

/** What `responder` makes of a tool; one that knows nothing of tools lets it run. */
export function answerTool(responder: Responder, ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
  return responder.tool?.(ask, run) ?? run();
}
