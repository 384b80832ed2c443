import { RewindError } from '../../errors.ts';
import type { Answer, Exchange } from '../../wire/exchange.ts';
import { isObject, type Json, parseJson } from '../../wire/json.ts';
import { readCall } from '../read-call.ts';
import { type EditableAnswer, editableAnswer, type Piece, withPieces } from './editable-answer.ts';
import { finished } from './finish.ts';
import { type Path, withValueAt } from './json-place.ts';
import { type Shape, type Slot, slotText, withSlotText } from './shape.ts';
import { shapeOf } from './shapes.ts';

/** What of an answer can be edited. `call`: which of its tool calls, from 0. */
export type AnswerPlace =
  | { readonly kind: 'text' | 'finish-reason' | 'no-tool-calls' }
  | { readonly kind: 'tool-name'; readonly call: number }
  /** `path`: of a member of the arguments; empty for all of them. */
  | { readonly kind: 'tool-arguments'; readonly call: number; readonly path: Path };

interface Editable {
  readonly shape: Shape;
  readonly body: EditableAnswer;
  readonly slots: readonly Slot[];
}

/**
 * The recorded answer saying something else, framed as its provider frames it (JSON, SSE, event stream). Token counts stay
 * what they were. A text value of `tool-arguments` with an empty path goes in as it is, be it JSON or not.
 * Throws RewindError `not-editable`.
 */
export function editAnswer(exchange: Exchange, place: AnswerPlace, value: Json): Answer {
  const found = editable(exchange);
  return withPieces(found.body, piecesWith(found, place, value));
}

function editable(exchange: Exchange): Editable {
  const call = readCall(exchange);
  const body = editableAnswer(exchange.answer);
  const shape = call && shapeOf(call.dialect, body);
  if (!call || !body || call.error)
    throw refused('This answer is an error or broke off: there is nothing to edit');
  if (!shape) throw refused(`Answers of ${call.dialect} cannot be edited yet`);
  return { shape, body, slots: shape.slots(body.pieces, body.streamed) };
}

function piecesWith(found: Editable, place: AnswerPlace, value: Json): readonly Piece[] {
  const { shape, body, slots } = found;
  const { pieces, streamed } = body;
  switch (place.kind) {
    case 'text':
      return withText(found, textual(value, 'response.text'));
    case 'finish-reason':
      return finished(shape, pieces, slots, textual(value, 'response.finishReason'));
    case 'no-tool-calls': {
      if (!slots.some(({ kind }) => kind === 'name')) return pieces;
      return shape.asText(pieces, streamed, textOf(found) ?? '', shape.finish.stop);
    }
    case 'tool-name':
      return written(found, 'name', place.call, textual(value, 'the name of a tool call'));
    case 'tool-arguments': {
      const recorded = slotText(pieces, slots, 'arguments', `call-${place.call}`);
      if (place.path.length === 0) {
        return written(
          found,
          'arguments',
          place.call,
          typeof value === 'string' ? value : JSON.stringify(value),
        );
      }
      const parsed = parseJson(recorded ?? '');
      if (!parsed.ok || !isObject(parsed.value))
        throw refused('These arguments are no JSON object', 'Edit them as a whole.');
      return written(
        found,
        'arguments',
        place.call,
        JSON.stringify(withValueAt(parsed.value, place.path, value)),
      );
    }
  }
}

/** All of the answer's texts, joined as `response.text` is. */
function textOf({ body, slots }: Editable): string | undefined {
  const parts = new Set(slots.flatMap(({ kind, part }) => (kind === 'text' ? [part] : [])));
  const texts = [...parts].flatMap(part => slotText(body.pieces, slots, 'text', part) ?? []);
  return texts.length === 0 ? undefined : texts.join('\n');
}

function withText(found: Editable, text: string): readonly Piece[] {
  const { shape, body, slots } = found;
  const parts = new Set(slots.flatMap(({ kind, part }) => (kind === 'text' ? [part] : [])));
  const calls = slots.some(({ kind }) => kind === 'name');
  const [only] = parts;
  if (only !== undefined && parts.size === 1) return spread(body.pieces, slots, 'text', only, text);
  if (calls) {
    throw refused(
      parts.size === 0
        ? 'This answer has no text, only tool calls'
        : 'This answer has several texts between its tool calls',
      'Edit the arguments of a call, or set response.toolCalls to [] first.',
    );
  }
  return shape.asText(body.pieces, body.streamed, text, shape.finish.stop);
}

function written(
  { body, slots }: Editable,
  kind: 'name' | 'arguments',
  call: number,
  text: string,
): readonly Piece[] {
  const part = `call-${call}`;
  if (!slots.some(slot => slot.kind === kind && slot.part === part))
    throw refused(`This answer has no tool call ${call}`);
  return spread(body.pieces, slots, kind, part, text);
}

/**
 * A text over the pieces of a stream, in the proportions of the recorded one: clients that show a stream as it comes see one.
 * Throws where this form of answer cannot hold it.
 */
function spread(
  pieces: readonly Piece[],
  slots: readonly Slot[],
  kind: Slot['kind'],
  part: string,
  text: string,
): readonly Piece[] {
  const mine = slots.filter(slot => slot.kind === kind && slot.part === part);
  const deltas = mine.filter(({ form }) => form === 'delta');
  const lengths = deltas.map(slot => (slotText(pieces, [slot], kind, part) ?? '').length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const others = mine.filter(({ form }) => form !== 'delta');
  const whole = withSlotText(pieces, total === 0 ? mine : others, kind, part, text);
  if (!whole)
    throw refused('This provider gives arguments as a JSON object: text that is none cannot be given');
  if (total === 0) return whole;
  const characters = [...text];
  let [passed, taken] = [0, 0];
  return deltas.reduce((next, slot, i) => {
    passed += lengths[i]!;
    const end = passed === total ? characters.length : Math.round((characters.length * passed) / total);
    const share = characters.slice(taken, end).join('');
    taken = Math.max(taken, end);
    return withSlotText(next, [slot], kind, part, share)!;
  }, whole);
}

function textual(value: Json, what: string): string {
  if (typeof value === 'string') return value;
  throw refused(`${what} is a text`, 'Write it in quotes.');
}

function refused(message: string, hint = ''): RewindError {
  return new RewindError('not-editable', message, hint);
}
