import type { SessionWriter } from '../sessions/session.ts';
import type { Ask, Reply, Responder, Upload } from '../tape/responder.ts';
import { answerTool, type RunTool, type ToolAsk, type ToolOutcome } from '../tape/tool.ts';
import { toolRunOf } from '../tape/tool-tape.ts';
import type { RequestHead } from '../wire/exchange.ts';
import { header, type RawHeaders } from '../wire/headers.ts';
import { AnswerLog } from './answer-log.ts';
import { TurnWrites } from './turn-writes.ts';

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
 * Writes every exchange that passes through it. A whole answer is on disk before the agent sees its last byte or its end; the request,
 * and what comes of the answer before that, goes on first and to disk in the same turn of the event loop (docs/adr/0018). So does all
 * of an exchange whose responder forwards nothing: its answer is on disk already.
 *
 * A writer that fails (disk full) costs the recording of that exchange, never the agent's answer; the first failure is told.
 */
export class Recorder implements Responder {
  readonly #inner: Responder;
  readonly #writer: SessionWriter;
  readonly #clock: SessionClock;
  readonly #notice: (message: string) => void;
  readonly #turn: TurnWrites;
  #told = false;

  constructor(
    inner: Responder,
    writer: SessionWriter,
    clock: SessionClock,
    notice: (message: string) => void = () => undefined,
  ) {
    this.#inner = inner;
    this.#writer = writer;
    this.#clock = clock;
    this.#notice = notice;
    this.#turn = new TurnWrites(writer);
  }

  async respond(ask: Ask, reply: Reply): Promise<void> {
    const { seq, arrived, request, site, signal } = ask;
    const { forwards = true } = this.#inner;
    const log = new AnswerLog(
      seq,
      this.#writer,
      error => this.#tell(`Exchange ${seq}`, error),
      () => Math.max(0, this.#clock.now() - arrived),
      signal,
      this.#turn,
      !forwards,
    );
    const at = Math.max(0, arrived - this.#clock.startedAt);
    log.request(writer => {
      const from = site ?? this.#inner.siteOf?.(seq);
      writer.request({ seq, at, request, ...(from !== undefined && { site: from }) });
    });
    const answered = this.#inner.respond(ask, recorded(reply, log, request.method === 'HEAD'));
    // Answered at once, as a tape does: there is nothing left that the agent could hang up on.
    if (log.ended) await answered;
    else {
      const gone = () => log.clientGone();
      signal.addEventListener('abort', gone, { once: true });
      try {
        await answered;
        if (signal.aborted) gone();
      } finally {
        signal.removeEventListener('abort', gone);
      }
    }
    // Whoever seals the session waits for its requests.
    await this.#turn.written;
  }

  /** Its record is written when it is whole (docs/adr/0016). */
  upload(head: RequestHead, length: number): Upload | undefined {
    return this.#inner.upload?.(head, length);
  }

  /** The tool's record is on disk before the agent goes on with its result. */
  async tool(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    const outcome = await answerTool(this.#inner, ask, run);
    try {
      this.#writer.tool(toolRunOf(ask, outcome, Math.max(0, ask.arrived - this.#clock.startedAt)));
    } catch (error) {
      this.#tell(`A run of the tool ${ask.name}`, error as Error);
    }
    return outcome;
  }

  /** Closes the responder inside. Sealing the session is its owner's. */
  async close(): Promise<void> {
    await this.#inner.close?.();
  }

  /** Once: what is wrong with one is mostly wrong with all that follow. */
  #tell(what: string, error: Error): void {
    if (this.#told) return;
    this.#told = true;
    this.#notice(`${what} was not recorded whole: ${error.message}`);
  }
}

/** The agent's reply, written down on its way. */
function recorded(reply: Reply, log: AnswerLog, bodiless: boolean): Reply {
  // The last bytes of a body whose length the head told: to the agent, they are its end.
  let left = Number.POSITIVE_INFINITY;
  let held: Uint8Array | undefined;
  const release = (): void => {
    if (!held) return;
    const bytes = held;
    held = undefined;
    void reply.chunk(bytes);
  };
  return {
    label(label, detail) {
      log.label(label, detail);
      reply.label(label, detail);
    },
    head(head) {
      if (!bodiless) left = bodyLength(head.headers);
      reply.head(head);
      log.head(head);
    },
    chunk(bytes) {
      left -= bytes.length;
      if (left > 0) {
        const room = reply.chunk(bytes);
        log.chunk(bytes);
        return room;
      }
      log.chunk(bytes);
      release();
      held = bytes;
      // The end comes in this turn of the event loop, unless whoever answers is up to something; not if told to wait.
      setImmediate(release);
      return undefined;
    },
    end(trailers = []) {
      log.complete(trailers);
      release();
      reply.end(trailers);
    },
    fail(how, message) {
      log.broke(how, message);
      release();
      reply.fail(how, message);
    },
  };
}

function bodyLength(headers: RawHeaders): number {
  if (header(headers, 'transfer-encoding') !== undefined) return Number.POSITIVE_INFINITY;
  const length = Number(header(headers, 'content-length') ?? Number.NaN);
  return Number.isNaN(length) ? Number.POSITIVE_INFINITY : length;
}
