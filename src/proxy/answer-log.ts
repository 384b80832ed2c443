import type { SessionWriter } from '../sessions/session.ts';
import type { AnswerEnd, AnswerHead, AnswerLabel } from '../wire/exchange.ts';
import type { RawHeaders } from '../wire/headers.ts';
import type { TurnWrites } from './turn-writes.ts';

type Write = (writer: SessionWriter) => void;

/**
 * One exchange's records. Request, label, head and chunks wait for the end of this turn of the event loop, so that host and agent have
 * them first; the end of an answer brings all of them to disk at once, unless all of it is on disk already, on a tape (docs/adr/0017). After a
 * write has failed nothing more is written.
 */
export class AnswerLog {
  readonly seq: number;
  readonly #writer: SessionWriter;
  readonly #failed: (error: Error) => void;
  readonly #sinceHead: () => number;
  readonly #signal: AbortSignal;
  readonly #turn: TurnWrites;
  readonly #taped: boolean;
  #waiting: Write[] = [];
  #writing = true;
  #ended = false;

  /**
   * `signal`: says that the agent has hung up; nothing is written of what comes then. `taped`: nothing goes on to a host, so that
   * all records of the exchange may wait for the end of the turn.
   */
  constructor(
    seq: number,
    writer: SessionWriter,
    failed: (error: Error) => void,
    sinceHead: () => number,
    signal: AbortSignal,
    turn: TurnWrites,
    taped: boolean,
  ) {
    this.seq = seq;
    this.#signal = signal;
    this.#turn = turn;
    this.#taped = taped;
    this.#writer = writer;
    this.#failed = failed;
    this.#sinceHead = sinceHead;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Comes first, also of an agent that has hung up already. */
  request(record: Write): void {
    this.#wait(record);
  }

  label(label: AnswerLabel, detail: string | undefined): void {
    this.#later(writer => writer.label(this.seq, label, detail));
  }

  #write(record: Write): void {
    if (!this.#writing) return;
    try {
      record(this.#writer);
    } catch (error) {
      this.#writing = false;
      this.#failed(error as Error);
    }
  }

  head(head: AnswerHead): void {
    const at = this.#sinceHead();
    this.#later(writer => writer.answerHead(this.seq, at, head));
  }

  chunk(bytes: Uint8Array): void {
    const at = this.#sinceHead();
    this.#later(writer => writer.answerChunk(this.seq, at, bytes));
  }

  complete(trailers: RawHeaders): void {
    this.#end({ kind: 'complete', at: this.#sinceHead(), trailers });
  }

  broke(how: 'reset' | 'close', message: string): void {
    this.#end({ kind: how === 'close' ? 'closed' : 'reset', at: this.#sinceHead(), message });
  }

  clientGone(): void {
    this.#end({ kind: 'client-gone', at: this.#sinceHead() });
  }

  #later(record: Write): void {
    if (this.#signal.aborted) this.clientGone();
    if (!this.#ended) this.#wait(record);
  }

  #wait(record: Write): void {
    if (this.#waiting.push(record) === 1) this.#turn.add(() => this.#flush());
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    this.#write(writer =>
      writer.together(() => {
        for (const record of this.#waiting.splice(0)) record(writer);
      }),
    );
  }

  #end(end: Exclude<AnswerEnd, { kind: 'unfinished' }>): void {
    if (this.#ended) return;
    this.#ended = true;
    const truly = this.#signal.aborted ? ({ kind: 'client-gone', at: end.at } as const) : end;
    this.#waiting.push(writer => writer.answerEnd(this.seq, truly));
    if (this.#taped) this.#turn.add(() => this.#flush());
    else this.#flush();
  }
}
