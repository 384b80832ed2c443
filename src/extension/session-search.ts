import type { Part } from '../providers/call.ts';
import { spoken } from '../timeline/step-diff.ts';
import type { Step, Timeline } from '../timeline/timeline.ts';

/** Characters of found-in texts that are kept between two searches. */
const KEPT = 32 * 1024 * 1024;

/**
 * Looks for words in what each step brought: of a call, its new messages and its answer, not the history that it repeats.
 * Yields after each step, so that the caller can keep an eye on the clock.
 */
export class SessionSearch {
  readonly #timeline: Timeline;
  readonly #texts: string[] = [];
  #kept = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Steps that hold all words of the query, in any case. */
  *find(query: string): Generator<number | null> {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    for (const step of this.#timeline.steps) {
      const text = this.#textOf(step);
      yield words.length > 0 && words.every(word => text.includes(word)) ? step.index : null;
    }
  }

  #textOf(step: Step): string {
    const known = this.#texts[step.index];
    if (known !== undefined) return known;
    const text = textOf(step).toLowerCase();
    this.#kept += text.length;
    if (this.#kept <= KEPT) this.#texts[step.index] = text;
    return text;
  }
}

function textOf(step: Step): string {
  if (step.kind === 'tool') {
    const { name, call, result, run } = step;
    const said = result ? spoken(result.content) : JSON.stringify(run?.result ?? '');
    return [name, call.argumentsText, said, run?.error ?? ''].join('\n');
  }
  const { model, finishReason, error, output, label, context, call } = step;
  const fresh = call.messages.slice(call.messages.length - context.added).map(({ parts }) => readable(parts));
  const system = context.history === 'start' ? readable(call.system) : '';
  return [
    model,
    finishReason,
    label,
    error && `${error.status} ${error.type ?? ''} ${error.message}`,
    system,
    ...fresh,
    readable(output.parts),
    ...output.alternatives.map(readable),
  ]
    .filter(Boolean)
    .join('\n');
}

/** As `spoken`, with tool arguments as they were written: a search for text in them finds it. */
const readable = (parts: readonly Part[]): string =>
  parts
    .map(part =>
      part.type === 'tool_call' ? `${part.call.name} ${part.call.argumentsText}` : spoken([part]),
    )
    .join('\n');
