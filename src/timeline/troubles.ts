import type { ToolCall } from '../providers/call.ts';
import { problemOf } from './argument-check.ts';
import { textOf } from './step-view.ts';
import type { CallStep, Step, ToolStep } from './timeline.ts';

/** What can go wrong in a step: the kinds that a debugger can stop at. */
export const TROUBLES = [
  'http-error',
  'rate-limit',
  'cassette-miss',
  'truncated',
  'refusal',
  'tool-error',
  'invalid-arguments',
] as const;
export type TroubleKind = (typeof TROUBLES)[number];

export interface Trouble {
  readonly kind: TroubleKind;
  /** `HTTP 429 rate_limit_exceeded`, `max_tokens`, … */
  readonly name: string;
  readonly message: string;
}

/** Vendors' words for an answer that hit a length limit. */
const TRUNCATED =
  /^(length|max_tokens|max_output_tokens|max_completion_tokens|model_length|error_limit|model_context_window_exceeded|incomplete)$/i;
/** And for one that was withheld or stopped for its content. */
const REFUSED =
  /^(refusal|content_filter(ed)?|safety|recitation|blocklist|prohibited_content|spii|image_safety|error_toxic|guardrail_intervened|user_abuse)$/i;

/** The first trouble of this kind that a step has; null where it has none. */
export function troubleOf(step: Step, kind: TroubleKind): Trouble | null {
  const found = step.kind === 'call' ? callTrouble(step, kind) : toolTrouble(step, kind);
  return found && { kind, ...found };
}

export function troublesOf(step: Step): readonly Trouble[] {
  return TROUBLES.flatMap(kind => troubleOf(step, kind) ?? []);
}

type Found = Omit<Trouble, 'kind'> | null;

function callTrouble(step: CallStep, kind: TroubleKind): Found {
  switch (kind) {
    case 'http-error':
      if (step.label === 'MISS') return null;
      return attemptError(step, status => status !== 429);
    case 'rate-limit':
      return attemptError(step, status => status === 429);
    case 'cassette-miss':
      if (step.label !== 'MISS') return null;
      return { name: 'cassette miss', message: step.error?.message ?? 'The tape had no answer.' };
    case 'truncated':
      if (!TRUNCATED.test(step.finishReason ?? '')) return null;
      return { name: step.finishReason!, message: 'The answer was cut off at a length limit.' };
    case 'refusal':
      return refusalOf(step);
    case 'tool-error':
      return null;
    case 'invalid-arguments':
      return invalidCall(step);
  }
}

/** A retry that went well does not hide the failure before it. */
function attemptError({ attempts }: CallStep, wanted: (status: number) => boolean): Found {
  for (const { error, status, latencyMs } of attempts) {
    if (error && wanted(status ?? 0)) {
      const name = status === null ? 'no answer' : `HTTP ${status}`;
      return { name: error.type === null ? name : `${name} ${error.type}`, message: error.message };
    }
    if (!error && latencyMs === null && wanted(0)) {
      return { name: 'unfinished', message: 'The recording ends within this answer.' };
    }
  }
  return null;
}

function refusalOf({ output, finishReason }: CallStep): Found {
  const text = output.parts.flatMap(part => (part.type === 'refusal' ? [part.text] : [])).join('\n');
  if (text) return { name: 'refusal', message: text };
  if (!REFUSED.test(finishReason ?? '')) return null;
  return { name: finishReason!, message: textOf(output.parts) || 'The answer was withheld for its content.' };
}

function invalidCall(step: CallStep): Found {
  const calls = step.output.parts.flatMap(part => (part.type === 'tool_call' ? [part.call] : []));
  if (calls.length === 0) return null;
  for (const call of calls) {
    const problem = callProblem(call, step);
    if (problem !== null) return { name: `invalid arguments for ${call.name}`, message: problem };
  }
  return null;
}

function callProblem(call: ToolCall, step: CallStep): string | null {
  if (call.arguments === undefined) return `The arguments are not JSON: ${call.argumentsText}`;
  const tool = step.call.tools.find(({ name }) => name === call.name);
  if (!tool) {
    // Tools that the vendor runs are declared without a name.
    return step.call.tools.length === 0 ? null : `The request has no tool called ${call.name}.`;
  }
  return problemOf(call.arguments, tool.parameters);
}

function toolTrouble(step: ToolStep, kind: TroubleKind): Found {
  if (kind !== 'tool-error') return null;
  if (step.run?.error !== undefined) return { name: `${step.name} failed`, message: step.run.error };
  if (!step.result?.isError) return null;
  return { name: `${step.name} failed`, message: textOf(step.result.content) };
}
