import type { AnswerEnd, AnswerHead, AnswerLabel, RequestHead } from '../wire/exchange.ts';
import type { ChunkPlace } from './chunk-times.ts';
import type { BodyFields } from './records.ts';

/** An exchange as a log tells it: heads at once, bodies when they are asked for. */
export interface StoredExchange {
  readonly seq: number;
  readonly at: number;
  readonly head: RequestHead;
  readonly site?: string;
  readonly body: StoredBody;
  label?: AnswerLabel;
  detail?: string;
  answerHead?: AnswerHead;
  headAt?: number;
  /** Times (ms since the request's head) and sizes of the chunks, in order. */
  readonly chunks: ChunkPlace[];
  /** The answer's bytes so far, joined; fewer than the chunks' sizes where the recorder died. */
  readonly answer: () => Buffer;
  end: AnswerEnd;
  /** SHA-256 of the plain bodies, hex; absent where the answer never ended. */
  requestId?: string;
  answerId?: string;
}

export interface StoredBody extends BodyFields {
  /** The whole body, or what its base does not give. */
  readonly inserted: () => Buffer;
}

/**
 * A request body, put together from the bodies it builds on. Follows each byte range down the chain instead of making
 * the bodies between, so that a chain of hundreds costs no more than its own bytes.
 */
export function restoreBody(body: StoredBody, find: (seq: number) => StoredBody | undefined): Buffer {
  const out = Buffer.allocUnsafe(body.size);
  let filled = 0;
  const todo: Range[] = [{ body, from: 0, to: body.size }];
  for (let range = todo.pop(); range; range = todo.pop()) {
    const { base, ops, inserted } = range.body;
    if (base === undefined || !ops) {
      filled += inserted().copy(out, filled, range.from, range.to);
      continue;
    }
    const parent = find(base);
    if (!parent) throw new Error(`request body ${base}, on which this one builds, is lost`);
    // Pushed in reverse, so that the first part comes off the stack first.
    for (const part of partsOf(range, parent).toReversed()) todo.push(part);
  }
  if (filled !== body.size) throw new Error(`${filled} of ${body.size} bytes are left`);
  return out;
}

interface Range {
  readonly body: StoredBody;
  readonly from: number;
  readonly to: number;
}

/** The parts of a range: of the base's body, and of the bytes of its own. */
function partsOf({ body, from, to }: Range, parent: StoredBody): Range[] {
  const own: StoredBody = { size: body.inserted().length, inserted: body.inserted };
  const parts: Range[] = [];
  let at = 0;
  let used = 0;
  const take = (source: StoredBody, start: number, length: number): void => {
    const [first, last] = [Math.max(from, at), Math.min(to, at + length)];
    if (last > first) parts.push({ body: source, from: start + first - at, to: start + last - at });
    at += length;
  };
  const ops = body.ops ?? [];
  for (let i = 0; i + 2 < ops.length && at < to; i += 3) {
    take(own, used, ops[i]!);
    used += ops[i]!;
    take(parent, ops[i + 1]!, ops[i + 2]!);
  }
  if (at < to) take(own, used, own.size - used);
  return parts;
}
