import { RewindError } from '../errors.ts';
import { parseJson } from '../wire/json.ts';
import { isRecord } from './cassette-parts.ts';

/** A line of a cassette, checked as far as its kind: an object with its line number for messages. */
export class Line {
  readonly number: number;
  readonly #bytes: Buffer;
  #fields: Line['fields'] | undefined;

  /** Throws RewindError `bad-cassette`. */
  constructor(number: number, bytes: Buffer) {
    this.number = number;
    this.#bytes = bytes;
    this.#fields = this.#read();
  }

  /** Of its bytes. */
  get size(): number {
    return this.#bytes.length;
  }

  get fields(): Readonly<Record<string, unknown>> {
    return this.#fields ?? this.#read();
  }

  /** From now on it is read whenever it is looked into: a file of a gigabyte is many times that as objects. */
  forget(): void {
    this.#fields = undefined;
  }

  #read(): Readonly<Record<string, unknown>> {
    const read = parseJson(this.#bytes);
    if (!read.ok) throw badCassette(this.number, `cannot be read: ${read.problem}`);
    if (!read.utf8) throw badCassette(this.number, 'is not UTF-8');
    if (!isRecord(read.value)) throw badCassette(this.number, 'is no JSON object');
    return read.value;
  }
}

/** No line of an honest cassette is longer: what a string may hold, bytes. */
const LONGEST_LINE = 2 ** 29 - 24;
/** The lines of a file up to this size are kept as objects, bytes. */
const KEPT = 64 * 1024 * 1024;

export function badCassette(line: number, what: string): RewindError {
  return new RewindError(
    'bad-cassette',
    `Line ${line} of the cassette ${what}`,
    'Take the file from version control again, or export the session anew; docs/cassette.md describes the format.',
  );
}

/**
 * Splits a `.rw` file into lines, which are forgotten when the next one is asked for where the file has more than `kept`
 * bytes. Throws RewindError `bad-cassette` with the line's number.
 */
export function* readLines(bytes: Buffer, kept = KEPT): Generator<Line> {
  let from = 0;
  for (let number = 1; from < bytes.length; number++) {
    const at = bytes.indexOf(0x0a, from);
    if (at < 0) throw badCassette(number, 'has no end: the file was cut');
    if (at - from > LONGEST_LINE) throw badCassette(number, 'is too long');
    // A checkout on Windows may have put CRs in.
    const to = at > from && bytes[at - 1] === 0x0d ? at - 1 : at;
    const line = new Line(number, bytes.subarray(from, to));
    yield line;
    if (bytes.length > kept) line.forget();
    from = at + 1;
  }
}

/** Readers of single fields; each throws `bad-cassette` naming the line and the field. */
export class Fields {
  readonly #line: Pick<Line, 'number' | 'fields'>;

  constructor(line: Pick<Line, 'number' | 'fields'>) {
    this.#line = line;
  }

  /** The same, read once for many questions. */
  opened(): Fields {
    const { number, fields } = this.#line;
    return new Fields({ number, fields });
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#line.fields, key);
  }

  get(key: string): unknown {
    return this.has(key) ? this.#line.fields[key] : undefined;
  }

  text(key: string): string {
    const value = this.get(key);
    if (typeof value !== 'string') throw this.bad(key, 'must be a text');
    return value;
  }

  optionalText(key: string): string | undefined {
    return this.has(key) ? this.text(key) : undefined;
  }

  texts(key: string): readonly string[] {
    const value = this.has(key) ? this.get(key) : [];
    if (!Array.isArray(value) || !value.every(one => typeof one === 'string')) {
      throw this.bad(key, 'must be a list of texts');
    }
    return value;
  }

  /** A whole number from 0 to 2^31. */
  count(key: string): number {
    const value = this.get(key);
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 2 ** 31) {
      throw this.bad(key, 'must be a whole number');
    }
    return value as number;
  }

  /** Milliseconds. */
  time(key: string): number {
    return this.#time(key, this.get(key));
  }

  optionalTime(key: string): number | undefined {
    return this.has(key) ? this.time(key) : undefined;
  }

  times(key: string): readonly number[] {
    const value = this.has(key) ? this.get(key) : [];
    if (!Array.isArray(value)) throw this.bad(key, 'must be a list of times');
    return value.map(one => this.#time(key, one));
  }

  oneOf<T extends string>(key: string, allowed: readonly T[]): T {
    const value = this.text(key) as T;
    if (!allowed.includes(value)) throw this.bad(key, `must be one of ${allowed.join(', ')}`);
    return value;
  }

  bad(key: string, what: string): RewindError {
    return badCassette(this.#line.number, `is wrong: ${JSON.stringify(key)} ${what}`);
  }

  #time(key: string, value: unknown): number {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0 || value > 1e13) {
      throw this.bad(key, 'must be milliseconds');
    }
    return value;
  }
}
