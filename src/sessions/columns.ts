/**
 * Answers, column by column. A stream is hundreds of events that are alike but for a word and a random pad: each event is
 * cut into a template and the values in it, and the values of one place in one template stand together, those that equal
 * the one before left out. Then zstd finds what is left to find. Byte-exact for any bytes: what is no JSON is template.
 */
import { ByteReader, ByteWriter } from './byte-writer.ts';
import { type CutEvent, cutEvent, EventTemplate, HOLE } from './event-template.ts';

/** What the answers of a block take, as a rule. Bytes. */
const BLOCK = 640 * 1024;

export function packColumns(answers: readonly Buffer[]): Buffer {
  const templates = new Map<string, EventTemplate>();
  const texts = new ByteWriter();
  const lengths = new ByteWriter();
  const ids = new ByteWriter();
  const changes = new ByteWriter();
  const templateOf = ({ text, places }: CutEvent): EventTemplate => {
    const count = places.length / 2;
    // What was not cut may look like another's template.
    const key = `${count} ${text}`;
    const template = templates.get(key) ?? new EventTemplate(templates.size, text, count);
    if (template.id === templates.size) {
      templates.set(key, template);
      texts.varint(count).block(Buffer.from(text, 'latin1'));
    }
    return template;
  };
  let last: EventTemplate | undefined;
  for (const answer of answers) {
    const ends = endsOfEvents(answer);
    for (const [i, end] of ends.entries()) {
      const start = ends[i - 1] ?? 0;
      let template = last?.next;
      let places = template?.placesIn(answer, start, end);
      if (!template || !places) {
        const cut = cutEvent(answer, start, end);
        template = templateOf(cut);
        places = cut.places;
      }
      ids.varint(template.id);
      const changed = template.add(answer, start, end, places);
      if (places.length > 0) changes.varint(changed);
      if (last) last.next = template;
      last = template;
    }
    lengths.varint(ends.length);
  }
  const columns = [...templates.values()].flatMap(template => template.columns);
  const out = new ByteWriter();
  for (const part of [lengths, texts, ids, changes]) out.block(part.take());
  for (const values of columns) out.block(values.take());
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

const BLANK_LINE = Buffer.from('\n\n');
const LINE = Buffer.from('\n');

/** Each event goes up to and with a blank line; or a line's end, where there is none (ndjson, CRLF). */
function endsOfEvents(answer: Buffer): number[] {
  const end = answer.includes(BLANK_LINE) ? BLANK_LINE : LINE;
  const ends: number[] = [];
  for (let from = 0; from < answer.length; from = ends.at(-1)!) {
    const at = answer.indexOf(end, from);
    ends.push(at < 0 ? answer.length : at + end.length);
  }
  return ends;
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
