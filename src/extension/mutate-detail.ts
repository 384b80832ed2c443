import type { MutantDetail, ReactionStep } from '../../webview/mutate/messages.ts';
import type { ChangeView } from '../../webview/session/messages.ts';
import { plainText, shortLine } from '../dap/hostile-text.ts';
import { stepName } from '../dap/wording.ts';
import { readCall } from '../providers/read-call.ts';
import { spoken } from '../timeline/step-diff.ts';
import type { Step, Timeline } from '../timeline/timeline.ts';
import { wordDiff } from '../timeline/word-diff.ts';
import { decodeBody } from '../wire/content-coding.ts';
import { answerBody, type Exchange } from '../wire/exchange.ts';
import { runText } from './mutate-evidence.ts';
import type { KnownMutant } from './mutate-known.ts';
import type { SiteFinder } from './mutate-view.ts';
import { changeViews, wordView } from './step-detail.ts';

/** Characters of a body that are compared, steps that are shown, lines around a call. */
const BODY = 6_000;
const STEPS = 40;
const AROUND = 3;

/** What the page shows of a mutant once it is looked at. `broken`: its run; null where there is none on this machine. */
export function mutantDetail(
  mutant: KnownMutant,
  source: Timeline,
  broken: Timeline | null,
  places: SiteFinder,
): MutantDetail {
  const shared = { id: mutant.id, source: sourceLines(mutant, places) };
  if (!broken) return { ...shared, answer: [], reaction: [], run: null, note: whyNone(mutant) };
  const [expected, actual] = [runText(source), runText(broken)];
  return {
    ...shared,
    answer: answerChanges(mutant, source, broken),
    reaction: reactionOf(mutant, source, broken),
    run: expected === actual ? null : wordDiff(expected, actual).map(wordView),
    note: null,
  };
}

function whyNone({ result }: KnownMutant): string {
  if (!result) return 'It has not run yet.';
  if (result.session === null) return 'Known from an earlier run. Run it again to look at it.';
  return 'Its run is no longer on this machine. Run it again to look at it.';
}

function sourceLines({ callSite }: KnownMutant, places: SiteFinder): MutantDetail['source'] {
  if (!callSite) return [];
  const { line, state } = places.at(callSite, []);
  if (state === 'gone') return [];
  const first = Math.max(1, line - AROUND);
  return places
    .linesOf(callSite.file)
    .slice(first - 1, line + AROUND)
    .map((text, i) => ({ line: first + i, text: text.slice(0, 300), here: first + i === line }));
}

/** The recorded answer against the broken one: as the model's words where both can be read so, else as bytes on the wire. */
function answerChanges({ step }: KnownMutant, source: Timeline, broken: Timeline): readonly ChangeView[] {
  const original = source.steps[step];
  if (original?.kind === 'tool') return toolChanges(original, broken.steps[step]);
  const fault = [...broken.session.exchanges()].find(({ label }) => label === 'FAULT');
  if (!original || !fault) return [];
  const whole = source.session.exchange(original.seq);
  const status = change('status', statusOf(whole), statusOf(fault));
  const call = readCall(fault, broken.session.start.extraHosts);
  const said = call
    ? changeViews(original.call, call).filter(({ section }) =>
        ['output', 'finish reason', 'error'].includes(section),
      )
    : [];
  return [...status, ...(said.length > 0 ? said : change('body', bodyOf(whole), bodyOf(fault)))];
}

function toolChanges(original: Step, broken: Step | undefined): readonly ChangeView[] {
  const said = (step: Step | undefined): string =>
    step?.kind === 'tool' ? spoken(step.result?.content ?? []) : '';
  return change('tool result', said(original), said(broken));
}

function change(section: string, before: string, after: string): readonly ChangeView[] {
  if (before === after) return [];
  const words = before !== '' && after !== '' ? wordDiff(before, after).map(wordView) : null;
  return [{ section, field: '', before: { text: before, left: 0 }, after: { text: after, left: 0 }, words }];
}

function statusOf({ answer: { head, end } }: Exchange): string {
  const status = head ? `${head.status} ${head.reason}`.trim() : 'no answer';
  return end.kind === 'complete' ? status : `${status}, connection ${end.kind}`;
}

function bodyOf({ answer }: Exchange): string {
  const coding = answer.head?.headers.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1];
  const { bytes } = decodeBody(answerBody(answer), coding);
  return plainText(Buffer.from(bytes.subarray(0, BODY)).toString('utf8'));
}

/** From the fault on; steps up to there are those of the recording. */
function reactionOf({ step }: KnownMutant, source: Timeline, broken: Timeline): readonly ReactionStep[] {
  const known = new Set(source.steps.map(sameness));
  return broken.steps.slice(step, step + STEPS).map(one => ({
    index: one.index,
    kind: one.kind,
    name: stepName(one),
    summary: summaryOf(one),
    failed:
      one.kind === 'call' ? one.error !== null : one.run?.error !== undefined || one.result?.isError === true,
    label: one.kind === 'call' ? (labelOf(one, broken) ?? null) : null,
    other: !known.has(sameness(one)),
  }));
}

/** A step that asked again after the fault ends with another label. */
function labelOf(step: Extract<Step, { kind: 'call' }>, { session }: Timeline): string | undefined {
  const labels = step.attempts.map(({ seq }) => session.exchange(seq).label);
  return labels.includes('FAULT') && step.label !== 'FAULT' ? `FAULT, then ${step.label}` : step.label;
}

const sameness = (step: Step): string =>
  step.kind === 'call' ? `call ${step.key}` : `tool ${step.name} ${step.call.argumentsText}`;

function summaryOf(step: Step): string {
  if (step.kind === 'call') return shortLine(step.error?.message ?? spoken(step.output.parts), 200);
  const said = step.run?.error ?? (step.result ? spoken(step.result.content) : 'no result');
  return `${shortLine(step.call.argumentsText, 90)} → ${shortLine(said, 90)}`;
}
