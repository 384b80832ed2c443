import { readCall } from '../providers/read-call.ts';
import { Evaluator } from '../timeline/evaluate.ts';
import { editedExchange, type StepEdit, stepEdit } from '../timeline/step-edit.ts';
import { type StepView, stepView } from '../timeline/step-view.ts';
import type { CallStep, Step, Timeline, ToolStep } from '../timeline/timeline.ts';
import type { Exchange } from '../wire/exchange.ts';
import { sessionView } from './session-view.ts';

/** Edits of one recording that wait to be run; until then they only change what is shown of their steps. */
export class Edits {
  readonly #timeline: () => Timeline;
  readonly #list: StepEdit[] = [];
  readonly #exchanges = new Map<number, Exchange>();

  constructor(timeline: () => Timeline) {
    this.#timeline = timeline;
  }

  get list(): readonly StepEdit[] {
    return this.#list;
  }

  /** The call that comes first among those that were edited; null without an edit. */
  get first(): CallStep | null {
    const [first] = this.#list.map(({ call }) => call).sort((a, b) => a.index - b.index);
    return first ?? null;
  }

  /** Throws RewindError `not-editable` or `bad-expression`. */
  add(step: Step, place: string, text: string): StepEdit {
    const edit = stepEdit(this.#timeline(), step, place, text, seq => this.exchange(seq));
    const { seq } = edit.call;
    this.#exchanges.set(seq, editedExchange(this.exchange(seq), edit));
    this.#list.push(edit);
    return edit;
  }

  clear(): void {
    this.#list.length = 0;
    this.#exchanges.clear();
  }

  /** An exchange as it was edited. */
  exchange(seq: number): Exchange {
    return this.#exchanges.get(seq) ?? this.#timeline().session.exchange(seq);
  }

  /** A step as it was edited. */
  shown(step: Step): Step {
    if (this.#list.length === 0) return step;
    return step.kind === 'call' ? this.#call(step) : this.#tool(step);
  }

  #call(step: CallStep): CallStep {
    const edited = this.#exchanges.get(step.seq);
    const call = edited && readCall(edited);
    if (!call) return step;
    return { ...step, call, output: call.output, finishReason: call.finishReason, label: 'EDITED' };
  }

  #tool(step: ToolStep): ToolStep {
    const { steps } = this.#timeline();
    const recorded = steps[step.from] as CallStep;
    const asking = this.#call(recorded);
    const nth = callsOf(recorded).findIndex(
      ({ id, argumentsText, name }) =>
        id === step.call.id && argumentsText === step.call.argumentsText && name === step.call.name,
    );
    const call = callsOf(asking)[nth] ?? step.call;
    const carrying = step.to === null ? null : this.#call(steps[step.to] as CallStep);
    const results = carrying?.call.messages.flatMap(({ parts }) =>
      parts.flatMap(part => (part.type === 'tool_result' ? [part.result] : [])),
    );
    const result = results?.find(({ id, name }) => id === step.result?.id && name === step.result.name);
    return { ...step, call, name: call.name, result: result ?? step.result };
  }
}

const callsOf = ({ output }: CallStep): readonly ToolStep['call'][] =>
  output.parts.flatMap(part => (part.type === 'tool_call' ? [part.call] : []));

/** Gives expressions the values of steps as they were edited. */
export class EditedEvaluator extends Evaluator {
  readonly #edits: Edits;

  constructor(timeline: Timeline, edits: Edits) {
    const { session } = timeline;
    // Bodies are read from the session.
    super({
      ...timeline,
      session: sessionView(
        () => session,
        seq => edits.exchange(seq),
      ),
    });
    this.#edits = edits;
  }

  /** What was edited is not what was sent. */
  protected override isSent(): boolean {
    return false;
  }

  override view(step: Step): StepView {
    return stepView(this.timeline, this.#edits.shown(step));
  }
}
