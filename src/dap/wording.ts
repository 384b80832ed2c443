import { spoken } from '../timeline/step-diff.ts';
import type { StepEdit } from '../timeline/step-edit.ts';
import type { CallStep, Lane, Step, ToolStep } from '../timeline/timeline.ts';
import { plainLine, shortLine } from './hostile-text.ts';

/** Steps and lanes in a few words, for stacks, the console and lists. Safe: recorded text is made plain. */

/** Not by Intl, which takes 16 ms to begin: as long as the rest of the extension. */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
export const counted = (value: number, one: string): string =>
  `${count(value)} ${one}${value === 1 ? '' : 's'}`;

export function laneName({ id, title }: Lane): string {
  return `${id} ${shortLine(title, 60) || 'untitled'}`;
}

export const modelName = ({ model }: CallStep): string =>
  model === null ? 'unknown model' : plainLine(model);

/** `#4 gpt-4o → search, weather`, `#5 search({"q":"…"})` */
export function stepName(step: Step): string {
  if (step.kind === 'tool') return `#${step.index} ${toolText(step)}`;
  return `#${step.index} ${modelName(step)}${outcome(step)}`;
}

function outcome(step: CallStep): string {
  if (step.error) return ` ✗ ${step.error.status || 'no answer'}`;
  const tools = step.output.parts.flatMap(part =>
    part.type === 'tool_call' ? [plainLine(part.call.name)] : [],
  );
  if (tools.length > 0) return ` → ${tools.join(', ')}`;
  return step.finishReason === null ? '' : ` → ${plainLine(step.finishReason)}`;
}

export const toolText = (step: ToolStep): string =>
  `${plainLine(step.name)}(${shortLine(step.call.argumentsText, 80)})`;

/** `step 4 · gpt-4o · 1,204 → 85 tokens · $0.0012 · 1.2 s · asks for search({…})`. `settled`: no result is still to come. */
export function stepLine(step: Step, settled = true): string {
  const facts = step.kind === 'call' ? callFacts(step) : toolFacts(step, settled);
  return `step ${step.index} · ${facts.filter(Boolean).join(' · ')}`;
}

function callFacts(step: CallStep): readonly string[] {
  const { usage, costUsd, latencyMs, error, output, attempts, label } = step;
  const said = spoken(output.parts);
  return [
    modelName(step),
    usage ? `${count(usage.input)} → ${count(usage.output)} tokens` : '',
    costUsd === null ? '' : money(costUsd),
    latencyMs === null ? 'unfinished' : duration(latencyMs),
    attempts.length > 1 ? `${attempts.length} attempts` : '',
    label === undefined || label === 'EXACT' ? '' : label,
    error ? `✗ ${error.status || 'no answer'} ${shortLine(error.message, 120)}` : shortLine(said, 120),
  ];
}

function toolFacts(step: ToolStep, settled: boolean): readonly string[] {
  const { result, durationMs, run } = step;
  const failed = run?.error !== undefined || result?.isError === true;
  const came = result ? spoken(result.content) : (run?.error ?? (settled ? 'no result' : null));
  return [
    toolText(step),
    durationMs === null ? '' : duration(durationMs),
    came === null ? '' : `${failed ? '✗ ' : '= '}${shortLine(came, 120)}`,
  ];
}

/** What an edit leads to. */
export function editLine({ place, step, change }: StepEdit, goesLive: boolean): string {
  const edited = `edited ${plainLine(place)} of step ${step}: it runs when you go on, or with \`fork\``;
  if (change.kind === 'answer') return edited;
  return goesLive
    ? `${edited}; the changed request is sent to the provider`
    : `${edited}. The recording has no answer to a changed request: without "allowLive": true in the launch configuration it will be a cassette miss`;
}

export function money(dollars: number): string {
  if (dollars === 0) return '$0';
  if (dollars < 0.000_001) return '<$0.000001';
  return dollars >= 1
    ? `$${dollars.toFixed(2)}`
    : `$${dollars.toFixed(Math.min(8, Math.max(2, 1 - Math.floor(Math.log10(dollars)))))}`;
}

export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 59_950 ? 1 : 0)} s`;
}
