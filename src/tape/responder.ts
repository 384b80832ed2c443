import type { AnswerHead, AnswerLabel, RequestHead, WireRequest } from '../wire/exchange.ts';
import type { RawHeaders } from '../wire/headers.ts';
import type { RunTool, ToolAsk, ToolOutcome } from './tool.ts';

/** One request that wants an answer. */
export interface Ask {
  /** Order of arrival of the request's head at the proxy, from 0. */
  readonly seq: number;
  /** When the head arrived: `performance.now()` milliseconds. All times of the answer count from here. */
  readonly arrived: number;
  readonly request: WireRequest;
  /** The call-site hook's header, undecoded. */
  readonly site?: string;
  /** Run tag of the proxy URL the request came by (`run:…`); tells child runs apart on one port. */
  readonly run?: string;
  /** What the `rewind-session` header said: the named session that the request is part of. */
  readonly session?: string;
  /** What `Responder.upload` began for this request. */
  readonly upload?: Upload;
  /** Aborts when the agent hangs up before the answer's end. */
  readonly signal: AbortSignal;
}

/** A request that is sent on while it comes in, but for its last bytes: without its end, no host can act on it. */
export interface Upload {
  /** The next bytes of the body; never the last of it. */
  piece(bytes: Uint8Array): void;
  /** The agent hung up. */
  abandon(): void;
}

/**
 * Where an answer goes: the agent's socket, or a decorator around it. Calls come in order:
 * (`label`) → `head` → `chunk`* → `end`, or `fail` at any point.
 */
export interface Reply {
  /** Says how this answer came about; at most once, before `head`. */
  label(label: AnswerLabel, detail?: string): void;
  head(head: AnswerHead): void;
  /** Resolves or returns once more bytes are welcome (back-pressure); never holds bytes back. */
  chunk(bytes: Uint8Array): void | Promise<void>;
  /** The proper end of the body. */
  end(trailers?: RawHeaders): void;
  /** Breaks the connection the way production does: `reset` = TCP RST, `close` = FIN without a proper end. */
  fail(how: 'reset' | 'close', message: string): void;
}

/**
 * Answers an agent's request. Everything that answers is one of these: upstream, recorder, tape, fault, splice,
 * debugger's gate. Resolves when the answer has ended or failed; a rejection is a defect and becomes a 500.
 */
export interface Responder {
  /** False: nothing goes on from here to anybody, so that the answer's end need not be on disk before it is given. */
  readonly forwards?: boolean;
  respond(ask: Ask, reply: Reply): Promise<void>;
  /**
   * Answers a tool of the agent's in its place, or lets it run and passes on (or changes) what came of it; without this
   * method tools run. Call it through `answerTool`.
   */
  tool?(ask: ToolAsk, run: RunTool): Promise<ToolOutcome>;
  /** Where a request came from, as far as whoever has answered it knows: for agents that do not say so. Undecoded. */
  siteOf?(seq: number): string | undefined;
  /**
   * Told of a large request as soon as its head is there, to send it on while it comes in; undefined: not wanted. `length`:
   * the body's, from Content-Length. The request follows by `respond`, whole, with this upload, unless it is abandoned.
   */
  upload?(head: RequestHead, length: number): Upload | undefined;
  /** Frees sockets and files. Idempotent. */
  close?(): Promise<void>;
}
