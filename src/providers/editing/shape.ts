import type { Json, JsonObject } from '../../wire/json.ts';
import type { DialectId } from '../call.ts';
import type { Piece } from './editable-answer.ts';
import { valueAt as at, type Path, withValueAt as withAt } from './json-place.ts';

export { type Path, valueAt as at, withValueAt as withAt } from './json-place.ts';

/** Where a dialect keeps what can be edited in its answers. One file a dialect in `shapes/`. */
export interface Shape {
  readonly dialect: DialectId;
  /** The vendor's words for how an answer ended. */
  readonly finish: {
    readonly stop: string;
    readonly calls: string;
    readonly length: string;
    readonly refusal: string;
  };
  /** Everything editable, in the order of the stream. */
  slots(pieces: readonly Piece[], streamed: boolean): readonly Slot[];
  /** The same answer saying only `text` (nothing at all where it is empty), without tool calls. */
  asText(pieces: readonly Piece[], streamed: boolean, text: string, finish: string): readonly Piece[];
  /** The answer with one more tool call like the given one, under an id of its own. */
  callAgain(pieces: readonly Piece[], streamed: boolean, call: string): readonly Piece[] | null;
}

/** One editable place. */
export interface Slot {
  /** `whole`: the place of an object whose removal removes the call (or, with an empty path, its whole piece). */
  readonly kind: 'text' | 'id' | 'name' | 'arguments' | 'finish' | 'whole';
  /** Which text or tool call it belongs to, as the dialect numbers them; empty for the finish reason. */
  readonly part: string;
  readonly piece: number;
  readonly path: Path;
  /** `delta`: a part of the value, the others come in later slots; `full`: all of it; `object`: all of it, as JSON. */
  readonly form: 'delta' | 'full' | 'object';
}

/** A copy without the element or member at the path; an emptied `tool_calls` goes too, as vendors leave it out. */
export function withoutAt(value: Json | undefined, path: Path): Json {
  const [key, ...rest] = path;
  if (key === undefined) throw new Error('nothing to remove from');
  if (rest.length > 0) {
    const inner = (value as JsonObject)[key as string];
    const next = withoutAt(inner, rest);
    if (key === 'tool_calls' && Array.isArray(next) && next.length === 0) return withoutAt(value, [key]);
    return withAt(value, [key], next);
  }
  if (Array.isArray(value)) return value.filter((_, i) => i !== key);
  const { [key as string]: _, ...others } = value as JsonObject;
  return others as JsonObject;
}

/** What a part's slots of one kind hold together, as text; undefined where there are none. */
export function slotText(
  pieces: readonly Piece[],
  slots: readonly Slot[],
  kind: Slot['kind'],
  part: string,
): string | undefined {
  const mine = slots.filter(slot => slot.kind === kind && slot.part === part);
  const full = mine.find(({ form }) => form !== 'delta');
  const read = ({ piece, path }: Slot): Json | undefined => at(pieces[piece]?.value, path);
  if (full) {
    const value = read(full);
    return full.form === 'object' ? JSON.stringify(value) : typeof value === 'string' ? value : undefined;
  }
  return mine.length === 0 ? undefined : mine.map(slot => read(slot) ?? '').join('');
}

/** Writes a part: the first delta takes all, later ones nothing. Null where an object cannot hold the text. */
export function withSlotText(
  pieces: readonly Piece[],
  slots: readonly Slot[],
  kind: Slot['kind'],
  part: string,
  text: string,
): readonly Piece[] | null {
  const next = [...pieces];
  let written = false;
  for (const { piece, path, form, ...slot } of slots) {
    if (slot.kind !== kind || slot.part !== part) continue;
    let value: Json = text;
    if (form === 'delta') {
      value = written ? '' : text;
      written = true;
    } else if (form === 'object') {
      const read = asObjectText(text);
      if (!read) return null;
      value = read;
    }
    next[piece] = edited(next[piece]!, withAt(next[piece]!.value, path, value));
  }
  return next;
}

function asObjectText(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}

/** Without everything of one part. */
export function withoutPart(
  pieces: readonly Piece[],
  slots: readonly Slot[],
  part: string,
): readonly Piece[] {
  const next: (Piece | null)[] = [...pieces];
  // From the back, so that earlier positions of the same array stay true.
  for (const { kind, part: owner, piece, path } of slots.toReversed()) {
    if (kind !== 'whole' || owner !== part) continue;
    const here = next[piece];
    if (here) next[piece] = path.length === 0 ? null : edited(here, withoutAt(here.value, path));
  }
  return next.filter(piece => piece !== null);
}

export function edited(piece: Piece, value: Json): Piece {
  return { ...(piece.event === undefined ? {} : { event: piece.event }), value };
}
