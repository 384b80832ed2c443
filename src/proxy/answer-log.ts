import type { SessionWriter } from '../sessions/session.ts';
import type { AnswerEnd, AnswerHead } from '../wire/exchange.ts';
import type { RawHeaders } from '../wire/headers.ts';

type Write = (writer: SessionWriter) => void;

/**
 * One exchange's records. Head and chunks wait for the end of this turn of the event loop, so that the agent has them first;
 * the end of an answer brings all of them to disk at once. After a write has failed nothing more is written.
 */
export class AnswerLog {
  readonly seq: number;
  readonly #writer: SessionWriter;
  readonly #failed: (error: Error) => void;
  readonly #sinceHead: () => number;
  #waiting: Write[] = [];
  #writing = true;
  #ended = false;

  constructor(seq: number, writer: SessionWriter, failed: (error: Error) => void, sinceHead: () => number) {
    this.seq = seq;
    this.#writer = writer;
    this.#failed = failed;
    this.#sinceHead = sinceHead;
  }

  /** Now. */
  write(record: Write): void {
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
    if (this.#ended) return;
    if (this.#waiting.push(record) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    this.write(writer =>
      writer.together(() => {
        for (const record of this.#waiting.splice(0)) record(writer);
      }),
    );
  }

  #end(end: Exclude<AnswerEnd, { kind: 'unfinished' }>): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting.push(writer => writer.answerEnd(this.seq, end));
    this.#flush();
  }
}
