import type { Operator } from '../mutate/operator.ts';
import type { MutantResult, MutationReport } from '../mutate/report.ts';
import { HANDLED, UNHANDLED, VERDICTS, type Verdict } from '../mutate/verdict.ts';
import { counted } from './amounts.ts';
import { safeLine } from './safe-text.ts';
import { printTable } from './table.ts';
import { err, out } from './terminal.ts';

/** The headline is the number of silent failures: a percentage would hide the one that matters. */
export function printMutation(
  report: MutationReport,
  shownAs: { readonly all: boolean; readonly stopped: boolean; readonly pathOf: (file: string) => string },
): void {
  const { summary, mutants } = report;
  const { all, stopped, pathOf } = shownAs;
  const shown = mutants
    .filter(({ verdict, accepted }) => all || (UNHANDLED.has(verdict) && !accepted))
    .toSorted(byGravity);
  if (shown.length > 0) {
    printTable<MutantResult>(
      out,
      [
        { title: 'VERDICT', text: ({ verdict }) => verdict.toUpperCase(), paint },
        { title: 'STEP', align: 'right', text: ({ step }) => String(step) },
        { title: 'FAULT', text: ({ id }) => safeLine(id.replace(/@[\d.]+/, ' ').trim()), shrinkTo: 20 },
        { title: 'OUTCOME', text: ({ outcome }) => outcome.replace('-', ' ') },
        { title: 'WHY', text: ({ reason }) => safeLine(reason), shrinkTo: 24 },
        {
          title: 'WHERE',
          text: ({ callSite }) => safeLine(callSite ? `${pathOf(callSite.file)}:${callSite.line}` : ''),
          shrinkTo: 12,
        },
        { title: 'SESSION', text: ({ session }) => session?.slice(0, 8) ?? '' },
      ],
      shown,
    );
    out.line();
  }
  out.line(headline(summary));
  out.line(out.colours.dim(counts(summary)));
  const count = (test: (one: MutantResult) => boolean | undefined): number => mutants.filter(test).length;
  const accepted = count(one => one.accepted);
  const reused = count(one => one.reused);
  const live = count(one => one.live);
  const left = report.notRun.length;
  const notes = [
    ...report.baseline.wobbles,
    ...(report.cold ?? []).map(why => `not all mutants started at the broken call: ${why}`),
    ...(left > 0
      ? [`${stopped ? 'stopped: ' : ''}${counted(left, 'mutant was', 'mutants were')} not run`]
      : []),
    ...(live > 0 ? [`${live} asked the provider behind their fault: their output is not compared`] : []),
    ...(accepted > 0 ? [`${accepted} are accepted as expected (rewind.config.json)`] : []),
    ...(reused > 0 ? [`${reused} are known from an earlier run, nothing having changed since`] : []),
    ...(!all && mutants.length > shown.length ? ['--all shows the handled faults too'] : []),
    ...(shown.some(({ session }) => session) ? ['`rewind inspect <session>` shows what the agent did'] : []),
  ];
  for (const note of notes) err.line(`${err.colours.yellow('note:')} ${safeLine(note)}`);
}

export function printOperators(operators: readonly Operator[]): void {
  printTable<Operator>(
    out,
    [
      { title: 'OPERATOR', text: ({ id }) => id },
      { title: 'FAMILY', text: ({ family }) => family },
      { title: 'PRIORITY', text: ({ priority }) => ['', 'low', 'medium', 'high'][priority]! },
      { title: 'WHAT HAPPENS', text: ({ summary }) => safeLine(summary), shrinkTo: 30 },
    ],
    operators,
  );
}

/** `40 s`, `3 min`. */
export function duration(ms: number): string {
  return ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

function headline(summary: MutationReport['summary']): string {
  const { colours } = out;
  const failures = (count: number, what: string): string =>
    `${count} ${what} failure${count === 1 ? '' : 's'}`;
  const silent = failures(summary.silent, 'silent');
  const head = summary.silent > 0 ? colours.red(colours.bold(silent)) : colours.green(colours.bold(silent));
  const unsafe = summary.unsafe > 0 ? `, ${colours.red(colours.bold(`${summary.unsafe} unsafe`))}` : '';
  return `${head}${unsafe} in ${counted(summary.total, 'fault')}`;
}

function counts(summary: MutationReport['summary']): string {
  const sum = (set: ReadonlySet<Verdict>): number =>
    VERDICTS.reduce((n, verdict) => n + (set.has(verdict) ? summary[verdict] : 0), 0);
  const each = VERDICTS.filter(verdict => summary[verdict] > 0).map(
    verdict => `${summary[verdict]} ${verdict.replace('-', ' ')}`,
  );
  const all = each.length > 0 ? `: ${each.join(', ')}` : '';
  return `${sum(HANDLED)} handled, ${sum(UNHANDLED)} unhandled${all}`;
}

function paint(cell: string, { verdict }: MutantResult): string {
  const { colours } = out;
  if (verdict === 'silent' || verdict === 'unsafe') return colours.red(cell);
  if (UNHANDLED.has(verdict)) return colours.yellow(cell);
  return HANDLED.has(verdict) ? colours.green(cell) : colours.dim(cell);
}

function byGravity(a: MutantResult, b: MutantResult): number {
  return VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) || a.step - b.step;
}
