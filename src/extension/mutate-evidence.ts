import { plainText } from '../dap/hostile-text.ts';
import type { Timeline, ToolStep } from '../timeline/timeline.ts';

/** Characters of one run that are compared. */
const LIMIT = 20_000;

/**
 * What a run did, as a text that two runs can be compared by: the tools it asked for, its output, its end. No times, ids or
 * paths of its copied folder.
 */
export function runText({ session, steps }: Timeline): string {
  const tools = steps.filter((step): step is ToolStep => step.kind === 'tool');
  const { exit } = session;
  const end = exit ? (exit.signal ? `signal ${exit.signal}` : `exit ${exit.code}`) : 'no end';
  const text = [
    ...(tools.length > 0 ? ['tools', ...tools.map(toolLine), ''] : []),
    ...section('output', outputOf(session.output, 'stdout')),
    ...section('errors', outputOf(session.output, 'stderr')),
    end,
  ].join('\n');
  const { cwd } = session.start;
  return plainText(cwd.length > 1 ? text.replaceAll(cwd, '.') : text).slice(0, LIMIT);
}

const toolLine = ({ name, call, run }: ToolStep): string =>
  `  ${name} ${call.argumentsText}${run?.error ? ` → ${run.error}` : ''}`;

const section = (title: string, text: string): readonly string[] =>
  text === '' ? [] : [title, ...text.split('\n').map(line => `  ${line}`), ''];

function outputOf(output: Timeline['session']['output'], wanted: 'stdout' | 'stderr'): string {
  const pieces = output.filter(({ stream }) => stream === wanted).map(({ bytes }) => bytes);
  return Buffer.concat(pieces).toString('utf8').trimEnd();
}
