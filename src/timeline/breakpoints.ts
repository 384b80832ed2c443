import { RewindError } from '../errors.ts';
import { modelNames } from '../providers/prices.ts';
import { canonicalJson } from '../tape/canonical-json.ts';
import { type Evaluator, shown } from './evaluate.ts';
import { type Expression, parseExpression } from './expression.ts';
import type { Step, Timeline, ToolStep } from './timeline.ts';
import { type TroubleKind, troubleOf } from './troubles.ts';

/** What a breakpoint waits for. */
export type Trigger =
  | { readonly kind: 'steps'; readonly steps: ReadonlySet<number> }
  /** Steps where a run goes another way than the one it is compared with. */
  | { readonly kind: 'divergence'; readonly steps: ReadonlySet<number> }
  /** A tool's name or a model's, `*` standing for anything. */
  | { readonly kind: 'name'; readonly of: 'tool' | 'model' | 'any'; readonly pattern: RegExp }
  | { readonly kind: 'trouble'; readonly trouble: TroubleKind }
  /** A value that is not what it was at the lane's call before. */
  | { readonly kind: 'change'; readonly expression: Expression }
  /** A tool that gave something else than the last time it was called with the same arguments. */
  | { readonly kind: 'result'; readonly tool: string };

export interface Breakpoint {
  readonly id: number;
  readonly trigger: Trigger;
  readonly condition?: Expression;
  readonly hits?: HitCondition;
  /** Text to print instead of stopping, with expressions in it. */
  readonly log?: readonly (string | Expression)[];
}

/** Which of a breakpoint's hits count, by their number from the start of the recording, from 1. */
export type HitCondition = (count: number) => boolean;

/** `5`, `== 5`, `> 3`, `>= 3`, `< 3`, `<= 3`, `% 2`. Throws RewindError `bad-hit-condition`. */
export function parseHitCondition(text: string): HitCondition {
  const [, op = '', digits] = /^\s*(==?|>=?|<=?|%)?\s*(\d{1,9})\s*$/.exec(text) ?? [];
  const n = Number(digits);
  if (digits === undefined || (op === '%' && n === 0)) {
    throw new RewindError(
      'bad-hit-condition',
      `${JSON.stringify(text)} is no hit count`,
      'Write 5 for the fifth hit, >3 for all after the third, %2 for every second.',
    );
  }
  switch (op) {
    case '>':
      return count => count > n;
    case '>=':
      return count => count >= n;
    case '<':
      return count => count < n;
    case '<=':
      return count => count <= n;
    case '%':
      return count => count % n === 0;
    default:
      return count => count === n;
  }
}

/** `tool:search*`, `model:gpt-4o*`, or either without the word before the colon. */
export function parseNamePattern(text: string): Trigger {
  const [, of = 'any', name = ''] = /^(?:(tool|model):)?\s*(.*)$/s.exec(text.trim()) ?? [];
  if (name === '') {
    throw new RewindError(
      'bad-name-pattern',
      'No name is given',
      'Write the name of a tool or a model, such as search_orders or model:gpt-4o*.',
    );
  }
  const source = name.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return {
    kind: 'name',
    of: of as 'tool' | 'model' | 'any',
    pattern: new RegExp(`^${source.join('.*')}$`, 's'),
  };
}

/** `asked {request.messages.length} messages`; `{{` and `}}` are braces. */
export function parseLogMessage(text: string): readonly (string | Expression)[] {
  const parts: (string | Expression)[] = [];
  for (const [, brace, code, plain] of text.matchAll(/(\{\{|\}\})|\{([^{}]*)\}|([^{}]+|[{}])/g)) {
    if (code !== undefined) parts.push(parseExpression(code));
    else parts.push(brace ? brace[0]! : plain!);
  }
  return parts;
}

export function logText(log: readonly (string | Expression)[], evaluator: Evaluator, step: Step): string {
  return log.map(part => (typeof part === 'string' ? part : shown(evaluator.value(part, step)))).join('');
}

/** Whether a step is one that a breakpoint waits for; its conditions are not asked here. */
export function isTriggered({ trigger }: Breakpoint, step: Step, evaluator: Evaluator): boolean {
  switch (trigger.kind) {
    case 'steps':
    case 'divergence':
      return trigger.steps.has(step.index);
    case 'name':
      return isNamed(trigger, step);
    case 'trouble':
      return troubleOf(step, trigger.trouble) !== null;
    case 'change':
      return step.kind === 'call' && evaluator.changed(trigger.expression, step);
    case 'result':
      return step.kind === 'tool' && step.name === trigger.tool && resultChanged(step, evaluator);
  }
}

type NameTrigger = Extract<Trigger, { kind: 'name' }>;

/** Whether a step's tool or model bears a name. `gpt-4o` means the snapshot `gpt-4o-2024-08-06` that answered, too. */
export function isNamed({ of, pattern }: NameTrigger, step: Step): boolean {
  if (step.kind === 'tool') return of !== 'model' && pattern.test(step.name);
  if (of === 'tool' || step.model === null) return false;
  return pattern.test(step.model) || modelNames(step.model).some(name => pattern.test(name));
}

function resultChanged(step: ToolStep, { timeline }: Evaluator): boolean {
  const before = previousRuns(timeline).get(step);
  return before !== undefined && resultKey(before) !== resultKey(step);
}

const runsBefore = new WeakMap<Timeline, ReadonlyMap<ToolStep, ToolStep>>();

/** Of each tool step, the last one before it of the same tool with the same arguments, in any lane. */
function previousRuns(timeline: Timeline): ReadonlyMap<ToolStep, ToolStep> {
  let before = runsBefore.get(timeline);
  if (!before) {
    const latest = new Map<string, ToolStep>();
    const found = new Map<ToolStep, ToolStep>();
    for (const step of timeline.steps) {
      if (step.kind !== 'tool') continue;
      const key = argumentsKey(step);
      const last = latest.get(key);
      if (last) found.set(step, last);
      latest.set(key, step);
    }
    before = found;
    runsBefore.set(timeline, before);
  }
  return before;
}

const argumentsKey = ({ name, call }: ToolStep): string =>
  canonicalJson([name, call.arguments ?? call.argumentsText]);

const resultKey = ({ result, run }: ToolStep): string =>
  result
    ? canonicalJson([result.isError, result.content])
    : canonicalJson([run?.error ?? null, run?.result ?? null]);
