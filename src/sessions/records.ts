/**
 * What a log says, record by record. A record is JSON fields and bytes, see `frame.ts`. Fields and kinds are only ever
 * added: a reader takes what it knows.
 */
import type { AnswerEnd, AnswerHead, AnswerLabel, RequestHead } from '../wire/exchange.ts';
import type { OutputPiece, SessionExit, SessionStart, ToolRun } from './session.ts';
import type { WebSocketSeen } from './web-sockets.ts';

/** The position is the number on disk: append only. */
export const FRAME_KINDS = [
  'start',
  'request',
  'label',
  'head',
  'chunk',
  'end',
  'output',
  'tool',
  'exit',
  'note',
  'seal',
  'block',
  'exchanges',
  'rest',
  'websocket',
] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

/**
 * A body as it is stored: whole, or as its difference from the body of an earlier request. `ops` is a flat list of
 * [bytes to insert, offset in base, bytes to copy]; what is left of the inserted bytes comes last.
 */
export interface BodyFields {
  readonly size: number;
  /** `seq` of the exchange whose request body this one is built on. */
  readonly base?: number;
  readonly ops?: readonly number[];
}

export interface RequestFields {
  readonly seq: number;
  readonly at: number;
  readonly head: RequestHead;
  readonly site?: string;
  readonly body: BodyFields;
}

export interface LabelFields {
  readonly seq: number;
  readonly label: AnswerLabel;
  readonly detail?: string;
}

export interface HeadFields {
  readonly seq: number;
  readonly at: number;
  readonly head: AnswerHead;
}

/**
 * The bytes of a chunk. `size` is there where it differs from the record's own bytes: a piece that might be the
 * beginning of a secret is held back and stands at the front of the next record.
 */
export interface ChunkFields {
  readonly seq: number;
  readonly at: number;
  readonly size?: number;
}

/** Carries what was held back. The hashes are SHA-256 of the plain bodies, hex. */
export interface EndFields {
  readonly seq: number;
  readonly end: Exclude<AnswerEnd, { kind: 'unfinished' }>;
  readonly request: string;
  readonly answer: string;
}

export type OutputFields = Omit<OutputPiece, 'bytes'> & { readonly size?: number };

/** Something the user should be told of this session, such as a body that was stored decoded. */
export interface NoteFields {
  readonly text: string;
}

/** Where a body's own bytes stand in a packed log: in the plain bytes of block `block`. */
export interface PackedBody extends BodyFields {
  readonly block: number;
  readonly from: number;
  readonly length: number;
}

/** One of the JSON list in an `exchanges` frame: JSON, the chunks' boundaries and their times, each a block of bytes. */
export interface PackedExchange extends Omit<RequestFields, 'body'> {
  readonly body: PackedBody;
  readonly answer: { readonly block: number; readonly index: number };
  readonly label?: AnswerLabel;
  readonly detail?: string;
  readonly answerHead?: AnswerHead;
  readonly headAt?: number;
  readonly end: AnswerEnd;
  readonly requestId?: string;
  readonly answerId?: string;
  /** Bytes that its chunks take of the times and of the boundaries. */
  readonly times: number;
  readonly cuts: number;
}

/** The JSON of a `rest` frame; the output's bytes follow it, joined. */
export interface PackedRest {
  readonly exit?: SessionExit;
  readonly tools: readonly ToolRun[];
  readonly notes: readonly string[];
  /** Absent in logs from before it was known. */
  readonly webSockets?: readonly WebSocketSeen[];
  /** What was damaged when the log was packed. */
  readonly warnings: readonly string[];
  readonly output: readonly {
    readonly at: number;
    readonly stream: OutputPiece['stream'];
    readonly size: number;
  }[];
}

export type LogRecord =
  | { readonly kind: 'block'; readonly fields: { readonly n: number } }
  | { readonly kind: 'exchanges'; readonly fields: { readonly count: number } }
  | { readonly kind: 'rest'; readonly fields: Readonly<Record<string, never>> }
  | { readonly kind: 'start'; readonly fields: SessionStart }
  | { readonly kind: 'request'; readonly fields: RequestFields }
  | { readonly kind: 'label'; readonly fields: LabelFields }
  | { readonly kind: 'head'; readonly fields: HeadFields }
  | { readonly kind: 'chunk'; readonly fields: ChunkFields }
  | { readonly kind: 'end'; readonly fields: EndFields }
  | { readonly kind: 'output'; readonly fields: OutputFields }
  | { readonly kind: 'tool'; readonly fields: ToolRun }
  | { readonly kind: 'exit'; readonly fields: SessionExit }
  | { readonly kind: 'websocket'; readonly fields: WebSocketSeen }
  | { readonly kind: 'note'; readonly fields: NoteFields }
  | { readonly kind: 'seal'; readonly fields: Readonly<Record<string, never>> };
