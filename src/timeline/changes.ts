import type { Call } from '../providers/call.ts';
import { callWith } from './call-reader.ts';
import { stepBefore } from './cursor.ts';
import { type StepChange, stepDiff } from './step-diff.ts';
import { messageView, type StepView } from './step-view.ts';
import type { CallStep, Timeline } from './timeline.ts';

/** What a call was sent otherwise than the lane's call before it. Its keys are always the same. */
export interface RequestChanges {
  readonly previous: number | null;
  readonly newMessages: readonly StepView[];
  /** Messages that were rewritten or dropped: what `stepDiff` says. */
  readonly messages: readonly ShownChange[];
  readonly model: readonly ShownChange[];
  readonly system: readonly ShownChange[];
  readonly tools: readonly ShownChange[];
  readonly parameters: readonly ShownChange[];
}

export type ShownChange = Pick<StepChange, 'field' | 'before' | 'after'>;

export function changesSincePrevious(timeline: Timeline, step: CallStep): RequestChanges {
  const before = stepBefore(timeline, step);
  const { call } = step;
  if (before?.kind !== 'call') {
    const none: readonly ShownChange[] = [];
    return {
      previous: null,
      newMessages: call.messages.map(messageView),
      messages: none,
      model: none,
      system: none,
      tools: none,
      parameters: none,
    };
  }
  const extended = step.context.history === 'extended';
  const known = extended ? call.messages.length - step.context.added : call.messages.length;
  // A history that only grew need not be compared.
  const changes = stepDiff(request(before.call, extended), request(call, extended));
  const of = (section: StepChange['section']): readonly ShownChange[] =>
    changes.filter(change => change.section === section).map(({ words: _, section: __, ...shown }) => shown);
  return {
    previous: before.index,
    newMessages: call.messages.slice(known).map(messageView),
    messages: of('messages'),
    model: of('model'),
    system: of('system'),
    tools: of('tools'),
    parameters: of('parameters'),
  };
}

/** What was sent, without what came back. */
function request(call: Call, withoutMessages: boolean): Call {
  return callWith(call, {
    responseModel: null,
    messages: withoutMessages ? [] : call.messages,
    output: { parts: [], alternatives: [] },
    finishReason: null,
    error: null,
  });
}
