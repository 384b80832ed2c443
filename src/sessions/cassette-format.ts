/**
 * The lines of a `.rw` file; docs/cassette.md explains them. Fields stand in the order given here, so that the
 * same session gives the same bytes.
 */
import type { AnswerLabel } from '../wire/exchange.ts';
import type { JsonStyle } from './json-style.ts';
import type { OutputPiece, SessionExit, SessionStart, ToolRun } from './session.ts';

/** The newest version that is read. A cassette says the lowest one that can read it: 2 where it has a `message` or `webSocket` line. */
export const CASSETTE_VERSION = 2;

export interface HeaderLine {
  readonly rewind: 'cassette';
  readonly version: number;
  readonly name?: string;
  /** A day (UTC), `2026-01-31`. */
  readonly recorded: string;
  readonly command: readonly string[];
  readonly scope: SessionStart['scope'];
  readonly extraHosts?: readonly string[];
}

/** A message, an item or a tool's definition. Named by the first hex digits of a SHA-256 of what it holds. */
export type PartLine = { readonly part: string } & ({ readonly json: unknown } | { readonly text: string });

/** A name, or the first so many of the list that an earlier exchange has in the same place. */
export type PartRef = string | { readonly of: number; readonly first: number };

/** Stands in a JSON body for the elements of one of its top-level arrays. */
export interface PartList {
  readonly parts: readonly PartRef[];
}

export type BodyForm =
  | { readonly json: unknown; readonly style?: JsonStyle }
  /** Texts, and runs of parts joined by commas. */
  | { readonly pieces: readonly (string | readonly PartRef[])[] }
  | { readonly text: string }
  | { readonly base64: string };

/** [name, value], or [name] where the value changes from run to run and stands in the `changing` line. */
export type HeaderForm = readonly [name: string, value?: string];

export interface RequestLine {
  readonly exchange: number;
  readonly request: string;
  readonly http?: '1.0' | '2';
  readonly headers: readonly HeaderForm[];
  /** Absent where it is empty. */
  readonly body?: BodyForm;
}

export interface AnswerLine {
  readonly answer: number;
  readonly status?: number;
  readonly reason?: string;
  readonly headers?: readonly HeaderForm[];
  readonly trailers?: readonly HeaderForm[];
  readonly label?: AnswerLabel;
  /** Absent where it is complete. */
  readonly end?: 'reset' | 'closed' | 'client-gone' | 'unfinished';
  readonly message?: string;
}

/** Body lines follow their answer line; the body is their bytes, joined. */
export type BodyLine =
  | { readonly json: unknown; readonly style?: JsonStyle }
  | { readonly text: string }
  | { readonly base64: string }
  /** For the events that follow: what they have in common unless they say otherwise, in the order of its keys. */
  | { readonly each: Readonly<Record<string, unknown>>; readonly style?: JsonStyle }
  /** `alone`: takes nothing from `each`. */
  | {
      readonly event?: string;
      readonly data: unknown;
      readonly alone?: true;
      /** Lines end in CR LF. */
      readonly crlf?: true;
      readonly style?: JsonStyle;
    }
  | MessageLine;

/** One message of an AWS event stream. Its payload: `data`, `text`, `base64`, or none. */
export interface MessageLine {
  /** The event's type where the headers are Bedrock's usual three, else the headers. */
  readonly message: string | readonly (readonly [name: string, value: HeaderValueForm])[];
  readonly data?: unknown;
  readonly text?: string;
  readonly base64?: string;
  /** Members of `data` that the payload holds as base64 of their JSON, and its style. */
  readonly coded?: Readonly<Record<string, JsonStyle>>;
  readonly style?: JsonStyle;
}

/** A text, or `{type: value}`: binary as base64, long and timestamp in decimal digits. */
export type HeaderValueForm = string | Readonly<Record<string, boolean | number | string>>;

/** Values of the headers that change from run to run, in order. */
export interface ChangingLine {
  readonly changing: number;
  readonly request?: readonly string[];
  readonly answer?: readonly string[];
}

export interface OutputLine {
  readonly output: OutputPiece['stream'];
  readonly text?: string;
  readonly base64?: string;
}

export interface ToolLine {
  readonly tool: Omit<ToolRun, 'at' | 'durationMs' | 'site'>;
}

export interface WebSocketLine {
  /** `wss://host/path`. */
  readonly webSocket: string;
  /** Where it was. */
  readonly refused?: true;
}

export interface ExitLine {
  readonly exit: Omit<SessionExit, 'at'>;
}

/** Milliseconds. `chunks`: see `chunk-text.ts`. */
export interface TimingLine {
  readonly timing: number;
  readonly at: number;
  readonly head?: number;
  readonly chunks?: string;
  readonly end?: number;
}

export interface OtherTimesLine {
  readonly times: {
    readonly output?: readonly number[];
    readonly tools?: readonly number[];
    readonly exit?: number;
  };
}

/**
 * Headers whose values are new in each run and mean nothing to an agent's behaviour. They are kept, apart, so that a
 * recording made again differs in one line and not in all.
 */
export const CHANGING_HEADERS =
  /^(date|age|expires|last-modified|etag|set-cookie|cookie|content-length|.*request-?id.*|.*correlation-?id|.*trace-?id|traceparent|tracestate|cf-ray|x-ratelimit-.*|anthropic-ratelimit-.*|openai-processing-ms|x-envoy-.*|server-timing|alt-svc|report-to|nel|idempotency-key|x-amz-date|x-amz-id-2|amz-sdk-.*|x-amzn-trace-id|authorization|x-stainless-retry-count|x-response-time|.*latency.*|.*-duration|x-cloud-trace-context|via|x-served-by|x-timer|retry-after.*)$/i;
