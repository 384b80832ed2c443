/**
 * Server-sent events (WHATWG HTML 9.2), with the byte offsets of each event, so that one can be cut out or replaced
 * bytewise. Two departures: an event without its closing blank line is given at the end, marked, since streams are cut
 * and many servers leave it out; and `id` is the event's own, not the last one seen.
 */
export interface SseEvent {
  /** The `event` field; undefined where there was none (browsers say `message`). */
  readonly event?: string;
  /** All `data` lines, joined by LF. */
  readonly data: string;
  readonly id?: string;
  /** Milliseconds. */
  readonly retry?: number;
  /** Offset in the stream of the first byte of the event's first line (comments within the event included). */
  readonly start: number;
  /** Offset after its last byte, the blank line included. */
  readonly end: number;
  /** False for a last event whose blank line never came. */
  readonly terminated: boolean;
}

const LF = 10;
const CR = 13;

/**
 * Takes a stream in chunks, split anywhere, and gives events as they end. Linear in the bytes. A CR at a chunk's end waits
 * for the next byte, which may be its LF.
 */
export class SseParser {
  #offset = 0;
  #lineStart = 0;
  /** Bytes of a line that began in earlier chunks. */
  #held: Uint8Array[] = [];
  #event: string | undefined;
  #id: string | undefined;
  #retry: number | undefined;
  #data: string[] = [];
  #start = -1;

  push(chunk: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    if (this.#heldCr()) {
      const lf = bytes[0] === LF;
      if (bytes.length > 0) this.#line(bytes, 0, 0, lf ? 1 : 0, events);
      from = lf ? 1 : 0;
    }
    let lf = bytes.indexOf(LF, from);
    let cr = bytes.indexOf(CR, from);
    while (lf !== -1 || cr !== -1) {
      const at = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr;
      if (at === bytes.length - 1 && bytes[at] === CR) break;
      const next = at + (bytes[at] === CR && bytes[at + 1] === LF ? 2 : 1);
      this.#line(bytes, from, at, next, events);
      from = next;
      if (lf !== -1 && lf < from) lf = bytes.indexOf(LF, from);
      if (cr !== -1 && cr < from) cr = bytes.indexOf(CR, from);
    }
    if (from < bytes.length) this.#held.push(bytes.subarray(from));
    this.#offset += bytes.length;
    return events;
  }

  /** The stream is over: gives the event that was left open, if any. */
  end(): SseEvent[] {
    const events: SseEvent[] = [];
    if (this.#held.length > 0) this.#line(Buffer.alloc(0), 0, 0, 0, events);
    if (this.#data.length > 0) this.#dispatch(this.#offset, false, events);
    return events;
  }

  #heldCr(): boolean {
    return this.#held.at(-1)?.at(-1) === CR;
  }

  /** The line is what is held and `bytes[from..to)`; the next one begins at `next`. */
  #line(bytes: Buffer, from: number, to: number, next: number, events: SseEvent[]): void {
    let line = bytes.toString('utf8', from, to);
    if (this.#held.length > 0) {
      const whole = Buffer.concat([...this.#held, bytes.subarray(from, to)]);
      line = whole.toString('utf8', 0, whole.at(-1) === CR ? whole.length - 1 : whole.length);
      this.#held = [];
    }
    const start = this.#lineStart;
    this.#lineStart = this.#offset + next;
    if (start === 0 && line.charCodeAt(0) === 0xfeff) line = line.slice(1);
    if (line === '') {
      if (this.#data.length > 0) this.#dispatch(this.#lineStart, true, events);
      else this.#reset();
      return;
    }
    if (this.#start === -1) this.#start = start;
    this.#field(line);
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon === -1 ? line : line.slice(0, colon);
    const skip = line.charCodeAt(colon + 1) === 0x20 ? 2 : 1;
    const value = colon === -1 ? '' : line.slice(colon + skip);
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#event = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^\d{1,15}$/.test(value)) this.#retry = Number(value);
  }

  #dispatch(end: number, terminated: boolean, events: SseEvent[]): void {
    events.push({
      ...(this.#event === undefined ? {} : { event: this.#event }),
      data: this.#data.join('\n'),
      ...(this.#id === undefined ? {} : { id: this.#id }),
      ...(this.#retry === undefined ? {} : { retry: this.#retry }),
      start: this.#start,
      end,
      terminated,
    });
    this.#reset();
  }

  #reset(): void {
    this.#event = this.#id = this.#retry = undefined;
    this.#data = [];
    this.#start = -1;
  }
}

/** All events of a whole (or cut) stream. */
export function parseSse(bytes: Uint8Array): SseEvent[] {
  const parser = new SseParser();
  return [...parser.push(bytes), ...parser.end()];
}
