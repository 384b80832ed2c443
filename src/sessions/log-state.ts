import { PackedBlocks, unpackExchanges, unpackRest } from './packed-exchange.ts';
import type { LogRecord } from './records.ts';
import type { OutputPiece, SessionExit, SessionStart, ToolRun } from './session.ts';
import type { StoredExchange } from './stored-exchange.ts';
import type { WebSocketSeen } from './web-sockets.ts';

/** A log read so far. Both kinds of log, the live and the packed, are read into this. */
export class LogState {
  start: SessionStart | undefined;
  exit: SessionExit | undefined;
  sealed = false;
  packed = false;
  readonly exchanges = new Map<number, StoredExchange>();
  readonly output: OutputPiece[] = [];
  readonly tools: ToolRun[] = [];
  readonly notes: string[] = [];
  readonly webSockets: WebSocketSeen[] = [];
  readonly warnings: string[] = [];
  readonly #pieces = new Map<number, Buffer[]>();
  readonly #blocks = new PackedBlocks();
  readonly #outputHeld = { stdout: new HeldBack(), stderr: new HeldBack() };

  /** Records come in the order of the file. `bytes` is kept, not copied. */
  take(record: LogRecord, bytes: Buffer): void {
    switch (record.kind) {
      case 'start':
        this.start = record.fields;
        return;
      case 'request':
        this.#request(record.fields, bytes);
        return;
      case 'output': {
        const { at, stream, size = bytes.length } = record.fields;
        for (const piece of this.#outputHeld[stream].add(at, size, bytes)) {
          this.output.push({ at: piece.at, stream, bytes: piece.bytes });
        }
        return;
      }
      case 'tool':
        this.tools.push(record.fields);
        return;
      case 'exit':
        this.exit = record.fields;
        return;
      case 'note':
        this.notes.push(record.fields.text);
        return;
      case 'websocket':
        this.webSockets.push(record.fields);
        return;
      case 'seal':
        this.sealed = true;
        return;
      case 'block':
        this.#blocks.add(record.fields.n, bytes);
        return;
      case 'exchanges':
        this.packed = true;
        for (const exchange of unpackExchanges(bytes, this.#blocks))
          this.exchanges.set(exchange.seq, exchange);
        return;
      case 'rest': {
        const { exit, tools, notes, webSockets = [], warnings, output } = unpackRest(bytes);
        this.packed = true;
        if (exit) this.exit = exit;
        this.tools.push(...tools);
        this.notes.push(...notes);
        this.webSockets.push(...webSockets);
        this.warnings.push(...warnings);
        this.output.push(...output);
        return;
      }
      default:
        this.#answer(record, bytes);
    }
  }

  #request(fields: Extract<LogRecord, { kind: 'request' }>['fields'], bytes: Buffer): void {
    const { body, ...rest } = fields;
    const pieces: Buffer[] = [];
    this.#pieces.set(fields.seq, pieces);
    this.exchanges.set(fields.seq, {
      ...rest,
      body: { ...body, inserted: () => bytes },
      chunks: [],
      answer: () => Buffer.concat(pieces),
      end: { kind: 'unfinished' },
    });
  }

  #answer(record: Extract<LogRecord, { fields: { seq: number } }>, bytes: Buffer): void {
    const exchange = this.exchanges.get(record.fields.seq);
    if (!exchange) {
      this.warnings.push(
        `a ${record.kind} record of exchange ${record.fields.seq}, whose request is lost, was skipped`,
      );
      return;
    }
    switch (record.kind) {
      case 'label':
        exchange.label = record.fields.label;
        if (record.fields.detail !== undefined) exchange.detail = record.fields.detail;
        return;
      case 'head':
        exchange.answerHead = record.fields.head;
        exchange.headAt = record.fields.at;
        return;
      case 'chunk':
        exchange.chunks.push({ at: record.fields.at, size: record.fields.size ?? bytes.length });
        this.#pieces.get(record.fields.seq)?.push(bytes);
        return;
      case 'end':
        exchange.end = record.fields.end;
        exchange.requestId = record.fields.request;
        exchange.answerId = record.fields.answer;
        this.#pieces.get(record.fields.seq)?.push(bytes);
        return;
    }
  }
}

/** Puts pieces together whose ends were held back and stand at the front of later records. */
class HeldBack {
  #waiting: { readonly at: number; readonly size: number }[] = [];
  #bytes: Buffer = Buffer.alloc(0);

  add(at: number, size: number, bytes: Buffer): { at: number; bytes: Buffer }[] {
    this.#bytes = this.#bytes.length ? Buffer.concat([this.#bytes, bytes]) : bytes;
    if (size > 0) this.#waiting.push({ at, size });
    const whole: { at: number; bytes: Buffer }[] = [];
    for (let next = this.#waiting[0]; next && next.size <= this.#bytes.length; next = this.#waiting[0]) {
      this.#waiting.shift();
      whole.push({ at: next.at, bytes: this.#bytes.subarray(0, next.size) });
      this.#bytes = this.#bytes.subarray(next.size);
    }
    return whole;
  }
}
