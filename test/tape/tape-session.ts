import type { SessionReader } from '../../src/sessions/session.ts';
import type { Ask, Reply } from '../../src/tape/responder.ts';
import type { Answer, AnswerHead, AnswerLabel, Exchange, WireRequest } from '../../src/wire/exchange.ts';
import type { RawHeaders } from '../../src/wire/headers.ts';

/** An exchange to put on a tape, as short as a test can say it. */
export interface Recorded {
  readonly request: WireRequest;
  readonly answer?: Answer;
  readonly site?: string;
  readonly at?: number;
  readonly label?: AnswerLabel;
}

/** A session in memory. */
export function sessionOf(recorded: readonly Recorded[]): SessionReader {
  const exchanges: readonly Exchange[] = recorded.map((one, seq) => ({
    seq,
    at: one.at ?? seq * 100,
    request: one.request,
    answer: one.answer ?? answerOf(`answer ${seq}`),
    ...(one.site === undefined ? {} : { site: one.site }),
    ...(one.label === undefined ? {} : { label: one.label }),
  }));
  return {
    start: {
      id: '0'.repeat(32),
      startedAt: 0,
      command: [],
      cwd: '/',
      mode: 'record',
      scope: 'llm',
      rewindVersion: '0',
    },
    sealed: true,
    warnings: [],
    length: exchanges.length,
    exchange: seq => exchanges[seq]!,
    exchanges: () => exchanges,
    output: [],
    tools: [],
    webSockets: [],
  };
}

export interface RequestParts {
  readonly method?: string;
  readonly host?: string;
  readonly path?: string;
  readonly headers?: RawHeaders;
}

/** A chat-completions request; `body` is JSON unless it is bytes or text already. */
export function requestOf(body: unknown, parts: RequestParts = {}): WireRequest {
  const bytes =
    body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    method: parts.method ?? 'POST',
    scheme: 'https',
    host: parts.host ?? 'api.openai.com',
    path: parts.path ?? '/v1/chat/completions',
    httpVersion: '1.1',
    headers: parts.headers ?? [['content-type', 'application/json']],
    body: bytes,
  };
}

export interface AnswerParts {
  readonly status?: number;
  readonly headers?: RawHeaders;
  readonly end?: Answer['end'];
  readonly at?: readonly number[];
}

/** An answer of one chunk a text. */
export function answerOf(text: string | readonly string[], parts: AnswerParts = {}): Answer {
  const texts = typeof text === 'string' ? [text] : text;
  const chunks = texts.map((chunk, i) => ({ at: parts.at?.[i] ?? 10, bytes: Buffer.from(chunk) }));
  const at = chunks.at(-1)?.at ?? 10;
  return {
    head: { status: parts.status ?? 200, reason: 'OK', headers: parts.headers ?? [['X-Kept', 'as Is']] },
    headAt: 5,
    chunks,
    end: parts.end ?? { kind: 'complete', at, trailers: [] },
  };
}

/** Everything that a Reply was told. */
export class HeldReply implements Reply {
  labelled: AnswerLabel | null = null;
  detail: string | undefined;
  headed: AnswerHead | null = null;
  readonly chunks: Uint8Array[] = [];
  ended: 'end' | 'reset' | 'close' | null = null;
  trailers: RawHeaders | undefined;
  /** Called after each chunk. */
  onChunk: (count: number) => void | Promise<void> = () => undefined;

  label(label: AnswerLabel, detail?: string): void {
    this.labelled = label;
    this.detail = detail;
  }
  head(head: AnswerHead): void {
    this.headed = head;
  }
  chunk(bytes: Uint8Array): void | Promise<void> {
    this.chunks.push(bytes);
    return this.onChunk(this.chunks.length);
  }
  end(trailers?: RawHeaders): void {
    this.ended = 'end';
    this.trailers = trailers;
  }
  fail(how: 'reset' | 'close'): void {
    this.ended = how;
  }
  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }
}

let asked = 0;

export function askOf(request: WireRequest, more: Partial<Ask> = {}): Ask {
  return {
    seq: asked++,
    arrived: performance.now(),
    request,
    signal: new AbortController().signal,
    ...more,
  };
}
