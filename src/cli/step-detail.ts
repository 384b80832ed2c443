import type { Message } from '../providers/call.ts';
import type { CallStep, Timeline, ToolStep } from '../timeline/timeline.ts';
import { parseCallSite } from '../wire/call-site.ts';
import { count, counted, duration, money } from './amounts.ts';
import { messageText, partsText } from './part-text.ts';
import { safeLine, safeText } from './safe-text.ts';
import { errorText, signed } from './step-tree.ts';
import type { Terminal } from './terminal.ts';

/** Everything about one step. `all`: the whole history, not only what is new in this call. */
export function printStep(to: Terminal, timeline: Timeline, index: number, all: boolean): void {
  const step = timeline.steps[index]!;
  if (step.kind === 'call') printCall(to, timeline, step, all);
  else printTool(to, step);
}

function printCall(to: Terminal, { session }: Timeline, step: CallStep, all: boolean): void {
  const { call, context } = step;
  const { request, answer } = session.exchange(step.seq);
  const fact = factPrinter(to);
  to.line(to.colours.bold(`step ${step.index}: call ${step.seq}, lane ${step.lane}`));
  fact('request', `${request.method} ${request.scheme}://${request.host}${request.path}`);
  fact('answer', answer.head ? `${answer.head.status} ${answer.head.reason}` : 'none');
  fact('model', [call.requestModel, call.responseModel].filter(Boolean).join(' → '));
  fact(
    'parameters',
    Object.entries(call.parameters)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(' '),
  );
  fact('tools', call.tools.map(({ name }) => name).join(', '));
  fact('finish', step.finishReason ?? '');
  if (step.usage) {
    const { input, output, cachedInput, cacheWrite, reasoning } = step.usage;
    const extras = [
      ...(cachedInput > 0 ? [`${count(cachedInput)} cached`] : []),
      ...(cacheWrite > 0 ? [`${count(cacheWrite)} written to cache`] : []),
      ...(reasoning > 0 ? [`${count(reasoning)} reasoning`] : []),
    ];
    fact(
      'tokens',
      `${count(input)} in, ${count(output)} out${extras.length > 0 ? ` (${extras.join(', ')})` : ''}`,
    );
  }
  fact('cost', money(step.costUsd));
  fact('time', timeText(step));
  const growth = context.growth === null ? '' : `, ${signed(context.growth)} tokens`;
  fact('context', `${counted(context.messages, 'message')}, ${count(context.added)} new${growth}`);
  printSite(to, step.site, fact);
  if (step.attempts.length > 1) {
    for (const { seq, at, status, error } of step.attempts) {
      fact(
        'attempt',
        `call ${seq} at ${duration(at)}: ${error ? errorText(error) : (status ?? 'no answer')}`,
      );
    }
  }
  if (step.label) fact('answered by', step.label);
  if (step.error) fact('error', errorText(step.error));
  for (const problem of call.problems) fact('problem', problem);
  if (all || context.history !== 'extended') section(to, 'system', partsText(call.system));
  const first = all ? 0 : call.messages.length - context.added;
  if (first > 0) to.line(to.colours.dim(`\n${counted(first, 'earlier message')} (--all shows them)`));
  call.messages.slice(first).forEach((message, i) => {
    section(to, `${titleOf(message)} [${first + i}]`, messageText(message));
  });
  section(to, 'output', partsText(step.output.parts));
  step.output.alternatives.forEach((parts, i) => {
    section(to, `alternative ${i + 1}`, partsText(parts));
  });
}

function printTool(to: Terminal, step: ToolStep): void {
  const fact = factPrinter(to);
  to.line(to.colours.bold(`step ${step.index}: tool ${safeLine(step.name)}, lane ${step.lane}`));
  fact('asked by', `step ${step.from}`);
  fact('result in', step.to === null ? 'no later request' : `step ${step.to}`);
  if (step.durationMs !== null) {
    fact('time', `${duration(step.durationMs)}${step.timing === 'gap' ? ' (between the two calls)' : ''}`);
  }
  if (step.run?.label) fact('answered', step.run.label);
  if (step.run?.error !== undefined) fact('raised', `${step.run.errorType ?? 'Error'}: ${step.run.error}`);
  else if (step.result?.isError) fact('error', 'the tool failed');
  printSite(to, step.run?.site, fact);
  section(to, 'arguments', safeText(pretty(step.call.argumentsText)));
  section(to, 'result', step.result ? partsText(step.result.content) : '');
}

function printSite(to: Terminal, site: string | undefined, fact: (name: string, text: string) => void): void {
  const frames = (site === undefined ? undefined : parseCallSite(site))?.frames ?? [];
  frames.slice(0, to.isTTY ? 4 : 16).forEach(({ file, line, function: name }, i) => {
    fact(i === 0 ? 'called at' : '', `${file}:${line}${name ? ` ${name}` : ''}`);
  });
}

function timeText({ at, latencyMs, ttftMs }: CallStep): string {
  const first = ttftMs === null ? '' : `, first byte after ${duration(ttftMs)}`;
  return `at ${duration(at)}${first}, ${latencyMs === null ? 'unfinished' : `took ${duration(latencyMs)}`}`;
}

function factPrinter(to: Terminal): (name: string, text: string) => void {
  return (name, text) => {
    if (text) to.line(`${to.colours.dim(name.padEnd(11))} ${safeLine(text)}`);
  };
}

function section(to: Terminal, title: string, text: string): void {
  if (!text.trim()) return;
  to.line();
  to.line(to.colours.cyan(title));
  for (const line of text.split('\n')) to.line(`  ${line}`);
}

const titleOf = ({ role, name }: Message): string => (name ? `${role} ${safeLine(name)}` : role);

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // not JSON: as the model wrote it
  }
}
