import { readFileSync } from 'node:fs';
import { RewindError } from '../errors.ts';
import type { Answer, Chunk, Exchange } from '../wire/exchange.ts';
import { errnoOf, fileError } from './file-error.ts';
import { nonceOf, notALog, scanFrames } from './frame.ts';
import { type Home, logPath, sessionFolder } from './home.ts';
import { sha256 } from './id.ts';
import { recorderOf } from './lock.ts';
import { LogState } from './log-state.ts';
import type { LogRecord } from './records.ts';
import type { SessionExit, SessionReader, SessionStart } from './session.ts';
import { restoreBody, type StoredExchange } from './stored-exchange.ts';

/**
 * One session, read as it stands on disk now; a session that is being recorded gives what is whole so far. Throws
 * RewindError `no-such-session`, `not-a-log`, `empty-log`.
 */
export function readSession(home: Home, id: string): SessionReader {
  const path = logPath(home, id);
  const live = recorderOf(sessionFolder(home, id)) !== undefined;
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw fileError(error, `read session ${id}`, path);
    throw new RewindError(
      'no-such-session',
      `There is no session ${id}`,
      '`rewind list` shows what is there.',
    );
  }
  return new LogReader(id, readLog(id, file, live));
}

/** The exchanges that can be read; the damaged ones are passed over. */
export function* wholeExchanges(reader: SessionReader): Generator<Exchange, void> {
  const exchanges = reader.exchanges()[Symbol.iterator]();
  for (;;) {
    let next: IteratorResult<Exchange>;
    try {
      next = exchanges.next();
    } catch (error) {
      if (error instanceof RewindError && error.code === 'corrupt-blob') continue;
      throw error;
    }
    if (next.done) return;
    yield next.value;
  }
}

function readLog(id: string, file: Buffer, live: boolean): LogState {
  const wrong = notALog(file);
  if (wrong === 'foreign') {
    throw new RewindError(
      'not-a-log',
      `The log of session ${id} is damaged at its first bytes`,
      'Delete it with `rewind rm`.',
    );
  }
  if (wrong === 'newer') {
    throw new RewindError('newer-log', `Session ${id} was recorded by a newer Rewind`, 'Update Rewind.');
  }
  const state = new LogState();
  if (!wrong) {
    for (const found of scanFrames(file, nonceOf(file))) {
      if ('kind' in found) state.take(found as unknown as LogRecord, found.bytes as Buffer);
      else if (!found.tail) {
        state.warnings.push(`bytes ${found.from} to ${found.to} of the log are damaged and were skipped`);
      } else if (!live) {
        state.warnings.push(`the last ${found.to - found.from} bytes of the log are torn and were dropped`);
      }
    }
  }
  if (!state.start) {
    throw new RewindError(
      'empty-log',
      `The log of session ${id} holds nothing whole`,
      'Delete it with `rewind rm`.',
    );
  }
  return state;
}

class LogReader implements SessionReader {
  readonly start: SessionStart;
  readonly exit?: SessionExit;
  readonly #id: string;
  readonly #state: LogState;
  readonly #order: readonly number[];

  constructor(id: string, state: LogState) {
    this.#id = id;
    this.#state = state;
    this.start = state.start!;
    if (state.exit) this.exit = state.exit;
    this.#order = [...state.exchanges.keys()].sort((a, b) => a - b);
  }

  get sealed(): boolean {
    return this.#state.sealed;
  }

  get warnings(): readonly string[] {
    return [...this.#state.warnings, ...this.#state.notes];
  }

  get output(): SessionReader['output'] {
    return this.#state.output;
  }

  get tools(): SessionReader['tools'] {
    return this.#state.tools;
  }

  get length(): number {
    return this.#order.length;
  }

  /** Not a generator: after one damaged exchange was told by a throw, the next can still be asked for. */
  exchanges(): Iterable<Exchange> {
    return { [Symbol.iterator]: () => this.#iterate() };
  }

  #iterate(): Iterator<Exchange> {
    let i = 0;
    return {
      next: () => {
        const seq = this.#order[i++];
        return seq === undefined ? { done: true, value: undefined } : { value: this.exchange(seq) };
      },
    };
  }

  exchange(seq: number): Exchange {
    const stored = this.#state.exchanges.get(seq);
    if (!stored) {
      throw new RewindError(
        'no-such-exchange',
        `Session ${this.#id} has no exchange ${seq}`,
        '`rewind inspect` shows what is there.',
      );
    }
    const { at, head, site, label } = stored;
    return {
      seq,
      at,
      request: { ...head, body: this.#requestBody(stored) },
      answer: this.#answer(stored),
      ...(site !== undefined && { site }),
      ...(label && { label }),
    };
  }

  #requestBody(stored: StoredExchange): Uint8Array {
    const what = `the request body of exchange ${stored.seq}`;
    try {
      const body = restoreBody(stored.body, base => this.#state.exchanges.get(base)?.body);
      this.#verify(body, stored.requestId, what);
      return body;
    } catch (error) {
      if (error instanceof RewindError) throw error;
      throw this.#corrupt(stored.requestId, what, error);
    }
  }

  #answer(stored: StoredExchange): Answer {
    const bytes = stored.answer();
    this.#verify(bytes, stored.answerId, `the answer of exchange ${stored.seq}`);
    const chunks: Chunk[] = [];
    let from = 0;
    for (const { at, size } of stored.chunks) {
      const piece = bytes.subarray(from, from + size);
      if (piece.length) chunks.push({ at, bytes: piece });
      from += size;
    }
    return {
      ...(stored.answerHead && { head: stored.answerHead }),
      ...(stored.headAt !== undefined && { headAt: stored.headAt }),
      chunks,
      end: stored.end,
    };
  }

  #verify(bytes: Uint8Array, id: string | undefined, what: string): void {
    if (id !== undefined && sha256(bytes) !== id) throw this.#corrupt(id, what);
  }

  #corrupt(id: string | undefined, what: string, cause?: unknown): RewindError {
    const because = cause instanceof Error ? `: ${cause.message}` : '';
    return new RewindError(
      'corrupt-blob',
      `Session ${this.#id}: blob ${id ?? 'without a hash'} (${what}) is damaged${because}`,
      'The other exchanges of the session can still be read; restore the log from a backup to get this one back.',
      { cause },
    );
  }
}
