/**
 * Chunks as a short text: for each the milliseconds since the one before (the first: since the answer's head), then
 * nothing where it holds one event, `x3` where it holds three, `b120` where it ends inside an event after 120 bytes.
 */
import { ByteReader, ByteWriter } from './byte-writer.ts';
import { type ChunkPlace, packChunks, unpackChunks } from './chunk-times.ts';

/** `ends`: where events end, of a stream whose events do not end in a blank line. */
export function chunksToText(
  chunks: readonly ChunkPlace[],
  answer: Buffer,
  headAt: number,
  ends: readonly number[] = [],
): string {
  const cuts = new ByteReader(packChunks(chunks, answer, ends).cuts);
  cuts.varint();
  let last = tenths(headAt);
  return chunks
    .map(({ at }) => {
      const step = (tenths(at) - last) / 10;
      last = tenths(at);
      const events = cuts.varint();
      const size = events === 1 ? '' : events > 1 ? `x${events}` : `b${cuts.varint()}`;
      return `${step}${size}`;
    })
    .join(' ');
}

/** Throws on a text that does not fit the answer. */
export function chunksFromText(
  text: string,
  answer: Buffer,
  headAt: number,
  ends: readonly number[] = [],
): ChunkPlace[] {
  if (text === '') return [];
  const items = text.split(' ');
  const cuts = new ByteWriter().varint(items.length);
  const times = new ByteWriter();
  let last = tenths(headAt);
  let before = 0;
  for (const item of items) {
    const [, step, kind, count] = /^(-?\d{1,12}(?:\.\d)?)(?:([xb])(\d{1,12}))?$/.exec(item) ?? [];
    if (step === undefined) throw new Error(`${JSON.stringify(item)} is no chunk`);
    last += tenths(Number(step));
    const diff = last - before;
    times.varint(diff < 0 ? -diff * 2 - 1 : diff * 2);
    before = last;
    if (kind === 'b') cuts.varint(0).varint(Number(count));
    else cuts.varint(kind === 'x' ? Math.max(1, Number(count)) : 1);
  }
  return unpackChunks(new ByteReader(times.take()), new ByteReader(cuts.take()), answer, ends);
}

const tenths = (ms: number): number => Math.round(ms * 10);
