import type { Message, Part, ToolDefinition } from '../providers/call.ts';
import type { CallStep, Step, Timeline, ToolStep } from '../timeline/timeline.ts';
import { markdownBlock, markdownText } from './hostile-text.ts';
import { count, duration, laneName, modelName, money } from './wording.ts';

/**
 * A step as a Markdown document: whole, for reading. Recorded text stands in fenced blocks, or escaped, so that nothing in
 * it is taken for Markdown.
 */
export function stepDocument(timeline: Timeline, step: Step): string {
  const blocks = step.kind === 'call' ? callBlocks(timeline, step) : toolBlocks(timeline, step);
  return `${blocks.filter(Boolean).join('\n\n')}\n`;
}

/** `0004-gpt-4o.md`, `0005-search.md` */
export function documentName(timeline: Timeline, step: Step): string {
  const digits = Math.max(4, String(timeline.steps.length - 1).length);
  const name = step.kind === 'call' ? modelName(step) : step.name;
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|-+$/g, '');
  return `${String(step.index).padStart(digits, '0')}-${safe.slice(0, 60) || 'step'}.md`;
}

function callBlocks(timeline: Timeline, step: CallStep): readonly string[] {
  const { call, usage, context, error, attempts } = step;
  return [
    `# Step ${step.index}: call to ${markdownText(modelName(step))}`,
    facts([
      ['lane', markdownText(laneName(timeline.lanes[step.lane]!))],
      ['asked for', markdownText(call.requestModel ?? '')],
      ['began', `${duration(step.at)} after the start`],
      ['took', step.latencyMs === null ? 'unfinished' : duration(step.latencyMs)],
      ['first byte', step.ttftMs === null ? '' : `after ${duration(step.ttftMs)}`],
      ['tokens', usage ? `${count(usage.input)} in, ${count(usage.output)} out` : ''],
      ['cost', step.costUsd === null ? '' : markdownText(money(step.costUsd))],
      ['finish reason', markdownText(step.finishReason ?? '')],
      ['messages', `${count(context.messages)}, ${count(context.added)} of them new`],
      ['attempts', attempts.length > 1 ? attempts.map(({ status }) => status ?? 'no answer').join(', ') : ''],
      ['answered by', step.label ?? ''],
      ['not understood', markdownText(call.problems.join('; '))],
    ]),
    error ? `## Error\n\n${markdownBlock(`${error.status} ${error.type ?? ''}\n${error.message}`)}` : '',
    section('Answer', step.output.parts),
    ...step.output.alternatives.map((parts, i) => section(`Alternative ${i + 2}`, parts)),
    section('System', call.system),
    ...call.messages.map((message, i) => messageBlock(message, i, call.messages.length - context.added)),
    toolsBlock(call.tools),
    Object.keys(call.parameters).length > 0 ? `## Parameters\n\n${json(call.parameters)}` : '',
  ];
}

function toolBlocks(timeline: Timeline, step: ToolStep): readonly string[] {
  const { result, run, call } = step;
  return [
    `# Step ${step.index}: tool ${markdownText(step.name)}`,
    facts([
      ['lane', markdownText(laneName(timeline.lanes[step.lane]!))],
      ['asked for by', `step ${step.from}`],
      ['result sent in', step.to === null ? 'no later request' : `step ${step.to}`],
      ['took', step.durationMs === null ? '' : timeText(step)],
      ['id', markdownText(call.id ?? '')],
    ]),
    `## Arguments\n\n${call.arguments === undefined ? markdownBlock(call.argumentsText) : json(call.arguments)}`,
    run?.error === undefined ? '' : `## Error\n\n${markdownBlock(run.error)}`,
    result ? section(result.isError ? 'Result: an error' : 'Result', result.content) : '',
  ];
}

const timeText = ({ durationMs, timing }: ToolStep): string =>
  `${duration(durationMs!)}${timing === 'gap' ? ' (between the two calls)' : ''}`;

function facts(rows: readonly (readonly [name: string, value: string])[]): string {
  const shown = rows.filter(([, value]) => value !== '');
  return shown.map(([name, value]) => `- **${name}**: ${value}`).join('\n');
}

function messageBlock(message: Message, index: number, known: number): string {
  const name = message.name === undefined ? '' : ` ${markdownText(message.name)}`;
  return section(`Message ${index}: ${message.role}${name}${index >= known ? ' (new)' : ''}`, message.parts);
}

function section(title: string, parts: readonly Part[]): string {
  return parts.length === 0 ? '' : [`## ${title}`, ...parts.map(partBlock)].join('\n\n');
}

function partBlock(part: Part): string {
  switch (part.type) {
    case 'text':
      return markdownBlock(part.text);
    case 'reasoning':
      return `*reasoning*\n\n${markdownBlock(part.text)}`;
    case 'refusal':
      return `*refusal*\n\n${markdownBlock(part.text)}`;
    case 'tool_call': {
      const { name, arguments: parsed, argumentsText } = part.call;
      const shown = parsed === undefined ? markdownBlock(argumentsText) : json(parsed);
      return `*asks for* **${markdownText(name)}**\n\n${shown}`;
    }
    case 'tool_result': {
      const { name, isError, content } = part.result;
      const title = `*${isError ? 'error' : 'result'}*${name === null ? '' : ` of **${markdownText(name)}**`}`;
      return [title, ...content.map(partBlock)].join('\n\n');
    }
    case 'other':
      return `*${markdownText(part.kind)}*\n\n${json(part.value)}`;
  }
}

function toolsBlock(tools: readonly ToolDefinition[]): string {
  if (tools.length === 0) return '';
  return [
    '## Tools',
    ...tools.map(({ name, raw }) => `### ${markdownText(name) || 'without a name'}\n\n${json(raw)}`),
  ].join('\n\n');
}

const json = (value: unknown): string => markdownBlock(JSON.stringify(value, null, 2) ?? 'null', 'json');
