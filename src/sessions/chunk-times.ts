import { type ByteReader, ByteWriter } from './byte-writer.ts';

export interface ChunkPlace {
  /** Milliseconds since the request's head, to a tenth. */
  readonly at: number;
  readonly size: number;
}

const LF = 0x0a;

/**
 * Chunk boundaries and times, compactly: times as differences in tenths of a millisecond; a boundary as the number of
 * whole events (blank lines) in the chunk where it falls behind one, as nearly all do, else 0 and the size. `ends`: where
 * events end instead, ascending, unless empty.
 */
export function packChunks(
  chunks: readonly ChunkPlace[],
  answer: Buffer,
  ends: readonly number[] = [],
): { times: Buffer; cuts: Buffer } {
  const times = new ByteWriter();
  const cuts = new ByteWriter().varint(chunks.length);
  let last = 0;
  let from = 0;
  for (const { at, size } of chunks) {
    const tenths = Math.round(at * 10);
    // Times may run backwards where a log was damaged: the sign goes into the lowest bit.
    const step = tenths - last;
    times.varint(step < 0 ? -step * 2 - 1 : step * 2);
    last = tenths;
    const events = ends.length > 0 ? endsIn(ends, from, from + size) : eventsIn(answer, from, from + size);
    if (events > 0) cuts.varint(events);
    else cuts.varint(0).varint(size);
    from += size;
  }
  return { times: times.take(), cuts: cuts.take() };
}

export function unpackChunks(
  times: ByteReader,
  cuts: ByteReader,
  answer: Buffer,
  ends: readonly number[] = [],
): ChunkPlace[] {
  const chunks: ChunkPlace[] = [];
  let tenths = 0;
  let from = 0;
  for (let left = cuts.varint(); left > 0; left--) {
    const step = times.varint();
    tenths += step % 2 === 1 ? -(step + 1) / 2 : step / 2;
    const events = cuts.varint();
    const size = events === 0 ? cuts.varint() : endOfEvents(answer, from, events, ends) - from;
    chunks.push({ at: tenths / 10, size });
    from += size;
  }
  return chunks;
}

/** How many blank lines end in `from`…`to`, where the last one ends at `to`; 0 where it does not. */
function eventsIn(answer: Buffer, from: number, to: number): number {
  if (to > answer.length || to - from < 2 || answer[to - 1] !== LF || answer[to - 2] !== LF) return 0;
  let events = 0;
  for (let at = endOfEvent(answer, from); at > 0 && at <= to; at = endOfEvent(answer, at)) {
    events++;
    if (at === to) return events;
  }
  return 0;
}

/** How many of `ends` lie behind `from`, up to `to`, where the last one is `to`; 0 where it is not. */
function endsIn(ends: readonly number[], from: number, to: number): number {
  const last = firstBehind(ends, to - 1);
  return ends[last] === to ? last + 1 - firstBehind(ends, from) : 0;
}

/** The index of the first end behind `at`. */
function firstBehind(ends: readonly number[], at: number): number {
  let low = 0;
  for (let high = ends.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (ends[middle]! > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

function endOfEvents(answer: Buffer, from: number, events: number, ends: readonly number[]): number {
  if (ends.length > 0) {
    const end = ends[firstBehind(ends, from) + events - 1];
    if (end === undefined) throw new Error('a chunk ends behind the answer');
    return end;
  }
  let at = from;
  for (let left = events; left > 0; left--) {
    at = endOfEvent(answer, at);
    if (at < 0) throw new Error('a chunk ends behind the answer');
  }
  return at;
}

/** The offset behind the next blank line; -1 where there is none. */
function endOfEvent(answer: Buffer, from: number): number {
  const at = answer.indexOf('\n\n', from, 'latin1');
  return at < 0 ? -1 : at + 2;
}
