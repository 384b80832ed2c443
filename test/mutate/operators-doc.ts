/** docs/operators.md, made of the operators and of what each makes of a sample: `node test/mutate/operators-doc.ts --write`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FAMILIES, type Family, type Fault, type Operator } from '../../src/mutate/operator.ts';
import { OPERATORS } from '../../src/mutate/operators.ts';
import { type Answer, answerBody } from '../../src/wire/exchange.ts';
import { SAMPLES, type Sample } from './samples.ts';

export const OPERATORS_DOC = fileURLToPath(new URL('../../docs/operators.md', import.meta.url));

const TITLES: Readonly<Record<Family, string>> = {
  provider: 'Provider: no answer, or not the one that was asked for',
  stream: 'Stream: an answer that breaks on its way',
  output: 'Output: what the model says',
  'tool-output': 'Tool output: what a tool says',
};
const TIMES: Readonly<Record<Fault['times'], string>> = {
  once: 'once: asked again, the recorded answer comes',
  always: 'for this request, however often',
  'from-here': 'for this provider, from there on',
};

export function operatorsDoc(): string {
  const sections = FAMILIES.flatMap(family => [
    `## ${TITLES[family]}`,
    '',
    ...OPERATORS.filter(operator => operator.family === family).flatMap(entry),
  ]);
  return [
    '# Operators',
    '',
    '<!-- Made by test/mutate/operators-doc.ts of src/mutate/operators/; a test compares. -->',
    '',
    'What [`rewind mutate`](mutate.md) breaks, where it was seen, and what then stands on the wire. Examples are made by the operators themselves, of',
    "the first of a few short recordings that they can break; each speaks every vendor's own words. `…` stands for bytes as they were recorded.",
    '',
    ...sections,
  ].join('\n');
}

function entry(operator: Operator): readonly string[] {
  const { id, summary, evidence, priority } = operator;
  const found = exampleOf(operator);
  if (!found) throw new Error(`${id} breaks none of the samples`);
  const { sample, fault } = found;
  return [
    `### \`${id}\``,
    '',
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    '',
    `- Seen: ${evidence ?? ''}`,
    `- Given ${TIMES[fault.times]}. Priority: ${['', 'low', 'medium', 'high'][priority]}.`,
    `- Example (${sample.what}): ${fault.detail.replaceAll('|', '\\|')}`,
    '',
    '```http',
    ...wire(fault, sample),
    '```',
    '',
  ];
}

function exampleOf({ plan }: Operator): { readonly sample: Sample; readonly fault: Fault } | null {
  for (const sample of SAMPLES) {
    const [fault] = plan(sample.target);
    if (fault) return { sample, fault };
  }
  return null;
}

const WIDEST = 320;
const SHOWN = 8;

function wire({ answer, paced }: Fault, { exchange }: Sample): readonly string[] {
  if (answer === 'hang') return ['(nothing, and the connection stays open)'];
  const { head, end } = answer;
  const ends =
    end.kind === 'reset'
      ? ['(TCP reset)']
      : end.kind === 'client-gone'
        ? ['(nothing more, and the connection stays open)']
        : [];
  if (!head) return ends;
  return [
    ...(paced ? [`(${(answer.headAt ?? 0) / 1000} s later)`] : []),
    `HTTP/1.1 ${head.status} ${head.reason}`,
    ...head.headers.map(([name, value]) => `${name}: ${value}`),
    '',
    ...changed(linesOf(exchange.answer), linesOf(answer)),
    ...ends,
  ];
}

const linesOf = (answer: Answer): readonly string[] =>
  Buffer.from(answerBody(answer))
    .toString('utf8')
    .trimEnd()
    .split(/\r?\n/)
    .filter(line => line !== '');

/** The lines that differ, and one before and behind them. */
function changed(before: readonly string[], now: readonly string[]): readonly string[] {
  let start = 0;
  while (start < now.length && now[start] === before[start]) start++;
  let end = 0;
  while (end < now.length - start && now.at(-1 - end) === before.at(-1 - end)) end++;
  const from = Math.max(0, start - 1);
  const to = Math.min(now.length, now.length - end + 1);
  const shown = now.slice(from, Math.min(to, from + SHOWN));
  return [...(from > 0 ? ['…'] : []), ...shown.map(cut), ...(from + shown.length < now.length ? ['…'] : [])];
}

const cut = (line: string): string => (line.length > WIDEST ? `${line.slice(0, WIDEST)} …` : line);

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--write')) {
  writeFileSync(OPERATORS_DOC, operatorsDoc());
}
