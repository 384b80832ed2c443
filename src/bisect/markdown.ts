import { brief } from './brief.ts';
import type { NamedCause, Report } from './report.ts';

/** Longest text of a run that is shown whole. */
const SHOWN = 1_200;

/** A report for a pull request. Recorded text is hostile: it stands in code only. */
export function markdownOf(report: Report): string {
  const { divergence, causes, ruledOut, good, bad } = report;
  const runs = `\`${good.slice(0, 8)}\` (good) and \`${bad.slice(0, 8)}\` (bad)`;
  if (!divergence) return `### Rewind: no divergence\n\n${runs} do the same.\n`;
  const behaviour = divergence.behaviour === null ? 'none' : `step ${divergence.behaviour}`;
  return [
    `### Rewind: first divergence at step ${divergence.step} (behaviour: ${behaviour})`,
    '',
    `Runs ${runs}. The ${divergence.moved} moved first.`,
    '',
    '| cause | status | step | field | call site |',
    '|---|---|---|---|---|',
    ...causes.map(rowOf),
    '',
    ...causes.slice(0, 3).flatMap(detailOf),
    ...(ruledOut.length > 0
      ? [
          '<details><summary>Ruled out</summary>',
          '',
          ...ruledOut.map(({ id, why }) => `- \`${id}\`: ${why}`),
          '',
          '</details>',
          '',
        ]
      : []),
  ].join('\n');
}

function rowOf({ id, status, step, field, callSite }: NamedCause): string {
  const site = callSite ? inline(`${callSite.file}:${callSite.line}`) : '';
  return `| \`${id}\` | ${status} | ${step} | ${inline(field)} | ${site} |`;
}

function detailOf({ id, detail, evidence }: NamedCause): readonly string[] {
  const { good, bad, facts } = evidence;
  const lines = [...prefixed('-', good), ...prefixed('+', bad)];
  return [
    `**${id}**: ${inline(detail)}`,
    '',
    ...(lines.length > 0 ? [...fenced(lines.join('\n'), 'diff'), ''] : []),
    ...facts.map(fact => `- ${inline(fact)}`),
    ...(facts.length > 0 ? [''] : []),
  ];
}

function prefixed(mark: '-' | '+', text: string | null): readonly string[] {
  if (text === null) return [];
  const cut = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return cut.split(/\r?\n/).map(line => `${mark} ${line}`);
}

/** A fence longer than any run of backticks inside. */
function fenced(text: string, language: string): readonly string[] {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, text, fence];
}

/** One line of code: nothing in it can be a link, a mention or a table cell's end. */
function inline(text: string): string {
  const line = brief(text, 300).replaceAll('|', '\\|');
  if (line === '') return '';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${line} ${fence}` : `\`${line}\``;
}
