import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RewindError } from '../errors.ts';
import type { PriceTable } from '../providers/prices.ts';
import { VERSION } from '../version.ts';
import type { AnswerEnd, AnswerHead, AnswerLabel } from '../wire/exchange.ts';
import { loadZstd } from '../wire/zstd.ts';
import { AnswerRecorder, type ClearChunk } from './answer-recorder.ts';
import { errnoOf, fileError } from './file-error.ts';
import { type Home, logPath, sessionFolder } from './home.ts';
import { newSessionId, sha256 } from './id.ts';
import { releaseLock, takeLock } from './lock.ts';
import { LogFile } from './log-file.ts';
import type { MaskStream } from './mask-stream.ts';
import { packFile } from './pack-file.ts';
import { readLog } from './read-log.ts';
import { LogReader } from './reader.ts';
import type { LogRecord, RequestFields } from './records.ts';
import { Redactor } from './redaction.ts';
import type { RedactionRules } from './redaction-rules.ts';
import { RequestBodies } from './request-bodies.ts';
import type {
  OutputPiece,
  SessionExit,
  SessionStart,
  SessionSummary,
  SessionWriter,
  ToolRun,
} from './session.ts';
import { summarise } from './summary.ts';
import { appendSummary } from './summary-file.ts';
import type { WebSocketSeen } from './web-sockets.ts';

/** A session that is about to start: id and version are filled in where they are missing. */
export type NewSession = Omit<SessionStart, 'id' | 'rewindVersion'> & {
  readonly id?: string;
  readonly rewindVersion?: string;
};

export interface SessionOptions {
  /** From `redactionRules(config)`. */
  readonly rules?: RedactionRules;
  /** Values to mask from the first byte on, such as those of the child's `*_API_KEY` variables. */
  readonly secrets?: readonly string[];
  /** False: a sealed session need not outlive a power cut. What can be made again is not worth the waits for the disk. */
  readonly durable?: boolean;
  /** For the summary; the built-in table where absent. */
  readonly prices?: PriceTable;
  /** Told in the user's words: recording stopped, a body was stored decoded. */
  readonly onWarning?: (message: string) => void;
}

/** Starts a session on disk and returns its one writer. Throws RewindError where the home cannot be written. */
export function createSession(home: Home, start: NewSession, options: SessionOptions = {}): SessionWriter {
  const { id = newSessionId(), rewindVersion = VERSION } = start;
  return new LogWriter(home, { ...start, id, rewindVersion }, options);
}

/** An exchange whose answer has not ended. */
class Open {
  readonly answer: AnswerRecorder;
  #request: Buffer | undefined;
  #requestId = '';

  /** The request's hash is taken in the next turn of the event loop, when the request is on its way. */
  constructor(request: Buffer, answer: AnswerRecorder) {
    this.#request = request;
    this.answer = answer;
    setImmediate(() => this.requestId);
  }

  get requestId(): string {
    if (this.#request) this.#requestId = sha256(this.#request);
    this.#request = undefined;
    return this.#requestId;
  }
}

/** An agent's output is for people; one that prints without end must not fill the disk. Bytes. */
const MOST_OUTPUT = 64 * 2 ** 20;

class LogWriter implements SessionWriter {
  readonly start: SessionStart;
  readonly #home: Home;
  readonly #folder: string;
  readonly #warn: (message: string) => void;
  readonly #prices: PriceTable | undefined;
  readonly #durable: boolean;
  readonly #redactor: Redactor;
  readonly #bodies: RequestBodies;
  readonly #open = new Map<number, Open>();
  readonly #output: Readonly<Record<OutputPiece['stream'], MaskStream>>;
  readonly #log: LogFile;
  #lastOutput = 0;
  #outputLeft = MOST_OUTPUT;
  #sealed = false;

  constructor(home: Home, start: SessionStart, options: SessionOptions) {
    this.#home = home;
    this.#warn = options.onWarning ?? (() => undefined);
    this.#prices = options.prices;
    this.#durable = options.durable ?? true;
    this.#redactor = new Redactor(options.rules, options.secrets);
    this.#bodies = new RequestBodies(this.#redactor);
    this.#output = { stdout: this.#redactor.stream(), stderr: this.#redactor.stream() };
    this.start = { ...start, command: this.#redactor.command(start.command) };
    this.#folder = sessionFolder(home, start.id);
    makeFolder(home, this.#folder);
    try {
      takeLock(this.#folder);
      this.#log = new LogFile(logPath(home, start.id));
      if (!this.#log.append('start', this.start)) throw this.#log.error;
      this.#log.onBroken = error => this.#broken(error);
    } catch (error) {
      rmSync(this.#folder, { recursive: true, force: true });
      throw fileError(error, 'start a session', this.#folder);
    }
  }

  get id(): string {
    return this.start.id;
  }

  request({ seq, at, request, site }: Parameters<SessionWriter['request']>[0]): void {
    const { body: plain, ...plainHead } = request;
    const raw = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
    const masked = this.#redactor.requestHead(plainHead);
    const decoded = this.#redactor.decoded(masked.headers, raw);
    const head = decoded ? { ...masked, headers: decoded.headers } : masked;
    const { fields, bytes, body } = this.#bodies.store(seq, decoded?.body ?? raw, head.headers);
    const record: RequestFields = {
      seq,
      at: tenths(at),
      head,
      ...(site !== undefined && { site }),
      body: fields,
    };
    this.#append('request', record, bytes);
    this.#open.set(seq, new Open(body, new AnswerRecorder(this.#redactor)));
    if (decoded) this.#note(seq, 'its compressed request held a secret and is stored decoded');
  }

  label(seq: number, label: AnswerLabel, detail?: string): void {
    const told = detail !== undefined && { detail: this.#redactor.text(detail) };
    this.#append('label', { seq, label, ...told });
  }

  answerHead(seq: number, at: number, head: AnswerHead): void {
    const open = this.#answering(seq);
    const masked = this.#redactor.answerHead(head);
    open.answer.head(masked);
    this.#append('head', { seq, at: tenths(at), head: masked });
  }

  answerChunk(seq: number, at: number, bytes: Uint8Array): void {
    const clear = this.#answering(seq).answer.chunk(tenths(at), bytes);
    if (clear) this.#chunk(seq, clear);
  }

  answerEnd(seq: number, end: Exclude<AnswerEnd, { kind: 'unfinished' }>): void {
    const { answer, requestId } = this.#answering(seq);
    this.#open.delete(seq);
    const rest = answer.end();
    if (rest.head) this.#append('head', { seq, at: rest.chunks[0]?.at ?? 0, head: rest.head });
    for (const chunk of rest.chunks) this.#chunk(seq, chunk);
    const fields = { seq, end: this.#maskedEnd(end), request: requestId, answer: answer.digest() };
    this.#append('end', fields, rest.bytes);
    if (rest.note) this.#note(seq, rest.note);
  }

  together(work: () => void): void {
    this.#log.together(work);
  }

  output({ at, stream, bytes }: OutputPiece): void {
    if (this.#outputLeft <= 0) return;
    this.#outputLeft -= bytes.length;
    this.#lastOutput = tenths(at);
    const clear = this.#output[stream].push(bytes);
    this.#append('output', { at: this.#lastOutput, stream, ...sizeOf(bytes.length, clear) }, clear);
    if (this.#outputLeft <= 0) {
      const text = `only the first ${MOST_OUTPUT / 2 ** 20} MB of the output were recorded`;
      this.#append('note', { text });
      this.#warn(text);
    }
  }

  tool(run: ToolRun): void {
    // Finer than other times: it tells the order in which parallel tools were asked for.
    const times = { at: Math.round(run.at * 1_000) / 1_000, durationMs: tenths(run.durationMs) };
    this.#append('tool', { ...this.#redactor.json(run), ...times });
  }

  webSocket({ at, url, passed }: WebSocketSeen): void {
    this.#append('websocket', { at: tenths(at), url: this.#redactor.text(url), passed });
  }

  exit(exit: SessionExit): void {
    this.#flushOutput();
    this.#append('exit', { ...exit, at: tenths(exit.at) });
  }

  async seal(): Promise<SessionSummary> {
    if (this.#sealed) throw new Error('this session is sealed already');
    this.#sealed = true;
    this.#flushOutput();
    this.#append('seal', {});
    if (this.#durable) this.#log.sync();
    this.#log.close();
    await loadZstd();
    const path = logPath(this.#home, this.id);
    const state = readLog(this.id, path, false);
    packFile(path, state, this.#durable);
    const summary = summarise(new LogReader(this.id, state), this.#prices);
    this.#tellList(summary);
    releaseLock(this.#folder);
    return summary;
  }

  /** A full disk has been told of already; without its line the session is listed from its log. */
  #tellList(summary: SessionSummary): void {
    try {
      appendSummary(this.#home, summary);
    } catch (error) {
      if (!(error instanceof RewindError)) throw error;
      if (this.#log.error === undefined) this.#warn(error.message);
    }
  }

  discard(): void {
    if (this.#sealed) throw new Error('this session is sealed already');
    this.#sealed = true;
    this.#log.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #append<K extends LogRecord['kind']>(kind: K, fields: FieldsOf<K>, bytes?: Uint8Array): void {
    this.#log.append(kind, fields, bytes);
  }

  #chunk(seq: number, { at, size, bytes }: ClearChunk): void {
    this.#append('chunk', { seq, at, ...sizeOf(size, bytes) }, bytes);
  }

  #note(seq: number, what: string): void {
    const text = `exchange ${seq}: ${what}`;
    this.#append('note', { text });
    this.#warn(text);
  }

  #answering(seq: number): Open {
    const open = this.#open.get(seq);
    if (!open) throw new Error(`exchange ${seq} has no request record, or has ended`);
    return open;
  }

  #maskedEnd(end: Exclude<AnswerEnd, { kind: 'unfinished' }>): Exclude<AnswerEnd, { kind: 'unfinished' }> {
    const at = tenths(end.at);
    if (end.kind === 'reset' || end.kind === 'closed')
      return { ...end, at, message: this.#redactor.text(end.message) };
    if (end.kind === 'complete') return { ...end, at, trailers: this.#redactor.trailers(end.trailers) };
    return { ...end, at };
  }

  #flushOutput(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const rest = this.#output[stream].flush();
      if (rest.length) this.#append('output', { at: this.#lastOutput, stream, size: 0 }, rest);
    }
  }

  #broken(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#warn(`Recording stopped, the run goes on. ${why}. What was recorded before is whole.`);
  }
}

type FieldsOf<K extends LogRecord['kind']> = Extract<LogRecord, { kind: K }>['fields'];

/** Only where it says something. */
const sizeOf = (size: number, bytes: Uint8Array): { size?: number } =>
  size === bytes.length ? {} : { size };

function makeFolder(home: Home, folder: string): void {
  try {
    mkdirSync(home.sessions, { recursive: true, mode: 0o700 });
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && existsSync(join(folder, 'log'))) {
      throw new RewindError(
        'session-exists',
        `Session ${basename(folder)} exists`,
        'Give the new session another id.',
      );
    }
    throw fileError(error, 'start a session', folder);
  }
}

/** Times are kept to a tenth of a millisecond: below that lies only the noise of timers. */
function tenths(ms: number): number {
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms * 10) / 10) : 0;
}
