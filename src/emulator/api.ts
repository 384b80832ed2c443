import type { RawHeaders } from '../wire/headers.ts';
import type { Completion } from './completion.ts';
import type { Memory } from './memory.ts';
import type { Prompt, ProviderName } from './prompt.ts';
import type { Random } from './random.ts';
import type { FailureKind } from './script.ts';
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

/** A vendor: how it checks keys, words its errors, and what headers it sends. */
export interface Vendor {
  readonly name: ProviderName;
  credential(request: Incoming): string | undefined;
  /** Headers beside content-type, length and coding, in the vendor's order and case. */
  headers(facts: HeaderFacts): RawHeaders;
  failure(failure: Failure): FailureAnswer;
}

export interface HeaderFacts {
  readonly random: Random;
  readonly now: Date;
  readonly stream: boolean;
  readonly status: number;
  readonly usage: Usage;
}

export interface FailureAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
  readonly headers?: RawHeaders;
}

export interface Failure {
  readonly kind: FailureKind;
  readonly message?: string;
  /** Seconds. */
  readonly retryAfter?: number | null;
  readonly model?: string;
  readonly key?: string;
  readonly path?: string;
  /** The request field at fault. */
  readonly field?: string;
  readonly random: Random;
}

/** Thrown by an API that cannot serve a request; becomes the vendor's error. */
export class Refused extends Error {
  readonly kind: FailureKind;
  readonly field: string | undefined;

  constructor(kind: FailureKind, message?: string, field?: string) {
    super(message ?? '');
    this.name = 'Refused';
    this.kind = kind;
    this.field = field;
  }
}

export type Api = ChatApi | PlainApi;

/** An API where the script decides what is said. */
export interface ChatApi {
  readonly kind: 'chat';
  readonly vendor: Vendor;
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
