import type { BisectCall, BisectRow, BisectView, CauseView, RunView } from '../../webview/bisect/messages.ts';
import type { ChangeView, WordView } from '../../webview/session/messages.ts';
import type { NamedCause, Report } from '../bisect/report.ts';
import { plainLine, shortLine } from '../dap/hostile-text.ts';
import { counted, money } from '../dap/wording.ts';
import { spoken } from '../timeline/step-diff.ts';
import type { CallStep, Timeline } from '../timeline/timeline.ts';
import { wordDiff } from '../timeline/word-diff.ts';
import { type BothRuns, type RowCalls, rowOf } from './bisect-rows.ts';
import { ruleOf, ruleText } from './bisect-rule.ts';
import { sessionTitle, shortId, shortModel } from './session-words.ts';
import { cut, siteView, wordView } from './step-detail.ts';

const SUMMARY = 120;
/** Characters of either value that are compared and shown. */
const EVIDENCE = 60_000;

/** A report as the panel draws it. */
export function bisectView(
  report: Report,
  runs: BothRuns,
  calls: readonly RowCalls[],
  more: Pick<BisectView, 'tried' | 'trusted' | 'added'>,
): BisectView {
  const { pairs, divergence, ruledOut, later, notes } = report;
  const rows = pairs.map(
    ({ good, bad, differs }, i): BisectRow => ({
      good: outline(good, calls[i]!.good),
      bad: outline(bad, calls[i]!.bad),
      differs,
    }),
  );
  return {
    good: runView(runs.good),
    bad: runView(runs.bad),
    rows,
    divergence: divergence && {
      ...divergence,
      row: rowOf(report, divergence.step) ?? 0,
      behaviourRow: divergence.behaviour === null ? null : rowOf(report, divergence.behaviour),
    },
    causes: report.causes.map(cause => causeView(cause, report, calls, runs)),
    ruledOut,
    later: later.map(({ id, step, detail }) => ({
      id,
      row: rowOf(report, step),
      detail: shortLine(detail, 400),
    })),
    notes,
    ...more,
  };
}

function outline(call: number | null, step: CallStep | null): BisectCall | null {
  if (call === null || !step) return null;
  return {
    call,
    step: step.index,
    name: shortModel(step.model ?? 'unknown model'),
    summary: shortLine(step.error?.message ?? spoken(step.output.parts), SUMMARY),
    failed: step.error !== null || step.latencyMs === null,
  };
}

function runView({ session, steps }: Timeline): RunView {
  const { start, exit } = session;
  const calls = steps.filter(step => step.kind === 'call');
  const costs = calls.flatMap(({ costUsd }) => (costUsd === null ? [] : [costUsd]));
  const facts = [
    shortId(start.id),
    counted(calls.length, 'call'),
    ...(costs.length > 0 ? [money(costs.reduce((sum, cost) => sum + cost, 0))] : []),
    ...(exit ? [exit.signal ?? `exit ${exit.code}`] : []),
  ];
  return { id: start.id, title: sessionTitle(start), facts: facts.join(' · ') };
}

function causeView(cause: NamedCause, report: Report, calls: readonly RowCalls[], runs: BothRuns): CauseView {
  const { id, family, status, step, field, detail, evidence, callSite, verification, together } = cause;
  const row = rowOf(report, step);
  const rule = row === null ? null : ruleOf(cause, calls[row]!, runs);
  return {
    id,
    family,
    status,
    step,
    row,
    field: plainLine(field),
    detail: shortLine(detail, 1200),
    change: changeOf(field, evidence),
    facts: evidence.facts,
    site: callSite && siteView(callSite),
    verification,
    together: together ?? [],
    rule: rule && ruleText(rule),
  };
}

function changeOf(field: string, { good, bad }: NamedCause['evidence']): ChangeView | null {
  if (good === null && bad === null) return null;
  const [before, after] = [laidOut(good), laidOut(bad)];
  const words = before === null || after === null ? null : wordDiff(shortened(before), shortened(after));
  return {
    section: plainLine(field) || 'evidence',
    field: '',
    before: before === null ? null : cut(before),
    after: after === null ? null : cut(after),
    words: words && isTelling(words) ? words.map(wordView) : null,
  };
}

/** Two texts that share but a word here and there are read one after the other. */
export function isTelling(words: readonly Pick<WordView, 'kind' | 'text'>[]): boolean {
  const letters = { same: 0, removed: 0, added: 0 };
  for (const { kind, text } of words) letters[kind] += text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return letters.same * 3 >= Math.min(letters.removed, letters.added);
}

/** JSON in lines: what changed in it is found by eye. */
function laidOut(text: string | null): string | null {
  if (text === null || !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // No JSON after all: shown as the text that it is.
    return text;
  }
}

const shortened = (text: string): string =>
  text.length > EVIDENCE
    ? `${text.slice(0, EVIDENCE)}\n… ${counted(text.length - EVIDENCE, 'more character')}`
    : text;
