import type { SessionWriter } from '../sessions/session.ts';
import type { Ask, Reply, Responder } from '../tape/responder.ts';
import type { AnswerEnd } from '../wire/exchange.ts';

/** The session's clock. */
export interface SessionClock {
  /** `performance.now()` at the session's start. */
  readonly startedAt: number;
  readonly now: () => number;
}

export function sessionClock(startedAt = performance.now()): SessionClock {
  return { startedAt, now: () => performance.now() };
}

/**
 * Writes every exchange that passes through it. A request is on disk before it goes on; the end of an answer is on disk before
 * the agent sees it; head and chunks go to the agent first and to disk in the same turn of the event loop.
 *
 * A writer that fails (disk full) costs the recording of that exchange, never the agent's answer; the first failure is told.
 */
export class Recorder implements Responder {
  readonly #inner: Responder;
  readonly #writer: SessionWriter;
  readonly #clock: SessionClock;
  readonly #notice: (error: Error) => void;
  #told = false;

  constructor(
    inner: Responder,
    writer: SessionWriter,
    clock: SessionClock,
    notice: (error: Error) => void = () => undefined,
  ) {
    this.#inner = inner;
    this.#writer = writer;
    this.#clock = clock;
    this.#notice = notice;
  }

  async respond(ask: Ask, reply: Reply): Promise<void> {
    const { seq, arrived, request, site, signal } = ask;
    let writing = true;
    let ended = false;
    const write = (record: (writer: SessionWriter) => void) => {
      if (!writing) return;
      try {
        record(this.#writer);
      } catch (error) {
        writing = false;
        this.#tell(error as Error);
      }
    };
    const sinceHead = () => Math.max(0, this.#clock.now() - arrived);
    const end = (how: Exclude<AnswerEnd, { kind: 'unfinished' }>) => {
      if (ended) return;
      ended = true;
      write(writer => writer.answerEnd(seq, how));
    };

    write(writer =>
      writer.request({
        seq,
        at: Math.max(0, arrived - this.#clock.startedAt),
        request,
        ...(site !== undefined && { site }),
      }),
    );
    const gone = () => end({ kind: 'client-gone', at: sinceHead() });
    signal.addEventListener('abort', gone, { once: true });
    try {
      await this.#inner.respond(ask, {
        label(label, detail) {
          write(writer => writer.label(seq, label, detail));
          reply.label(label, detail);
        },
        head(head) {
          const at = sinceHead();
          reply.head(head);
          write(writer => writer.answerHead(seq, at, head));
        },
        chunk(bytes) {
          const at = sinceHead();
          const room = reply.chunk(bytes);
          if (!ended) write(writer => writer.answerChunk(seq, at, bytes));
          return room;
        },
        end(trailers = []) {
          end({ kind: 'complete', at: sinceHead(), trailers });
          reply.end(trailers);
        },
        fail(how, message) {
          end({ kind: 'reset', at: sinceHead(), message });
          reply.fail(how, message);
        },
      });
      if (signal.aborted) gone();
    } finally {
      signal.removeEventListener('abort', gone);
    }
  }

  /** Closes the responder inside. Sealing the session is its owner's. */
  async close(): Promise<void> {
    await this.#inner.close?.();
  }

  #tell(error: Error): void {
    if (this.#told) return;
    this.#told = true;
    this.#notice(error);
  }
}
