import type { Command } from 'commander';
import { openHome } from '../../sessions/home.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import type { SessionReader } from '../../sessions/session.ts';
import { summarise } from '../../sessions/summary.ts';
import { type AlignedRow, type Alignment, alignSessions } from '../../timeline/align.ts';
import type { Step } from '../../timeline/timeline.ts';
import { counted, when } from '../amounts.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson } from '../json-output.ts';
import { partsText, toolCallText } from '../part-text.ts';
import { LONG_SESSION, withProgress } from '../progress.ts';
import { safeLine, safeText } from '../safe-text.ts';
import { sessionJson } from '../session-json.ts';
import { sessionTitle, shortId } from '../session-line.ts';
import { type Change, changesOf } from '../step-changes.ts';
import { out } from '../terminal.ts';
import { fitText } from '../text-width.ts';
import { wordRunsText } from '../word-runs.ts';

interface Options {
  readonly full?: boolean;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .argument('<a>', 'a session')
    .argument('<b>', 'another one')
    .option('--full', 'whole texts, and the steps that are the same')
    .option('--json', 'an object (docs/json.md)')
    .action(diff);
  examples(command, [
    ['rewind diff 7f3a latest', 'what changed between two runs; exit code 1 when they differ'],
    ['rewind diff latest latest-replay', 'a recording and its replay'],
  ]);
}

async function diff(refA: string, refB: string, options: Options): Promise<void> {
  const home = openHome();
  const [a, b] = [resolveSession(home, refA), resolveSession(home, refB)];
  const alignment = await withProgress(
    'aligning the sessions',
    () => alignSessions(a, b),
    a.length + b.length > LONG_SESSION,
  );
  const same = alignment.firstDifference === null;
  if (!same) process.exitCode = EXIT.negative;
  if (options.json) {
    return printJson({
      a: sessionJson(summarise(a)),
      b: sessionJson(summarise(b)),
      same,
      firstDifference: alignment.firstDifference,
      rows: alignment.rows.map(row =>
        row.kind === 'changed' ? { ...row, changes: changesOf(alignment, row) } : row,
      ),
    });
  }
  const c = out.colours;
  out.line(c.red(`--- ${headline(a)}`));
  out.line(c.green(`+++ ${headline(b)}`));
  if (same) {
    out.line(`No difference in ${counted(alignment.rows.length, 'step')}.`);
    return;
  }
  printRows(alignment, options.full ?? false);
}

function printRows(alignment: Alignment, full: boolean): void {
  const c = out.colours;
  const seen = new Set<string>();
  let alike: AlignedRow[] = [];
  const flush = () => {
    if (alike.length > 0 && !full) out.line(c.dim(`  ${counted(alike.length, 'step')} the same`));
    alike = [];
  };
  for (const row of alignment.rows) {
    if (row.kind === 'same' || row.kind === 'echo') {
      alike.push(row);
      if (full) out.line(c.dim(`  ${position(row)} ${title(alignment.a.steps[row.a]!)}`));
      continue;
    }
    flush();
    printDifference(alignment, row, { full, seen });
  }
  flush();
}

interface Printing {
  readonly full: boolean;
  /** Changes that were shown: a history carries each of them into every later step. */
  readonly seen: Set<string>;
}

function printDifference(alignment: Alignment, row: AlignedRow, { full, seen }: Printing): void {
  const c = out.colours;
  if (row.kind === 'removed') out.line(c.red(`- ${position(row)} ${title(alignment.a.steps[row.a]!)}`));
  if (row.kind === 'added') out.line(c.green(`+ ${position(row)} ${title(alignment.b.steps[row.b]!)}`));
  if (row.kind !== 'changed') return;
  const step = alignment.a.steps[row.a]!;
  const changes = changesOf(alignment, row).filter(({ before, after }) => {
    const key = JSON.stringify([before, after]);
    if (full || !seen.has(key)) return seen.add(key);
    return false;
  });
  const asAbove = changes.length === 0 ? ', as above' : '';
  out.line(c.yellow(`~ ${position(row)} ${title(step)}`) + c.dim(` · ${whose(step, row)}${asAbove}`));
  for (const change of changes) printChange(change, full);
}

/** Whose move it was that differs. */
function whose(step: Step, { where }: Extract<AlignedRow, { kind: 'changed' }>): string {
  if (step.kind === 'tool') {
    return { request: 'other arguments', answer: 'another result', both: 'other arguments, another result' }[
      where
    ];
  }
  return {
    request: 'the agent asked otherwise',
    answer: 'the model answered otherwise',
    both: 'question and answer differ',
  }[where];
}

function printChange({ section, field, before, after, words }: Change, full: boolean): void {
  const c = out.colours;
  const indent = '      ';
  const print = (text: string) => {
    for (const line of text.split('\n')) out.line(`${indent}  ${line}`);
  };
  out.line(`${indent}${c.cyan([section, safeLine(field)].filter(Boolean).join(' '))}`);
  if (words) {
    print(wordRunsText(words, c, full));
    return;
  }
  const cut = (text: string) => (full ? safeText(text) : fitText(safeLine(text), 400));
  if (before !== undefined) print(c.red(`- ${cut(before)}`));
  if (after !== undefined) print(c.green(`+ ${cut(after)}`));
}

function position(row: AlignedRow): string {
  const number = (index: number | undefined) => String(index ?? '').padStart(3);
  return `${number('a' in row ? row.a : undefined)}${number('b' in row ? row.b : undefined)}`;
}

function title(step: Step): string {
  if (step.kind === 'tool') return fitText(toolCallText(step.call), 80);
  const said = safeLine(partsText(step.output.parts));
  const model = safeLine(step.model ?? 'unknown model');
  return step.error ? `${model} error` : fitText(`${model} ${said}`, 80);
}

const headline = ({ start }: SessionReader): string =>
  `${shortId(start.id)} ${sessionTitle(start)}  ${when(start.startedAt)}`;
