import type { Part } from '../providers/call.ts';
import { textOf } from '../timeline/step-view.ts';
import type { CallStep, Step, Timeline, ToolStep } from '../timeline/timeline.ts';
import { plainLine, plainText } from './hostile-text.ts';
import { count, counted, duration, laneName, modelName, money } from './wording.ts';

/** A session for reading from top to bottom: what each step brought and what came back. All text is plain. */
export interface SessionOutline {
  readonly title: string;
  readonly facts: readonly string[];
  readonly warnings: readonly string[];
  readonly steps: readonly StepOutline[];
}

export interface StepOutline {
  readonly index: number;
  readonly kind: Step['kind'];
  readonly title: string;
  readonly facts: readonly string[];
  readonly failed: boolean;
  /** Empty in a session of one lane. */
  readonly lane: string;
  readonly blocks: readonly Block[];
}

export interface Block {
  /** Who speaks, or what it is: `user`, `answer`, `asks for search`, `arguments`, `result`, … */
  readonly label: string;
  readonly text: string;
}

/**
 * `timed` adds what differs between any two runs (latency, time to first byte); without it two outlines differ only
 * where the runs did.
 */
export function sessionOutline(timeline: Timeline, { timed }: { readonly timed: boolean }): SessionOutline {
  const { session, steps, lanes } = timeline;
  const calls = steps.filter(step => step.kind === 'call');
  const cost = calls.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
  const tokens = calls.reduce((sum, { usage }) => sum + (usage ? usage.input + usage.output : 0), 0);
  return {
    title: plainLine(session.start.name ?? (session.start.command.join(' ') || 'A recorded session')),
    facts: [
      counted(calls.length, 'call'),
      counted(steps.length - calls.length, 'tool step'),
      ...(tokens > 0 ? [`${count(tokens)} tokens`] : []),
      ...(calls.some(({ costUsd }) => costUsd !== null) ? [money(cost)] : []),
      ...(session.exit ? [`exit ${session.exit.signal ?? session.exit.code}`] : []),
    ],
    warnings: session.warnings.map(plainLine),
    steps: steps.map(step => {
      const lane = lanes.length > 1 ? laneName(lanes[step.lane]!) : '';
      return step.kind === 'call' ? callOutline(step, lane, timed) : toolOutline(step, lane, timed);
    }),
  };
}

function callOutline(step: CallStep, lane: string, timed: boolean): StepOutline {
  const { call, usage, costUsd, finishReason, latencyMs, ttftMs, context, error, attempts, output } = step;
  // Answers are their own steps; a system prompt stands once.
  const fresh = call.messages
    .slice(call.messages.length - context.added)
    .filter(({ role }) => role === 'user' || role === 'tool');
  const system = context.history === 'extended' ? '' : textOf(call.system);
  return {
    index: step.index,
    kind: 'call',
    title: modelName(step),
    facts: [
      ...(finishReason === null ? [] : [plainLine(finishReason)]),
      ...(usage ? [`${count(usage.input)} → ${count(usage.output)} tokens`] : []),
      ...(costUsd === null ? [] : [money(costUsd)]),
      ...(attempts.length > 1 ? [`${attempts.length} attempts`] : []),
      ...(timed && latencyMs !== null ? [duration(latencyMs)] : []),
      ...(timed && ttftMs !== null ? [`first byte ${duration(ttftMs)}`] : []),
      ...(latencyMs === null ? ['unfinished'] : []),
      ...(context.history === 'rewritten' ? ['history rewritten'] : []),
    ],
    failed: error !== null,
    lane,
    blocks: [
      ...(system ? [{ label: 'system', text: plainText(system) }] : []),
      // A tool's result stands at its tool step.
      ...fresh.flatMap(({ role, parts }) =>
        blocksOf(
          role,
          parts.filter(({ type }) => type !== 'tool_result'),
        ),
      ),
      ...(error
        ? [{ label: 'error', text: plainText(`${error.status || 'no answer'} ${error.message}`) }]
        : []),
      ...blocksOf('answer', output.parts),
    ],
  };
}

function toolOutline(step: ToolStep, lane: string, timed: boolean): StepOutline {
  const { call, result, run, durationMs, timing } = step;
  const failure = run?.error;
  return {
    index: step.index,
    kind: 'tool',
    title: plainLine(step.name),
    facts: timed && durationMs !== null && timing === 'reported' ? [duration(durationMs)] : [],
    failed: failure !== undefined || result?.isError === true,
    lane,
    blocks: [
      {
        label: 'arguments',
        text: plainText(call.arguments === undefined ? call.argumentsText : json(call.arguments)),
      },
      ...(failure === undefined ? [] : [{ label: 'error', text: plainText(failure) }]),
      ...(result ? blocksOf(result.isError ? 'error' : 'result', result.content) : []),
    ],
  };
}

function blocksOf(label: string, parts: readonly Part[]): readonly Block[] {
  return parts.flatMap(part => partBlocks(label, part));
}

function partBlocks(label: string, part: Part): readonly Block[] {
  switch (part.type) {
    case 'text':
      return part.text.trim() === '' ? [] : [{ label, text: plainText(part.text) }];
    case 'reasoning':
    case 'refusal':
      return [{ label: part.type, text: plainText(part.text) }];
    case 'tool_call': {
      const { name, arguments: parsed, argumentsText } = part.call;
      const text = parsed === undefined ? argumentsText : json(parsed);
      return [{ label: `asks for ${plainLine(name)}`, text: plainText(text) }];
    }
    case 'tool_result':
      return blocksOf(part.result.isError ? 'error' : 'result', part.result.content);
    case 'other':
      return [{ label: plainLine(part.kind), text: plainText(json(part.value)) }];
  }
}

const json = (value: unknown): string => JSON.stringify(value, null, 2) ?? 'null';
