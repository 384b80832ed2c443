import { type Command, InvalidArgumentError } from 'commander';
import { RewindError } from '../../errors.ts';
import { openHome } from '../../sessions/home.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import type { SessionReader, SessionSummary } from '../../sessions/session.ts';
import { summarise } from '../../sessions/summary.ts';
import { type Timeline, timelineOf } from '../../timeline/timeline.ts';
import { count, counted, duration, money, when } from '../amounts.ts';
import { loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { factLines } from '../fact-lines.ts';
import { printJson } from '../json-output.ts';
import { LONG_SESSION, withProgress } from '../progress.ts';
import { printRaw } from '../raw-exchange.ts';
import { safeLine, safeText } from '../safe-text.ts';
import { sessionJson } from '../session-json.ts';
import { sessionTitle, shortId } from '../session-line.ts';
import { printStep } from '../step-detail.ts';
import { stepJson, timelineJson } from '../step-json.ts';
import { printOtherRuns, printStepTree } from '../step-tree.ts';
import { err, out } from '../terminal.ts';

interface Options {
  readonly step?: number;
  readonly raw?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .argument('<session>', 'beginning of an id, a name, `latest`, `latest-replay`, or a .rw file')
    .argument('[step]', 'one step, by its number in the tree', stepNumber)
    .option('-s, --step <number>', 'the same', stepNumber)
    .option('-a, --all', "a step's whole history, not only what is new in it")
    .option('-r, --raw', 'the HTTP messages as recorded')
    .option('--json', 'an object (docs/json.md)')
    .action(inspect);
  examples(command, [
    ['rewind inspect latest', 'the tree of steps'],
    ['rewind inspect latest 3', 'step 3 in full'],
    ['rewind inspect latest 3 --raw | less', 'its HTTP messages'],
    ["rewind inspect latest --json | jq '.steps[].model'", ''],
  ]);
}

async function inspect(ref: string, position: number | undefined, options: Options): Promise<void> {
  const session = resolveSession(openHome(), ref);
  const { prices } = loadConfig(process.cwd());
  const index = options.step ?? position;
  if (options.raw && index === undefined) {
    for (const exchange of session.exchanges()) printRaw(out, exchange);
    return;
  }
  const { timeline, summary } = await withProgress(
    'reading the session',
    () => ({ timeline: timelineOf(session, { prices }), summary: summarise(session, prices) }),
    session.length > LONG_SESSION,
  );
  for (const warning of session.warnings) err.line(`${err.colours.yellow('note:')} ${safeText(warning)}`);
  if (index === undefined) {
    if (options.json) {
      return printJson({
        session: sessionJson(summary),
        ...timelineJson(timeline),
        warnings: session.warnings,
      });
    }
    printHead(session, summary, timeline);
    printStepTree(out, timeline);
    return printOtherRuns(out, timeline.otherRuns);
  }
  const step = timeline.steps[index];
  if (!step) throw noSuchStep(session, timeline, index);
  if (options.raw) {
    if (step.kind === 'call') return printRaw(out, session.exchange(step.seq));
    throw new RewindError(
      'no-exchange',
      `Step ${index} is a tool call, which is no HTTP exchange of its own`,
      `It was asked for in step ${step.from}${step.to === null ? '' : `, its result was sent in step ${step.to}`}.`,
    );
  }
  if (options.json) return printJson(stepJson(step, true));
  printStep(out, timeline, index, options.all ?? false);
}

function printHead(session: SessionReader, summary: SessionSummary, timeline: Timeline): void {
  const c = out.colours;
  const { start } = session;
  const dot = c.dim(' · ');
  const git = start.git ? `commit ${start.git.commit.slice(0, 7)}${start.git.dirty ? '*' : ''}` : '';
  const exit = summary.exit ? `exit ${summary.exit.signal ?? summary.exit.code}` : '';
  out.line(`${c.cyan(`session ${shortId(start.id)}`)}${dot}${c.bold(sessionTitle(start))}`);
  const facts = [
    start.mode,
    when(start.startedAt),
    safeLine(start.cwd),
    git,
    exit,
    duration(summary.durationMs),
  ];
  for (const line of factLines(out, facts.map(safeLine).filter(Boolean))) out.line(line);
  const { inputTokens, outputTokens } = summary;
  const sums = [
    counted(summary.calls, 'LLM call'),
    `${count(inputTokens)} → ${count(outputTokens)} tokens`,
    money(summary.costUsd, summary.costIncomplete),
    ...(summary.errors > 0 ? [c.red(counted(summary.errors, 'error'))] : []),
    ...(timeline.lanes.length > 1 ? [`${timeline.lanes.length} lanes`] : []),
    ...(timeline.others.length > 0 ? [`${counted(timeline.others.length, 'other exchange')}`] : []),
  ];
  for (const line of factLines(out, summary.calls === 0 ? ['no LLM calls'] : sums)) out.line(line);
  out.line();
}

function noSuchStep(session: SessionReader, { steps }: Timeline, index: number): RewindError {
  const last = steps.length - 1;
  return new RewindError(
    'no-such-step',
    `Session ${shortId(session.start.id)} has no step ${index}`,
    last < 0
      ? 'It has no steps at all.'
      : `Its steps are 0 to ${last}; \`rewind inspect ${shortId(session.start.id)}\` shows them.`,
  );
}

function stepNumber(text: string): number {
  if (/^#?\d{1,9}$/.test(text)) return Number(text.replace('#', ''));
  throw new InvalidArgumentError('Give the number of a step.');
}
