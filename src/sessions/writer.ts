import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RewindError } from '../errors.ts';
import { VERSION } from '../version.ts';
import type { AnswerEnd, AnswerHead, AnswerLabel, RequestHead } from '../wire/exchange.ts';
import { BodyWindow } from './body-window.ts';
import { errnoOf, fileError } from './file-error.ts';
import { type Home, logPath, sessionFolder } from './home.ts';
import { newSessionId, sha256 } from './id.ts';
import { releaseLock, takeLock } from './lock.ts';
import { LogFile } from './log-file.ts';
import { readSession } from './reader.ts';
import type {
  BodyFields,
  ChunkFields,
  EndFields,
  HeadFields,
  LabelFields,
  RequestFields,
} from './records.ts';
import { Redactor } from './redaction.ts';
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

/** A session that is about to start: id and version are filled in where they are missing. */
export type NewSession = Omit<SessionStart, 'id' | 'rewindVersion'> & {
  readonly id?: string;
  readonly rewindVersion?: string;
};

export interface SessionOptions {
  /** Told at most once each, in the user's words: recording stopped, a body was stored decoded … */
  readonly onWarning?: (message: string) => void;
}

/** Starts a session on disk and returns its one writer. Throws RewindError where the home cannot be written. */
export function createSession(home: Home, start: NewSession, options: SessionOptions = {}): SessionWriter {
  return new LogWriter(
    home,
    { ...start, id: start.id ?? newSessionId(), rewindVersion: start.rewindVersion ?? VERSION },
    options,
  );
}

/** What has been written of an answer that has not ended. */
interface OpenAnswer {
  readonly request: Buffer;
  readonly pieces: Uint8Array[];
}

class LogWriter implements SessionWriter {
  readonly start: SessionStart;
  readonly #home: Home;
  readonly #folder: string;
  readonly #warn: (message: string) => void;
  readonly #redactor = new Redactor();
  readonly #window = new BodyWindow();
  readonly #open = new Map<number, OpenAnswer>();
  readonly #log: LogFile;
  #sealed = false;

  constructor(home: Home, start: SessionStart, options: SessionOptions) {
    this.start = start;
    this.#home = home;
    this.#warn = options.onWarning ?? (() => undefined);
    this.#folder = sessionFolder(home, start.id);
    makeFolder(home, this.#folder);
    if (!takeLock(this.#folder)) {
      throw new RewindError(
        'session-in-use',
        `Session ${start.id} is being recorded by another process`,
        'Start a new session.',
      );
    }
    this.#log = new LogFile(logPath(home, start.id), error => this.#broken(error));
    this.#log.append('start', this.start);
    if (!this.#log.open) {
      this.#log.close();
      rmSync(this.#folder, { recursive: true, force: true });
      throw new RewindError(
        'disk-full',
        `Cannot start a session in ${home.path}: nothing can be written there`,
        'Free some space.',
      );
    }
  }

  get id(): string {
    return this.start.id;
  }

  request(record: Parameters<SessionWriter['request']>[0]): void {
    const { seq, at, site } = record;
    const { body: raw, ...rawHead } = record.request;
    const head: RequestHead = this.#redactor.requestHead(rawHead);
    const body = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    const { base, delta } = this.#window.encode(body);
    const fields: BodyFields =
      base && delta ? { size: body.length, base: base.key, ops: delta.ops } : { size: body.length };
    const request: RequestFields = {
      seq,
      at: tenths(at),
      head,
      ...(site !== undefined && { site }),
      body: fields,
    };
    this.#log.append('request', request, delta?.inserted ?? body);
    this.#window.remember(seq, body, base ? base.depth + 1 : 0);
    this.#open.set(seq, { request: body, pieces: [] });
  }

  label(seq: number, label: AnswerLabel, detail?: string): void {
    const fields: LabelFields = { seq, label, ...(detail !== undefined && { detail }) };
    this.#log.append('label', fields);
  }

  answerHead(seq: number, at: number, head: AnswerHead): void {
    const fields: HeadFields = { seq, at: tenths(at), head: this.#redactor.answerHead(head) };
    this.#log.append('head', fields);
  }

  answerChunk(seq: number, at: number, bytes: Uint8Array): void {
    const fields: ChunkFields = { seq, at: tenths(at) };
    this.#log.append('chunk', fields, bytes);
    this.#answer(seq).pieces.push(bytes);
  }

  answerEnd(seq: number, end: Exclude<AnswerEnd, { kind: 'unfinished' }>): void {
    const { request, pieces } = this.#answer(seq);
    this.#open.delete(seq);
    const fields: EndFields = {
      seq,
      end: { ...end, at: tenths(end.at) },
      request: sha256(request),
      answer: sha256(Buffer.concat(pieces)),
    };
    this.#log.append('end', fields);
  }

  output({ at, stream, bytes }: OutputPiece): void {
    this.#log.append('output', { at: tenths(at), stream }, bytes);
  }

  tool(run: ToolRun): void {
    this.#log.append('tool', run);
  }

  exit(exit: SessionExit): void {
    this.#log.append('exit', { ...exit, at: tenths(exit.at) });
  }

  async seal(): Promise<SessionSummary> {
    if (this.#sealed) throw new Error('this session is sealed already');
    this.#sealed = true;
    this.#log.append('seal', {});
    this.#log.sync();
    this.#log.close();
    const summary = summarise(readSession(this.#home, this.id));
    appendSummary(this.#home, summary);
    releaseLock(this.#folder);
    return summary;
  }

  #answer(seq: number): OpenAnswer {
    const open = this.#open.get(seq);
    if (!open) throw new Error(`exchange ${seq} has no request record, or has ended`);
    return open;
  }

  #broken(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#warn(`Recording stopped, the run goes on. ${why}. What was recorded before is whole.`);
  }
}

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
