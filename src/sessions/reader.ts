import zlib from 'node:zlib';
import { RewindError } from '../errors.ts';
import type { Answer, Chunk, Exchange, RequestHead } from '../wire/exchange.ts';
import { DerivedFiles } from './derived-files.ts';
import { errnoOf } from './file-error.ts';
import { type Home, logPath, sessionFolder } from './home.ts';
import { sha256 } from './id.ts';
import { recorderOf, releaseLock, takeLock } from './lock.ts';
import type { LogState } from './log-state.ts';
import { packFile } from './pack-file.ts';
import { readLog } from './read-log.ts';
import { RecentBodies } from './recent-bodies.ts';
import type { DerivedStore, SessionExit, SessionReader, SessionStart } from './session.ts';
import { restoreBody, type StoredBody, type StoredExchange } from './stored-exchange.ts';
import { webSocketWarnings } from './web-sockets.ts';

/**
 * One session, read as it stands on disk now; a session that is being recorded gives what is whole so far. A log that its
 * recorder left behind is packed on the way, where the home may be written. Throws RewindError `no-such-session`,
 * `not-a-log`, `newer-log`, `empty-log`.
 */
export function readSession(home: Home, id: string): SessionReader {
  const folder = sessionFolder(home, id);
  const path = logPath(home, id);
  const live = recorderOf(folder) !== undefined;
  const state = readLog(id, path, live);
  if (!live && !state.packed && canCompress && tryLock(folder)) {
    try {
      packFile(path, state);
    } finally {
      releaseLock(folder);
    }
  }
  return new LogReader(id, state, live ? undefined : new DerivedFiles(path));
}

const CUT_OFF = 'the recording broke off before its end: what came later is missing';

/** Without `loadZstd()` an older Node cannot compress, and reading must not wait for it. */
const canCompress = typeof zlib.zstdCompressSync === 'function';

/** False also where the folder may not be written. */
function tryLock(folder: string): boolean {
  try {
    return takeLock(folder);
  } catch (error) {
    if (errnoOf(error) === '') throw error;
    return false;
  }
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

/** A log in memory as a session. */
export class LogReader implements SessionReader {
  readonly start: SessionStart;
  readonly exit?: SessionExit;
  readonly derived?: DerivedStore;
  readonly #id: string;
  readonly #state: LogState;
  readonly #order: readonly number[];
  readonly #recent = new RecentBodies();
  /** Bodies whose hash was right: what is in memory does not change. */
  readonly #verified = new Set<string>();
  /** Found so far: bodies are read when they are asked for. */
  readonly #damaged = new Set<string>();

  constructor(id: string, state: LogState, derived?: DerivedStore) {
    this.#id = id;
    this.#state = state;
    this.start = state.start!;
    if (state.exit) this.exit = state.exit;
    if (derived) this.derived = derived;
    this.#order = [...state.exchanges.keys()].sort((a, b) => a - b);
  }

  get sealed(): boolean {
    return this.#state.sealed;
  }

  get warnings(): readonly string[] {
    const { warnings, notes, webSockets, sealed } = this.#state;
    return [
      ...(this.derived && !sealed ? [CUT_OFF] : []),
      ...warnings,
      ...this.#damaged,
      ...notes,
      ...webSocketWarnings(webSockets),
    ];
  }

  get webSockets(): SessionReader['webSockets'] {
    return this.#state.webSockets;
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

  requestHead(seq: number): RequestHead & { readonly bodySize: number } {
    const { head, body } = this.#stored(seq);
    return { ...head, bodySize: body.size };
  }

  answer(seq: number): Answer {
    return this.#answer(this.#stored(seq));
  }

  request(seq: number): Exchange['request'] {
    const stored = this.#stored(seq);
    return { ...stored.head, body: this.#requestBody(stored) };
  }

  exchange(seq: number): Exchange {
    const stored = this.#stored(seq);
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

  #stored(seq: number): StoredExchange {
    const stored = this.#state.exchanges.get(seq);
    if (stored) return stored;
    throw new RewindError(
      'no-such-exchange',
      `Session ${this.#id} has no exchange ${seq}`,
      '`rewind inspect` shows what is there.',
    );
  }

  #requestBody(stored: StoredExchange): Uint8Array {
    const what = `the request body of exchange ${stored.seq}`;
    const known = this.#recent.get(stored.seq);
    if (known) return known;
    try {
      const body = restoreBody(stored.body, base => this.#base(base));
      this.#verify(body, stored.requestId, what);
      this.#recent.add(stored.seq, body);
      return body;
    } catch (error) {
      if (error instanceof RewindError) throw error;
      throw this.#corrupt(stored.requestId, what, error);
    }
  }

  #base(seq: number): StoredBody | undefined {
    const whole = this.#recent.get(seq);
    return whole ? { size: whole.length, inserted: () => whole } : this.#state.exchanges.get(seq)?.body;
  }

  #answer(stored: StoredExchange): Answer {
    return {
      ...(stored.answerHead && { head: stored.answerHead }),
      ...(stored.headAt !== undefined && { headAt: stored.headAt }),
      chunks: this.#chunks(stored),
      end: stored.end,
    };
  }

  #chunks(stored: StoredExchange): Chunk[] {
    const what = `the answer of exchange ${stored.seq}`;
    try {
      const bytes = stored.answer();
      this.#verify(bytes, stored.answerId, what);
      const chunks: Chunk[] = [];
      let from = 0;
      for (const { at, size } of stored.chunks) {
        const piece = bytes.subarray(from, from + size);
        if (piece.length) chunks.push({ at, bytes: piece });
        from += size;
      }
      return chunks;
    } catch (error) {
      if (error instanceof RewindError) throw error;
      throw this.#corrupt(stored.answerId, what, error);
    }
  }

  #verify(bytes: Uint8Array, id: string | undefined, what: string): void {
    if (id === undefined || this.#verified.has(what)) return;
    if (sha256(bytes) !== id) throw this.#corrupt(id, what);
    this.#verified.add(what);
  }

  #corrupt(id: string | undefined, what: string, cause?: unknown): RewindError {
    this.#damaged.add(`${what} is damaged (blob ${id ?? 'without a hash'}); the exchange is passed over`);
    const because = cause instanceof Error ? `: ${cause.message}` : '';
    return new RewindError(
      'corrupt-blob',
      `Session ${this.#id}: blob ${id ?? 'without a hash'} (${what}) is damaged${because}`,
      'The other exchanges of the session can still be read; restore the log from a backup to get this one back.',
      { cause },
    );
  }
}
