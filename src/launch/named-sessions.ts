import { Recorder, sessionClock } from '../proxy/recorder.ts';
import { readSessionTag } from '../proxy/session-tag.ts';
import type { SessionWriter } from '../sessions/session.ts';
import type { Ask, Reply, Responder } from '../tape/responder.ts';
import type { NamedResponder } from '../tape/runner.ts';
import { answerTool, type RunTool, type ToolAsk, type ToolOutcome } from '../tape/tool.ts';

export interface NamedSessionsOptions {
  /** Has everything that is in no named session. */
  readonly main: Responder;
  readonly named: NamedResponder;
  /** Opens the session of that name, a part of the run's own. */
  readonly open: (name: string) => SessionWriter;
  readonly onNotice: (message: string) => void;
}

interface Part {
  readonly writer: SessionWriter;
  readonly recorder: Recorder;
  nextSeq: number;
  inFlight: number;
  ended: boolean;
}

/**
 * Sessions that an agent's code names (`rewind.session`), each recorded and answered on its own. One is opened by the first
 * request or tool in it, and sealed when the code has left it and nothing of it is under way, at the latest with the run.
 */
export class NamedSessions implements Responder {
  readonly #options: NamedSessionsOptions;
  readonly #parts = new Map<string, Part>();
  readonly #times = new Map<string, number>();
  readonly #sealing: Promise<unknown>[] = [];
  readonly #ids: string[] = [];

  constructor(options: NamedSessionsOptions) {
    this.#options = options;
  }

  /** Ids of the sessions made, in the order of their beginning. */
  get ids(): readonly string[] {
    return this.#ids;
  }

  respond(ask: Ask, reply: Reply): Promise<void> {
    return this.#within(ask.session, part =>
      part
        ? part.recorder.respond({ ...ask, seq: part.nextSeq++ }, reply)
        : this.#options.main.respond(ask, reply),
    );
  }

  tool(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    return this.#within(ask.session, part => answerTool(part?.recorder ?? this.#options.main, ask, run));
  }

  /** The agent's code has left this session. */
  end(session: string): void {
    const part = this.#parts.get(session);
    if (!part) return;
    part.ended = true;
    this.#sealIfOver(session, part);
  }

  /** Seals what is still open. */
  async close(): Promise<void> {
    for (const [session, part] of this.#parts) this.#seal(session, part);
    await Promise.all(this.#sealing);
  }

  async #within<T>(session: string | undefined, work: (part: Part | undefined) => Promise<T>): Promise<T> {
    const part = session === undefined ? undefined : (this.#parts.get(session) ?? this.#open(session));
    if (session === undefined || !part) return work(undefined);
    part.inFlight++;
    try {
      return await work(part);
    } finally {
      part.inFlight--;
      this.#sealIfOver(session, part);
    }
  }

  #open(session: string): Part {
    const { name } = readSessionTag(session);
    const nth = this.#times.get(name) ?? 0;
    this.#times.set(name, nth + 1);
    const writer = this.#options.open(name);
    const recorder = new Recorder(this.#options.named(name, nth), writer, sessionClock(), message =>
      this.#options.onNotice(`${name}: ${message}`),
    );
    const part: Part = { writer, recorder, nextSeq: 0, inFlight: 0, ended: false };
    this.#parts.set(session, part);
    this.#ids.push(writer.id);
    return part;
  }

  #sealIfOver(session: string, part: Part): void {
    if (part.ended && part.inFlight === 0 && this.#parts.get(session) === part) this.#seal(session, part);
  }

  #seal(session: string, { writer }: Part): void {
    // Out of the map first: what comes later under this name is another session.
    this.#parts.delete(session);
    this.#sealing.push(writer.seal());
  }
}
