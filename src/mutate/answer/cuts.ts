import { type EditableAnswer, pieceBytes, withBytes } from '../../providers/editing/editable-answer.ts';
import type { Slot } from '../../providers/editing/shape.ts';
import type { Answer, AnswerEnd } from '../../wire/exchange.ts';

const RESET: AnswerEnd = { kind: 'reset', at: 0, message: 'read ECONNRESET' };

/** The pieces before `count`, then the given end; `complete` is the quiet cut: the body ends properly, the stream does not. */
export function cutAfter(
  body: EditableAnswer,
  count: number,
  how: 'complete' | 'reset',
  last: readonly Uint8Array[] = [],
): Answer {
  const kept = body.pieces.slice(0, count).map(piece => pieceBytes(body.framing, piece));
  const opened = body.framing === 'json-array' ? [Buffer.from('['), ...separated(kept)] : kept;
  return withBytes(body, [...opened, ...last], how === 'reset' ? RESET : undefined);
}

/** The pieces before `count`, then nothing more: open until the agent hangs up. */
export function stallAfter(body: EditableAnswer, count: number): Answer {
  const answer = cutAfter(body, count, 'complete');
  return { ...answer, end: { kind: 'client-gone', at: 2 ** 30 } };
}

function separated(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  return pieces.flatMap((piece, i) => (i === 0 ? [piece] : [Buffer.from(',\r\n'), piece]));
}

/** How many pieces to keep so that about half of what was said has arrived; null for a stream too short to cut inside. */
export function halfway(slots: readonly Slot[], kind: Slot['kind'], part?: string): number | null {
  const pieces = slots
    .filter(slot => slot.kind === kind && slot.form === 'delta' && (part === undefined || slot.part === part))
    .map(({ piece }) => piece);
  if (pieces.length < 2) return null;
  return pieces[Math.floor(pieces.length / 2)]!;
}
