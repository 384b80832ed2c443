import type { ToolCall, ToolDefinition } from '../../providers/call.ts';
import { type EditableAnswer, withPieces } from '../../providers/editing/editable-answer.ts';
import { type Shape, type Slot, slotText, withSlotText } from '../../providers/editing/shape.ts';
import type { Answer } from '../../wire/exchange.ts';
import type { Fault, Target } from '../operator.ts';

/** A target whose answer can be edited in place. */
export interface Editable {
  readonly shape: Shape;
  readonly body: EditableAnswer;
  readonly slots: readonly Slot[];
}

export function editable({ shape, body, call }: Target): Editable | null {
  if (!shape || !body || !call || call.error) return null;
  return { shape, body, slots: shape.slots(body.pieces, body.streamed) };
}

export interface EditableCall {
  /** The dialect's name for it in the slots. */
  readonly part: string;
  readonly call: ToolCall;
  readonly definition: ToolDefinition | undefined;
}

/** The tool calls of the answer, in order; none where they cannot be found again in the bytes. */
export function callsOf(target: Target): readonly EditableCall[] {
  const found = editable(target);
  if (!found || !target.call) return [];
  const calls = target.call.output.parts.flatMap(part => (part.type === 'tool_call' ? [part.call] : []));
  return calls.flatMap((call, i) => {
    const part = `call-${i}`;
    const there = slotText(found.body.pieces, found.slots, 'name', part) === call.name;
    const definition = target.call?.tools.find(({ name }) => name === call.name);
    return there ? [{ part, call, definition }] : [];
  });
}

/** The answer's texts, each joined, by part. */
export function textsOf({
  body,
  slots,
}: Editable): readonly { readonly part: string; readonly text: string }[] {
  const parts = new Set(slots.flatMap(({ kind, part }) => (kind === 'text' ? [part] : [])));
  return [...parts].flatMap(part => {
    const text = slotText(body.pieces, slots, 'text', part);
    return text ? [{ part, text }] : [];
  });
}

/** The answer with one tool call's arguments replaced; null where this form of answer cannot carry them. */
export function withArguments({ body, slots }: Editable, part: string, text: string): Answer | null {
  const pieces = withSlotText(body.pieces, slots, 'arguments', part, text);
  return pieces && withPieces(body, pieces);
}

/** What the ledger knows a call by. */
export const callKey = ({ id, name }: ToolCall): string => id ?? name;

/** A fault of one edited answer, given once: asked again, a model says something else. */
export function outputFault(
  answer: Answer | null,
  detail: string,
  more: Partial<Pick<Fault, 'variant' | 'poisoned' | 'tells' | 'rewords' | 'canary'>> = {},
): readonly Fault[] {
  return answer ? [{ answer, times: 'once', lost: false, detail, ...more }] : [];
}

/** Names of calls as part of mutant ids. */
export function callVariants(
  calls: readonly EditableCall[],
): readonly (EditableCall & { readonly variant?: string })[] {
  if (calls.length < 2) return calls;
  return calls.map((call, i) => ({ ...call, variant: `${call.call.name}-${i}` }));
}
