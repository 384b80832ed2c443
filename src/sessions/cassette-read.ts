import { RewindError } from '../errors.ts';
import type { Answer, Chunk, Exchange, RequestHead } from '../wire/exchange.ts';
import type { RawHeaders } from '../wire/headers.ts';
import { PART_ARRAYS } from '../wire/json-parts.ts';
import { answerFromLines } from './cassette-answer.ts';
import type { BodyLine, PartRef } from './cassette-format.ts';
import {
  isPartList,
  isStyle,
  listsIn,
  readEnd,
  readExit,
  readHeader,
  readHeaders,
  readMessage,
  readOutput,
  readRequestLine,
  readStyle,
  readTimes,
  readTool,
  readWebSocket,
} from './cassette-line-forms.ts';
import { badCassette, Fields, type Line, readLines } from './cassette-lines.ts';
import { messageEnds } from './cassette-messages.ts';
import { fromEntries, isRecord } from './cassette-parts.ts';
import { LARGEST_BODY } from './cassette-size.ts';
import { chunksFromText } from './chunk-text.ts';
import { sha256 } from './id.ts';
import { writeStyled } from './json-style.ts';
import type { OutputPiece, SessionExit, SessionReader, SessionStart, ToolRun } from './session.ts';
import { type WebSocketSeen, webSocketWarnings } from './web-sockets.ts';

const LABELS = ['EXACT', 'RETRY', 'CARRIED', 'MEMO', 'LIVE', 'MISS', 'LOOSE', 'EDITED', 'FAULT'] as const;

/** An exchange as its lines say it; bodies are made when they are asked for. */
interface Recorded {
  readonly line: Line;
  readonly request: Fields;
  readonly head: Omit<RequestHead, 'headers'>;
  answer?: Fields;
  readonly body: Line[];
  changing?: Fields;
  timing?: Fields;
}

interface Part {
  readonly line: Line;
  readonly form: 'json' | 'text';
}

/**
 * A `.rw` file as a session. Its id is the hash of its bytes. Throws RewindError `bad-cassette` (with the line),
 * `newer-cassette`, `not-a-cassette`; a body that does not come together throws when its exchange is read.
 */
export function readCassette(bytes: Uint8Array, { kept }: CassetteOptions = {}): SessionReader {
  return new CassetteReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), kept);
}

export interface CassetteOptions {
  /** Files up to so many bytes are held as objects; of larger ones a line is read whenever it is needed. */
  readonly kept?: number;
}

class CassetteReader implements SessionReader {
  readonly start: SessionStart;
  readonly exit?: SessionExit;
  readonly sealed = true;
  readonly warnings: readonly string[];
  readonly webSockets: readonly WebSocketSeen[];
  readonly output: readonly OutputPiece[];
  readonly tools: readonly ToolRun[];
  readonly #parts = new Map<string, Part>();
  readonly #exchanges = new Map<number, Recorded>();
  readonly #lists = new Map<string, readonly PartRef[]>();
  #current: Recorded | undefined;

  constructor(bytes: Buffer, kept?: number) {
    const lines = linesOf(bytes, kept);
    this.start = readHeader(lines.next().value, sha256(bytes).slice(0, 32));
    const output: OutputPiece[] = [];
    const tools: ToolRun[] = [];
    const webSockets: WebSocketSeen[] = [];
    let exit: Fields | undefined;
    let times: Fields | undefined;
    for (const line of lines) {
      const fields = new Fields(line);
      switch (Object.keys(line.fields)[0]) {
        case 'part':
          this.#takePart(line, fields);
          break;
        case 'exchange':
          this.#takeExchange(line, fields);
          break;
        case 'answer':
          this.#takeAnswer(line, fields);
          break;
        case 'changing':
          this.#of(fields, 'changing').changing = fields;
          break;
        case 'timing':
          this.#of(fields, 'timing').timing = fields;
          break;
        case 'output':
          output.push(readOutput(fields));
          break;
        case 'tool':
          tools.push(readTool(fields));
          break;
        case 'webSocket':
          webSockets.push(readWebSocket(fields));
          break;
        case 'exit':
          exit = fields;
          break;
        case 'times':
          times = fields;
          break;
        default:
          this.#takeBodyLine(line, fields);
      }
    }
    for (const { line, answer } of this.#exchanges.values()) {
      if (!answer) throw badCassette(line.number, 'has no answer line behind it');
    }
    const other = readTimes(times);
    this.output = output.map((piece, i) => ({ ...piece, at: other.output[i] ?? 0 }));
    this.tools = tools.map((tool, i) => ({
      ...tool,
      at: other.tools[2 * i] ?? 0,
      durationMs: other.tools[2 * i + 1] ?? 0,
    }));
    this.webSockets = webSockets.map((seen, i) => ({ ...seen, at: other.webSockets[i] ?? 0 }));
    this.warnings = webSocketWarnings(this.webSockets);
    if (exit) this.exit = { at: other.exit, ...readExit(exit) };
  }

  get length(): number {
    return this.#exchanges.size;
  }

  *exchanges(): Iterable<Exchange> {
    for (const seq of [...this.#exchanges.keys()].sort((a, b) => a - b)) yield this.exchange(seq);
  }

  exchange(seq: number): Exchange {
    const recorded = this.#exchanges.get(seq);
    if (!recorded) {
      throw new RewindError('no-such-exchange', `The cassette has no exchange ${seq}`, 'The first one is 0.');
    }
    const { line, head, changing } = recorded;
    const request = recorded.request.opened();
    const answer = recorded.answer!.opened();
    const timing = recorded.timing?.opened();
    const label = answer.has('label') ? answer.oneOf('label', LABELS) : undefined;
    const headers = readHeaders(request, 'headers', changing?.texts('request') ?? []);
    const body = this.#attempt(line, 'request', () => this.#requestBody(seq, request));
    const known = readHeaders(answer, 'headers', changing?.texts('answer') ?? []);
    return {
      seq,
      at: timing?.optionalTime('at') ?? 0,
      request: { ...head, headers, body },
      answer: this.#answer(recorded, answer, timing, known),
      ...(label && { label }),
    };
  }

  #takePart(line: Line, fields: Fields): void {
    const name = fields.text('part');
    if (this.#parts.has(name)) throw badCassette(line.number, `says part ${name} again`);
    if (fields.has('json') === fields.has('text')) throw badCassette(line.number, 'holds no part');
    if (fields.has('text')) fields.text('text');
    this.#parts.set(name, { line, form: fields.has('json') ? 'json' : 'text' });
  }

  #takeExchange(line: Line, fields: Fields): void {
    const seq = fields.count('exchange');
    if (this.#exchanges.has(seq)) throw badCassette(line.number, `says exchange ${seq} again`);
    const recorded: Recorded = { line, request: fields, head: readRequestLine(fields), body: [] };
    for (const [place, list] of listsIn(fields.get('body'))) this.#lists.set(`${seq} ${place}`, list);
    this.#exchanges.set(seq, recorded);
    this.#current = recorded;
  }

  #takeAnswer(line: Line, fields: Fields): void {
    const recorded = this.#of(fields, 'answer');
    if (recorded.answer) throw badCassette(line.number, 'answers an exchange that is answered');
    recorded.answer = fields;
    this.#current = recorded;
  }

  #takeBodyLine(line: Line, fields: Fields): void {
    const known = ['json', 'text', 'base64', 'each', 'data'].filter(key => fields.has(key));
    if (fields.has('message') ? known.length > 1 : known.length !== 1)
      throw badCassette(line.number, 'is of no known kind');
    readMessage(fields);
    if (!this.#current?.answer) throw badCassette(line.number, 'belongs to no answer');
    if (fields.has('text')) fields.text('text');
    if (fields.has('base64')) fields.text('base64');
    if (fields.has('each') && !isRecord(fields.get('each'))) throw fields.bad('each', 'must be an object');
    readStyle(fields);
    this.#current.body.push(line);
  }

  #of(fields: Fields, key: string): Recorded {
    const recorded = this.#exchanges.get(fields.count(key));
    if (!recorded) throw fields.bad(key, 'names no exchange before it');
    return recorded;
  }

  #attempt<T>(line: Line, what: string, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (error instanceof RewindError) throw error;
      throw badCassette(
        line.number,
        `does not make a ${what}: ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  #requestBody(seq: number, request: Fields): Uint8Array {
    const form = request.get('body');
    if (form === undefined) return Buffer.alloc(0);
    if (!isRecord(form)) throw request.bad('body', 'must be an object');
    if (typeof form.text === 'string') return Buffer.from(form.text);
    if (typeof form.base64 === 'string') return Buffer.from(form.base64, 'base64');
    if (Array.isArray(form.pieces)) {
      const texts = form.pieces.map((piece: unknown, i) =>
        typeof piece === 'string' ? piece : this.#partTexts(seq, String(i)).join(','),
      );
      return limited(texts.join(''));
    }
    if (!Object.hasOwn(form, 'json')) throw request.bad('body', 'is of no known form');
    const value = isRecord(form.json)
      ? fromEntries(
          Object.entries(form.json).map(([key, one]) => [
            key,
            PART_ARRAYS.has(key) && isPartList(one) ? this.#partValues(seq, key) : one,
          ]),
        )
      : form.json;
    const style = form.style ?? {};
    if (!isStyle(style)) throw request.bad('body', 'has a style that is none');
    return limited(writeStyled(value, style));
  }

  #partTexts(seq: number, place: string): string[] {
    return this.#partsAt(seq, place, 'text').map(({ fields }) => fields.text as string);
  }

  #partValues(seq: number, place: string): unknown[] {
    return this.#partsAt(seq, place, 'json').map(({ fields }) => fields.json);
  }

  /** Counted before anything is joined: a large part that is named a million times is a bomb. */
  #partsAt(seq: number, place: string, form: Part['form']): Line[] {
    let size = 0;
    return this.#names(seq, place).map(name => {
      const part = this.#parts.get(name);
      if (!part) throw new Error(`part ${name} is missing`);
      if (part.form !== form) throw new Error('a part has another form than its list');
      size += part.line.size;
      if (size > LARGEST_BODY) throw new Error(`it unfolds to more than ${LARGEST_BODY} bytes`);
      return part.line;
    });
  }

  /** Names of parts, with what earlier exchanges say put in. Only ever looks back, so that nothing can go in circles. */
  #names(seq: number, place: string): string[] {
    const tails: (readonly string[])[] = [];
    let limit = Number.POSITIVE_INFINITY;
    let at = seq;
    for (;;) {
      const list = this.#lists.get(`${at} ${place}`);
      if (!list) throw new Error(`exchange ${at} has no list ${place}`);
      const [first, ...rest] = list;
      if (typeof first !== 'object') {
        tails.push((list as readonly string[]).slice(0, limit));
        break;
      }
      const own = limit - first.first;
      if (own > 0) tails.push((rest as readonly string[]).slice(0, own));
      limit = Math.min(limit, first.first);
      if (first.of >= at) throw new Error(`exchange ${at} refers to one that is not before it`);
      at = first.of;
    }
    return tails.reverse().flat();
  }

  #answer({ line, body }: Recorded, answer: Fields, timing: Fields | undefined, headers: RawHeaders): Answer {
    const forms = body.map(({ fields }) => fields as BodyLine);
    const bytes = this.#attempt(line, 'body', () => answerFromLines(forms));
    const headAt = timing?.optionalTime('head');
    const head = answer.has('status')
      ? { head: { status: answer.count('status'), reason: answer.optionalText('reason') ?? '', headers } }
      : {};
    const ends = forms.some(form => 'message' in form) ? messageEnds(bytes) : [];
    return {
      ...head,
      ...(headAt !== undefined && { headAt }),
      chunks: this.#attempt(line, 'stream', () => chunksOf(bytes, timing, headAt ?? 0, ends)),
      end: readEnd(answer, timing?.optionalTime('end') ?? 0),
    };
  }
}

function chunksOf(
  bytes: Buffer,
  timing: Fields | undefined,
  headAt: number,
  ends: readonly number[],
): Chunk[] {
  if (bytes.length === 0) return [];
  const text = timing?.optionalText('chunks');
  // Without times, as one chunk: somebody edited the body by hand, or took the times out.
  if (text === undefined) return [{ at: headAt, bytes }];
  let from = 0;
  const chunks = chunksFromText(text, bytes, headAt, ends).map(({ at, size }) => {
    from += size;
    return { at, bytes: bytes.subarray(from - size, from) };
  });
  if (from !== bytes.length) throw new Error(`its chunks have ${from} bytes, its body has ${bytes.length}`);
  return chunks;
}

function* linesOf(bytes: Buffer, kept?: number): Generator<Line, undefined> {
  let first = true;
  for (const line of readLines(bytes, kept)) {
    if (first && line.fields.rewind !== 'cassette') break;
    first = false;
    yield line;
  }
  if (!first) return;
  throw new RewindError(
    'not-a-cassette',
    'The file is not a Rewind cassette',
    'Its first line must say {"rewind":"cassette"}; `rewind import` also reads HAR, vcrpy, go-vcr and Ruby VCR files.',
  );
}

function limited(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length > LARGEST_BODY) throw new Error(`it unfolds to more than ${LARGEST_BODY} bytes`);
  return bytes;
}
