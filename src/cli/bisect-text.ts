import type { ManyRuns } from '../bisect/many.ts';
import type { NamedCause, Report } from '../bisect/report.ts';
import { money } from './amounts.ts';
import { safeLine, safeText } from './safe-text.ts';
import { out } from './terminal.ts';
import { fitText } from './text-width.ts';
import { wordRunsText } from './word-runs.ts';

/** Lines of evidence shown for a cause, and characters of a text, unless all of it is wanted. */
const LINES = 12;
const TEXT = 400;

/** A report on the terminal: three lines that say it, then what speaks for it. */
export function printReport(report: Report, full: boolean): void {
  const c = out.colours;
  const { divergence, causes } = report;
  if (!divergence) {
    out.line('No divergence: both runs do the same.');
    printNotes(report);
    return;
  }
  const behaviour = divergence.behaviour === null ? 'none' : `step ${divergence.behaviour}`;
  out.line(`First divergence at step ${divergence.step} (behaviour: ${behaviour})`);
  const [first, ...others] = causes;
  const told = new Set<string>();
  if (first) printCause(first, 'Cause', full, told);
  for (const other of full ? others : others.slice(0, 4)) printCause(other, 'Also', full, told);
  if (!full && others.length > 4) out.line(c.dim(`and ${others.length - 4} more; --full shows all`));
  const { good, bad } = divergence;
  if (good !== bad) {
    out.line(`${c.dim('Then')}    ${c.red(`- ${safeLine(good ?? '(no such call)')}`)}`);
    out.line(`        ${c.green(`+ ${safeLine(bad ?? '(no such call)')}`)}`);
  } else if (good !== null) {
    out.line(`${c.dim('Then')}    ${safeLine(good)} ${c.dim('(in both)')}`);
  }
  const shown = full ? report.later : report.later.slice(0, 3);
  for (const { id, step, detail } of shown) {
    out.line(c.dim(`Later   ${id} at step ${step}: ${fitText(safeLine(detail), full ? 10_000 : 160)}`));
  }
  if (report.ruledOut.length > 0) {
    const ruledOut = report.ruledOut.map(({ why }) => why);
    out.line(
      c.dim(
        `Not     ${full ? ruledOut.join('; ') : fitText(ruledOut.join('; '), Math.min(out.width - 8, 160))}`,
      ),
    );
  }
  printNotes(report);
}

function printNotes({ notes, live }: Report): void {
  if (live) {
    const failed = live.failed > 0 ? `, ${live.failed} failed` : '';
    out.line(
      `${out.colours.dim('Live')}    ${live.answers} answers${failed}: ${money(live.usd)} (estimated ${money(live.estimatedUsd)})`,
    );
  }
  for (const note of notes) out.line(out.colours.dim(`Note    ${safeLine(note)}`));
}

/** `told`: facts that stand under a cause before, such as the commits of a line that several share. */
function printCause(cause: NamedCause, word: 'Cause' | 'Also', full: boolean, told: Set<string>): void {
  const c = out.colours;
  const { id, status, step, detail, evidence, callSite, together } = cause;
  const proven = together ? c.green(', VERIFIED together') : '';
  out.line(
    `${word.padEnd(7)} ${c.bold(id)}   ${painted(status)}${proven}${word === 'Also' ? c.dim(`   step ${step}`) : ''}`,
  );
  out.line(`Detail  ${full ? safeText(detail) : fitText(safeLine(detail), 600)}`);
  if (callSite)
    out.line(
      `At      ${c.cyan(safeLine(`${callSite.file}:${callSite.line}`))} ${safeLine(callSite.function)}`.trimEnd(),
    );
  const lines = full ? Number.POSITIVE_INFINITY : LINES;
  for (const line of evidenceLines(detail, evidence, full).slice(0, lines)) out.line(`        ${line}`);
  for (const fact of evidence.facts) {
    if (told.has(fact)) continue;
    told.add(fact);
    for (const line of safeText(fact).split('\n')) out.line(c.dim(`        ${line}`));
  }
}

function evidenceLines(
  detail: string,
  { good, bad, words }: NamedCause['evidence'],
  full: boolean,
): readonly string[] {
  const c = out.colours;
  // Short values stand in the sentence already.
  if (!full && [good, bad].every(text => text === null || detail.includes(text))) return [];
  if (words && `${good}${bad}`.length > 120) return wordRunsText(words, c, full).split('\n');
  const cut = (text: string): string => (full ? safeText(text) : fitText(safeLine(text), TEXT));
  return [
    ...(good === null ? [] : [c.red(`- ${cut(good)}`)]),
    ...(bad === null ? [] : [c.green(`+ ${cut(bad)}`)]),
  ];
}

function painted(status: NamedCause['status']): string {
  const c = out.colours;
  if (status === 'VERIFIED' || status === 'ISOLATED') return c.green(status);
  return status === 'INCONCLUSIVE' ? c.red(status) : c.yellow(status);
}

/** Differences between several good and several bad runs, the best separating first. */
export function printSeparations({ good, bad, separations }: ManyRuns): void {
  const c = out.colours;
  if (separations.length === 0) out.line('The bad runs do what the first good one does.');
  for (const { id, step, detail, inGood, inBad, score } of separations.slice(0, 20)) {
    out.line(
      `${score.toFixed(2)} ${c.bold(id)}  step ${step}  in ${inBad} of ${bad.length} bad, ${inGood} of ${good.length} good`,
    );
    out.line(`     ${fitText(safeLine(detail), 400)}`);
  }
}
