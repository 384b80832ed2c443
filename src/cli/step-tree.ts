import { basename } from 'node:path';
import type { ToolRun } from '../sessions/session.ts';
import type { CallStep, Lane, Step, Timeline, ToolStep } from '../timeline/timeline.ts';
import { parseCallSite } from '../wire/call-site.ts';
import { count, duration, money } from './amounts.ts';
import { factLines } from './fact-lines.ts';
import { messageText, partsText, toolCallText } from './part-text.ts';
import { safeLine } from './safe-text.ts';
import type { Terminal } from './terminal.ts';
import { fitText } from './text-width.ts';

/** Previews longer than this help nobody, even in a pipe. */
const PREVIEW = 240;

/** Prints a timeline as a tree: a lane's steps in order, each sub-agent's lane under the step that started it. */
export function printStepTree(to: Terminal, timeline: Timeline): void {
  const digits = String(Math.max(0, timeline.steps.length - 1)).length;
  const printLane = (lane: Lane, depth: number): void => {
    const indent = '  '.repeat(depth);
    if (timeline.lanes.length > 1) {
      const title = safeLine(lane.title) || 'untitled';
      to.line(`${indent}${to.colours.magenta(`lane ${lane.id}`)} ${fitText(title, room(to, depth) - 8)}`);
    }
    for (const index of lane.steps) {
      const step = timeline.steps[index];
      if (!step) continue;
      const number = to.colours.dim(String(index).padStart(digits));
      const lines = step.kind === 'call' ? callLines(to, step, depth) : toolLines(to, step, depth);
      lines.forEach((line, i) => {
        to.line(`${indent}${i === 0 ? number : ' '.repeat(digits)} ${line}`);
      });
      for (const child of timeline.lanes)
        if (child.parent === index && child.id !== lane.id) printLane(child, depth + 1);
    }
  };
  for (const lane of timeline.lanes) if (lane.parent === null) printLane(lane, 0);
}

function callLines(to: Terminal, step: CallStep, depth: number): readonly string[] {
  const c = to.colours;
  const preview = (text: string) => fitText(safeLine(text), Math.min(PREVIEW, room(to, depth) - 10));
  const sign = step.error ? c.red('✗') : c.cyan('●');
  const facts = factLines(to, callFacts(to, step), 2 * depth + 6);
  const lines = facts.map((line, i) => (i === 0 ? `${sign} ${line}` : `  ${line}`));
  if (step.error) lines.push(`  ${c.red(preview(errorText(step.error)))}`);
  const { messages } = step.call;
  for (const message of messages.slice(messages.length - step.context.added)) {
    if (message.role !== 'user') continue;
    const text = messageText(message);
    if (!message.parts.every(part => part.type === 'tool_result'))
      lines.push(`  ${c.dim('user')} ${preview(text)}`);
  }
  const said = partsText(step.output.parts.filter(part => part.type !== 'tool_call'));
  if (said.trim()) lines.push(`  ${c.dim('says')} ${preview(said)}`);
  return lines;
}

function callFacts(to: Terminal, step: CallStep): string[] {
  const c = to.colours;
  const { usage, context, attempts } = step;
  const facts = [c.bold(safeLine(step.model ?? 'unknown model'))];
  if (step.finishReason) facts.push(safeLine(step.finishReason));
  if (usage) {
    const growth = context.growth === null ? '' : c.dim(` (${signed(context.growth)})`);
    const cached = usage.cachedInput > 0 ? c.dim(` (${count(usage.cachedInput)} cached)`) : '';
    facts.push(`${count(usage.input)}${growth}${cached} → ${count(usage.output)} tokens`);
  }
  if (context.history === 'rewritten') facts.push(c.yellow('history rewritten'));
  facts.push(money(step.costUsd));
  facts.push(step.latencyMs === null ? c.red('unfinished') : duration(step.latencyMs));
  if (step.ttftMs !== null) facts.push(`first byte ${duration(step.ttftMs)}`);
  if (attempts.length > 1) {
    facts.push(
      c.yellow(`${attempts.length} attempts (${attempts.map(each => each.status ?? 'broken').join(', ')})`),
    );
  }
  if (step.label) facts.push(step.label === 'MISS' ? c.red(step.label) : c.dim(step.label));
  const frame = step.site === undefined ? undefined : parseCallSite(step.site)?.frames[0];
  if (frame) facts.push(c.dim(`${safeLine(basename(frame.file))}:${frame.line}`));
  return facts;
}

function toolLines(to: Terminal, step: ToolStep, depth: number): readonly string[] {
  const c = to.colours;
  const half = Math.min(PREVIEW, Math.max(20, Math.floor((room(to, depth) - 16) / 2)));
  const call = fitText(toolCallText(step.call), half);
  const time =
    (step.durationMs === null || step.timing === 'gap' ? '' : c.dim(` ${duration(step.durationMs)}`)) +
    runFacts(to, step.run);
  if (!step.result) return [`  ${c.green('└')} ${call} ${c.dim('no result seen')}${time}`];
  const result = fitText(safeLine(partsText(step.result.content)), half);
  return [`  ${c.green('└')} ${call} ${c.dim('→')} ${step.result.isError ? c.red(result) : result}${time}`];
}

/** How a tool was answered, where it did not simply run, and where it was called. */
function runFacts(to: Terminal, run: ToolRun | undefined): string {
  const c = to.colours;
  const frame = run?.site === undefined ? undefined : parseCallSite(run.site)?.frames[0];
  const facts = [
    ...(run?.label ? [run.label === 'MISS' ? c.red(run.label) : c.dim(run.label)] : []),
    ...(frame ? [c.dim(`${safeLine(basename(frame.file))}:${frame.line}`)] : []),
  ];
  return facts.map(fact => c.dim(' · ') + fact).join('');
}

/** Tools that the code called by itself. */
export function printOtherRuns(to: Terminal, runs: readonly ToolRun[]): void {
  if (runs.length === 0) return;
  const c = to.colours;
  const half = Math.min(PREVIEW, Math.max(20, Math.floor((to.width - 16) / 2)));
  to.line();
  to.line(c.dim('tools that no model asked for'));
  for (const run of runs) {
    const call = fitText(safeLine(`${run.name}(${JSON.stringify(run.arguments)})`), half);
    const end =
      run.error === undefined
        ? fitText(safeLine(JSON.stringify(run.result ?? null)), half)
        : c.red(fitText(safeLine(`${run.errorType ?? 'Error'}: ${run.error}`), half));
    to.line(
      `  ${c.green('└')} ${call} ${c.dim('→')} ${end} ${c.dim(duration(run.durationMs))}${runFacts(to, run)}`,
    );
  }
}

export function errorText({ status, type, message }: NonNullable<CallStep['error']>): string {
  return safeLine(`${status === 0 ? 'no answer' : status} ${type ?? ''} ${message}`);
}

const room = (to: Terminal, depth: number): number => Math.max(40, to.width - 2 * depth);

export const signed = (value: number): string => `${value < 0 ? '−' : '+'}${count(Math.abs(value))}`;

export const isCall = (step: Step): step is CallStep => step.kind === 'call';
