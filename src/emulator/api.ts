import type { DialectId } from '../providers/call.ts';
import type { ErrorAnswer, ErrorContext, ErrorKind } from '../providers/error-bodies.ts';
import type { RawHeaders } from '../wire/headers.ts';
import type { Completion } from './completion.ts';
import type { Memory } from './memory.ts';
import type { Prompt, ProviderName } from './prompt.ts';
import type { Random } from './random.ts';
import { streamPieces, tokenPieces } from './tokens.ts';

/** A request that arrived whole. */
export interface Incoming {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: RawHeaders;
  readonly body: Buffer;
  /** The body parsed; undefined where it is no JSON. */
  readonly json: unknown;
}

/** A vendor: how it checks keys, and what headers it sends. Its errors are worded by `providers/error-bodies.ts`. */
export interface Vendor {
  readonly name: ProviderName;
  /** Words the errors of paths that it does not have. */
  readonly dialect: DialectId;
  credential(request: Incoming): string | undefined;
  missingKey(context: ErrorContext): ErrorAnswer;
  /** In the vendor's words, where they name the key or the path. */
  wrongKey?(key: string): string;
  unknownPath?(request: Incoming): string;
  /** Headers beside content-type, length and coding, in the vendor's order and case. */
  headers(facts: HeaderFacts): RawHeaders;
  /** As `ErrorContext` takes it. */
  requestId(random: Random): string;
}

export interface HeaderFacts {
  readonly random: Random;
  readonly now: Date;
  readonly stream: boolean;
  readonly status: number;
  readonly usage: Usage;
}

/** Thrown by an API that cannot serve a request; becomes the vendor's error. */
export class Refused extends Error {
  readonly kind: ErrorKind;

  /** `message` is in the vendor's words. */
  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.name = 'Refused';
    this.kind = kind;
  }
}

export type Api = ChatApi | PlainApi;

/** An API where the script decides what is said. */
export interface ChatApi {
  readonly kind: 'chat';
  readonly vendor: Vendor;
  readonly dialect: DialectId;
  read(request: Incoming, memory: Memory): Prompt;
  whole(writing: Writing): string;
  /** The events of a stream, each written by itself. */
  stream(writing: Writing): readonly (string | Uint8Array)[];
  readonly contentType: string;
  streamContentType(request: Incoming): string;
  /** Headers of this API only. */
  headers?(writing: Writing): RawHeaders;
}

/** An API whose answer follows from the request alone: embeddings, lists, counts. */
export interface PlainApi {
  readonly kind: 'plain';
  readonly vendor: Vendor;
  readonly dialect: DialectId;
  readonly contentType: string;
  answer(request: Incoming, random: Random): string;
}

export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly reasoning: number;
}

/** All that a dialect needs to write an answer down. */
export interface Writing {
  readonly request: Incoming;
  readonly prompt: Prompt;
  readonly completion: Completion;
  /** The model that answers. */
  readonly model: string;
  readonly usage: Usage;
  readonly random: Random;
  readonly now: Date;
  readonly memory: Memory;
  /** Text events wanted of one stream; null = as the vendor splits. */
  readonly chunks: number | null;
}

/** Splits a text into its stream events: `usual` tokens each, unless the behaviour asks for a number of events. */
export function eventsOf(text: string, writing: Pick<Writing, 'chunks'>, usual: number): string[] {
  if (writing.chunks === null) return streamPieces(text, usual);
  return streamPieces(text, Math.max(1, Math.ceil(tokenPieces(text).length / writing.chunks)));
}

export function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
