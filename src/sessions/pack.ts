/**
 * A packed log: the same frames, but bodies in large zstd blocks. Requests stand as their differences, one block a few
 * megabytes of new text; answers column by column (`columns.ts`). No body builds on one of another block, so that a
 * damaged block spoils its own exchanges only.
 */
import { randomBytes } from 'node:crypto';
import { zstdCompress } from '../wire/zstd.ts';
import { BodyWindow } from './body-window.ts';
import { ByteWriter } from './byte-writer.ts';
import { packChunks } from './chunk-times.ts';
import { packColumns, unpackColumns } from './columns.ts';
import { encodeFrame, fileHead } from './frame.ts';
import type { LogState } from './log-state.ts';
import type { FrameKind, PackedBody, PackedExchange, PackedRest } from './records.ts';
import { restoreBody, type StoredBody, type StoredExchange } from './stored-exchange.ts';

const REQUEST_BLOCK = 8 * 1024 * 1024;
/** Who looks at one answer unpacks its block: in less than a millisecond. Larger ones would take 3 % less of the disk. */
const ANSWER_BLOCK = 512 * 1024;
const EXCHANGES_A_FRAME = 256;
const NEIGHBOURS = 16;

export function packLog(state: LogState): Buffer {
  const out = new PackedFile();
  out.frame('start', state.start);
  const bodies = new RequestBlocks(state, out);
  const answers = new AnswerBlocks(out);
  const packed = [...state.exchanges.values()].map(stored => {
    const plain = stored.answer();
    return {
      stored,
      body: bodies.add(stored),
      answer: answers.add(plain),
      chunks: packChunks(stored.chunks, plain),
    };
  });
  bodies.flush();
  answers.flush();
  for (let i = 0; i < packed.length; i += EXCHANGES_A_FRAME) {
    const some = packed.slice(i, i + EXCHANGES_A_FRAME);
    const [times, cuts] = [new ByteWriter(), new ByteWriter()];
    const exchanges = some.map(({ stored, body, answer, chunks }): PackedExchange => {
      times.bytes(chunks.times);
      cuts.bytes(chunks.cuts);
      const { seq, at, head, site, label, detail, answerHead, headAt, end, requestId, answerId } = stored;
      return {
        ...{ seq, at, head, body, answer, end },
        times: chunks.times.length,
        cuts: chunks.cuts.length,
        ...(site !== undefined && { site }),
        ...(label && { label }),
        ...(detail !== undefined && { detail }),
        ...(answerHead && { answerHead }),
        ...(headAt !== undefined && { headAt }),
        ...(requestId && { requestId }),
        ...(answerId && { answerId }),
      };
    });
    const json = Buffer.from(JSON.stringify(exchanges));
    const plain = new ByteWriter().block(json).block(cuts.take()).bytes(times.take()).take();
    out.frame('exchanges', { count: some.length }, compress(plain));
  }
  out.frame('rest', {}, compress(packRest(state)));
  if (state.sealed) out.frame('seal', {});
  return out.take();
}

function packRest(state: LogState): Buffer {
  const rest: PackedRest = {
    ...(state.exit && { exit: state.exit }),
    tools: state.tools,
    notes: state.notes,
    ...(state.webSockets.length > 0 && { webSockets: state.webSockets }),
    warnings: state.warnings,
    output: state.output.map(({ at, stream, bytes }) => ({ at, stream, size: bytes.length })),
  };
  const out = new ByteWriter().block(Buffer.from(JSON.stringify(rest)));
  for (const { bytes } of state.output) out.bytes(bytes);
  return out.take();
}

class PackedFile {
  readonly #nonce = randomBytes(4).readUInt32LE();
  readonly #out = new ByteWriter().bytes(fileHead(this.#nonce));
  #blocks = 0;

  frame(kind: FrameKind, fields: unknown, bytes?: Uint8Array): void {
    for (const piece of encodeFrame(this.#nonce, kind, fields, bytes)) this.#out.bytes(piece);
  }

  /** A number for a block that is written later. */
  newBlock(): number {
    return this.#blocks++;
  }

  take(): Buffer {
    return this.#out.take();
  }
}

class RequestBlocks {
  readonly #state: LogState;
  readonly #out: PackedFile;
  #block: number;
  #plain = new ByteWriter();
  #inBlock = new Set<number>();
  #recent: StoredExchange[] = [];

  constructor(state: LogState, out: PackedFile) {
    this.#state = state;
    this.#out = out;
    this.#block = out.newBlock();
  }

  add(stored: StoredExchange): PackedBody {
    const { body, seq } = stored;
    if (this.#plain.length >= REQUEST_BLOCK) this.#turnOver();
    const near = body.base !== undefined && this.#inBlock.has(body.base);
    const best = near ? body : this.#anew(body);
    const inserted = best.inserted();
    const from = this.#plain.length;
    this.#plain.bytes(inserted);
    this.#inBlock.add(seq);
    this.#recent = [...this.#recent, stored].slice(-NEIGHBOURS);
    return {
      size: best.size,
      ...(best.base !== undefined && best.ops && { base: best.base, ops: best.ops }),
      block: this.#block,
      from,
      length: inserted.length,
    };
  }

  flush(): void {
    this.#out.frame('block', { n: this.#block }, compress(this.#plain.take()));
  }

  #turnOver(): void {
    this.flush();
    this.#block = this.#out.newBlock();
    this.#plain = new ByteWriter();
    this.#inBlock = new Set();
    this.#recent = [];
  }

  /** A key frame of the live log, or a body whose base stands in an earlier block, by its neighbours in this one. */
  #anew(body: StoredBody): StoredBody {
    const whole = this.#restored(body);
    if (!whole) return body; // damaged before: kept as it is, and told when it is read
    const window = new BodyWindow(Number.POSITIVE_INFINITY);
    for (const { seq, body: other } of this.#recent) {
      const raw = this.#restored(other);
      if (raw) window.remember({ key: seq, raw, body: raw, depth: 0, spans: [], version: 0 });
    }
    const near = window.encode(whole);
    if (!near) return { size: whole.length, inserted: () => whole };
    const { base, delta } = near;
    const inserted = Buffer.from(delta.inserted);
    const anew = { size: whole.length, base: base.key, ops: delta.ops, inserted: () => inserted };
    const back = restoreBody(anew, () => ({ size: base.raw.length, inserted: () => base.raw }));
    if (!back.equals(whole)) throw new Error('a difference does not give its body back');
    return anew;
  }

  #restored(body: StoredBody): Buffer | undefined {
    try {
      return restoreBody(body, base => this.#state.exchanges.get(base)?.body);
    } catch {
      return undefined;
    }
  }
}

class AnswerBlocks {
  readonly #out: PackedFile;
  #block: number;
  #size = 0;
  #answers: Buffer[] = [];

  constructor(out: PackedFile) {
    this.#out = out;
    this.#block = out.newBlock();
  }

  add(answer: Buffer): PackedExchange['answer'] {
    if (this.#size >= ANSWER_BLOCK) this.#turnOver();
    this.#size += answer.length;
    return { block: this.#block, index: this.#answers.push(answer) - 1 };
  }

  flush(): void {
    const columns = packColumns(this.#answers);
    const back = unpackColumns(columns);
    if (!this.#answers.every((answer, i) => back[i]?.equals(answer))) {
      throw new Error('columns do not give their answers back');
    }
    this.#out.frame('block', { n: this.#block }, compress(columns, 6));
  }

  #turnOver(): void {
    this.flush();
    this.#block = this.#out.newBlock();
    this.#size = 0;
    this.#answers = [];
  }
}

const compress = (plain: Buffer, level = 9): Uint8Array => zstdCompress(plain, level, { windowLog: 24 });
