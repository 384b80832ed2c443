/**
 * Answers, column by column. A stream is hundreds of events that are alike but for a word and a random pad: each event is
 * cut into a template and the values in it, and the values of one place in one template stand together, those that equal
 * the one before left out. Then zstd finds what is left to find. Byte-exact for any bytes: what is no JSON is template.
 */
import { ByteReader, ByteWriter } from './byte-writer.ts';

/** Stands in a template where a value was; never in text, and bytes that hold it are not cut. */
const HOLE = 0x00;
/** More values than this are data (embeddings), not an event. */
const MOST_VALUES = 48;
const LONGEST_EVENT = 64 * 1024;
/** What the answers of a block take, as a rule. Bytes. */
const BLOCK = 640 * 1024;

interface Template {
  readonly id: number;
  readonly columns: readonly Column[];
}

interface Column {
  last: string;
  readonly values: ByteWriter;
}

export function packColumns(answers: readonly Buffer[]): Buffer {
  const templates = new Map<string, Template>();
  const texts = new ByteWriter();
  const lengths = new ByteWriter();
  const ids = new ByteWriter();
  const changes = new ByteWriter();
  for (const answer of answers) {
    let count = 0;
    for (const event of eventsOf(answer)) {
      const { text, values } = cutEvent(event);
      let template = templates.get(text);
      if (!template) {
        template = {
          id: templates.size,
          columns: values.map(() => ({ last: '', values: new ByteWriter() })),
        };
        templates.set(text, template);
        texts.varint(values.length).block(Buffer.from(text, 'latin1'));
      }
      ids.varint(template.id);
      putValues(template.columns, values, changes);
      count++;
    }
    lengths.varint(count);
  }
  const columns = [...templates.values()].flatMap(template => template.columns);
  const out = new ByteWriter();
  for (const part of [lengths, texts, ids, changes]) out.block(part.take());
  for (const { values } of columns) out.block(values.take());
  return out.take();
}

/** As many answers as were packed. Throws on damaged bytes. */
export function unpackColumns(packed: Buffer): Buffer[] {
  const reader = new ByteReader(packed);
  const [lengths, texts, ids, changes] = [0, 1, 2, 3].map(() => new ByteReader(reader.block()));
  const shapes: { readonly text: Buffer; readonly count: number }[] = [];
  while (!texts!.done) {
    const count = texts!.varint();
    shapes.push({ text: texts!.block(), count });
  }
  const templates = shapes.map(({ text, count }) => {
    const columns = Array.from({ length: count }, () => new ByteReader(reader.block()));
    return new EventWriter(text, columns);
  });
  // One piece of memory for all: a block is some ten answers.
  const out = new ByteWriter(BLOCK);
  const ends: number[] = [];
  while (!lengths!.done) {
    for (let left = lengths!.varint(); left > 0; left--) {
      const template = templates[ids!.varint()];
      if (!template) throw new Error('a template is missing');
      template.next(changes!, out);
    }
    ends.push(out.length);
  }
  const all = out.take();
  return ends.map((end, i) => all.subarray(ends[i - 1] ?? 0, end));
}

/**
 * The events of one template, one after the other. Each is made of the one before: what stands between two changed values
 * is copied in one piece, since most events differ in one value from the last. No buffer is made for an event.
 */
class EventWriter {
  readonly #columns: readonly ByteReader[];
  /** Where each value begins in the last event, and how long it is. */
  readonly #starts: Int32Array;
  readonly #sizes: Int32Array;
  /** The template without values, until there is a last event; that one's place in what was written. */
  #first: Buffer | undefined;
  #from = 0;
  #size: number;

  constructor(text: Buffer, columns: readonly ByteReader[]) {
    this.#columns = columns;
    this.#sizes = new Int32Array(columns.length);
    // A template without values may hold any byte, the hole's too.
    const pieces = columns.length === 0 ? [text] : piecesOf(text, columns.length);
    let at = 0;
    this.#starts = Int32Array.from(columns, (_, i) => {
      at += pieces[i]!.length;
      return at;
    });
    this.#first = Buffer.concat(pieces);
    this.#size = this.#first.length;
  }

  next(changes: ByteReader, out: ByteWriter): void {
    const [columns, starts, sizes, size] = [this.#columns, this.#starts, this.#sizes, this.#size];
    const start = out.length;
    let changed = columns.length > 0 ? changes.varint() : 0;
    let from = 0;
    for (let i = 0; i < columns.length; i++) {
      const at = starts[i]!;
      if (changed % 2 === 1) {
        this.#copy(from, at, out);
        from = at + sizes[i]!;
        starts[i] = out.length - start;
        sizes[i] = columns[i]!.until(HOLE, out);
      } else starts[i] = out.length - start + at - from;
      changed = Math.floor(changed / 2);
    }
    this.#copy(from, size, out);
    this.#first = undefined;
    this.#from = start;
    this.#size = out.length - start;
  }

  #copy(from: number, to: number, out: ByteWriter): void {
    if (this.#first) out.bytes(this.#first, from, to);
    else out.again(this.#from + from, this.#from + to);
  }
}

/** Which values differ from those of the last such event: a bit each, the first lowest. */
function putValues(columns: readonly Column[], values: readonly string[], changes: ByteWriter): void {
  if (columns.length === 0) return;
  let changed = 0;
  let bit = 1;
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i]!;
    const value = values[i]!;
    if (value !== column.last) {
      changed += bit;
      column.last = value;
      column.values.bytes(Buffer.from(value, 'latin1')).byte(HOLE);
    }
    bit *= 2;
  }
  changes.varint(changed);
}

/** Up to and with each blank line; line by line where there is none (ndjson, CRLF). */
function* eventsOf(answer: Buffer): Generator<string> {
  const text = answer.toString('latin1');
  const end = text.includes('\n\n') ? '\n\n' : '\n';
  let from = 0;
  while (from < text.length) {
    const at = text.indexOf(end, from);
    const to = at < 0 ? text.length : at + end.length;
    yield text.slice(from, to);
    from = to;
  }
}

/** The event with a hole for each value: strings that are no keys, and numbers. */
function cutEvent(event: string): { readonly text: string; readonly values: readonly string[] } {
  const whole = { text: event, values: [] };
  if (event.length > LONGEST_EVENT || event.includes('\0')) return whole;
  const values: string[] = [];
  let text = '';
  let from = 0;
  const cut = (start: number, end: number): void => {
    text += event.slice(from, start);
    text += '\0';
    values.push(event.slice(start, end));
    from = end;
  };
  let at = event.indexOf('"');
  while (at >= 0) {
    const end = stringEnd(event, at + 1);
    if (end < 0) break;
    let next = end + 1;
    if (event.charCodeAt(next) === COLON) {
      next++;
      if (isDigit(event.charCodeAt(next))) {
        let last = next;
        while (isNumber(event.charCodeAt(last))) last++;
        cut(next, last);
        next = last;
      }
    } else cut(at + 1, end);
    at = event.indexOf('"', next);
  }
  if (values.length === 0 || values.length > MOST_VALUES) return whole;
  return { text: text + event.slice(from), values };
}

const COLON = 0x3a;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isNumber = (code: number): boolean => isDigit(code) || code === 0x2e;

/** The closing quote of the string whose text begins at `at`; -1 where there is none. */
function stringEnd(text: string, at: number): number {
  for (let end = text.indexOf('"', at); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return -1;
}

function piecesOf(text: Buffer, count: number): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = text.indexOf(HOLE); at >= 0; at = text.indexOf(HOLE, from)) {
    pieces.push(text.subarray(from, at));
    from = at + 1;
  }
  pieces.push(text.subarray(from));
  if (pieces.length !== count + 1) throw new Error('a template does not fit its values');
  return pieces;
}
