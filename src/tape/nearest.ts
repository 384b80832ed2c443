import type { WireRequest } from '../wire/exchange.ts';
import { type Fingerprint, type MemberPrint, plainBody } from './match-key.ts';
import type { Slot } from './slots.ts';

export interface Nearest {
  readonly slot: Slot;
  /** From 0 (nothing in common) to 1. */
  readonly similarity: number;
}

/** So many of the best by their parts are compared by their words. */
const FINALISTS = 8;
/** Bytes of each body's differing middle that count. */
const WINDOW = 20_000;

/** The slot whose request is most like the one asked: by parts first, by the words of what differs among the best. */
export function nearestSlot(
  slots: readonly Slot[],
  print: Fingerprint,
  request: WireRequest,
  recorded: (seq: number) => WireRequest,
): Nearest | null {
  const finalists = slots
    .map(slot => ({ slot, parts: partSimilarity(slot.fingerprint, print) }))
    .sort((a, b) => b.parts - a.parts || a.slot.seq - b.slot.seq)
    .slice(0, FINALISTS);
  const asked = plainBody(request);
  const compared = finalists.map(({ slot, parts }) => ({
    slot,
    similarity: 0.6 * parts + 0.4 * textSimilarity(plainBody(recorded(slot.seq)), asked),
  }));
  // Of equals, an answer not given yet explains more than one that was.
  const given = ({ slot }: Nearest): number => (slot.state === 'used' ? 1 : 0);
  compared.sort((a, b) => b.similarity - a.similarity || given(a) - given(b) || a.slot.seq - b.slot.seq);
  return compared[0] ?? null;
}

function partSimilarity(a: Fingerprint, b: Fingerprint): number {
  const endpoint = a.endpoint === b.endpoint ? 1 : 0;
  const model = a.model === b.model ? 1 : 0;
  return (2 * endpoint + model + 3 * membersSimilarity(a.members, b.members)) / 6;
}

/** Lists count by how many elements they share and how long they run together; a conversation outweighs settings. */
function membersSimilarity(a: readonly MemberPrint[], b: readonly MemberPrint[]): number {
  const others = new Map(b.map(member => [member.name, member.digests]));
  const names = new Set([...a, ...b].map(member => member.name));
  let sum = 0;
  let weights = 0;
  for (const { name, digests } of a) {
    const other = others.get(name) ?? [];
    const weight = 1 + Math.log2(Math.max(1, digests.length, other.length));
    weights += weight;
    sum += weight * listSimilarity(digests, other);
  }
  weights += names.size - a.length;
  return weights === 0 ? 1 : sum / weights;
}

function listSimilarity(a: readonly string[], b: readonly string[]): number {
  const longest = Math.max(a.length, b.length);
  if (longest === 0) return 1;
  let prefix = 0;
  while (prefix < a.length && prefix < b.length && a[prefix] === b[prefix]) prefix++;
  const rest = new Set(b.slice(prefix));
  const shared = prefix + a.slice(prefix).filter(digest => rest.has(digest)).length;
  return (shared + prefix) / (2 * longest);
}

/** Share of equal bytes at both ends and, between them, of equal words. */
function textSimilarity(a: Buffer, b: Buffer): number {
  const least = Math.min(a.length, b.length);
  let start = 0;
  while (start < least && a[start] === b[start]) start++;
  let end = 0;
  while (end < least - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  // Whole words on both sides of the cut.
  const from = Math.max(0, start - 16);
  const tail = Math.max(0, end - 16);
  const one = words(a.toString('latin1', from, Math.min(a.length - tail, from + WINDOW)));
  const two = words(b.toString('latin1', from, Math.min(b.length - tail, from + WINDOW)));
  let shared = 0;
  for (const word of one) if (two.has(word)) shared++;
  const between = (2 * shared) / Math.max(1, one.size + two.size);
  const ends = (start + end) / Math.max(1, a.length, b.length);
  return ends + between * (1 - ends);
}

function words(text: string): Set<string> {
  return new Set(text.match(/[\w\u0080-\u00ff]+/g) ?? []);
}
