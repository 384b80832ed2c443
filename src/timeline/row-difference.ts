import type { AlignedRow, Alignment } from './align.ts';
import { type Section, stepDiff } from './step-diff.ts';
import { type StepView, stepView } from './step-view.ts';
import type { CallStep, ToolStep } from './timeline.ts';

/** One thing that two runs have otherwise, as each has it; absent where it has none. */
export interface Difference {
  /** Where in the section; absent: all of it. */
  readonly field?: string;
  readonly a?: unknown;
  readonly b?: unknown;
}

export type RowDifferences = Readonly<Record<string, readonly Difference[]>>;

const SECTIONS: readonly Section[] = [
  'model',
  'parameters',
  'system',
  'tools',
  'messages',
  'output',
  'finish reason',
  'error',
];

/** What differs between the two steps of an aligned row, by the parts of a step; all parts are there. */
export function rowDifferences({ a, b }: Alignment, row: AlignedRow): RowDifferences {
  if (row.kind === 'removed' || row.kind === 'added') return {};
  const [one, two] = [a.steps[row.a]!, b.steps[row.b]!];
  if (one.kind === 'call' && two.kind === 'call') return callDifferences(one, two);
  const [left, right] = [stepView(a, one as ToolStep).tool, stepView(b, two as ToolStep).tool] as StepView[];
  return Object.fromEntries(
    ['name', 'arguments', 'result', 'error'].map(part => {
      const [was, is] = [left![part], right![part]];
      const same = JSON.stringify(was) === JSON.stringify(is);
      return [part, same ? [] : [{ a: was, b: is }]];
    }),
  );
}

function callDifferences(one: CallStep, two: CallStep): RowDifferences {
  const changes = stepDiff(one.call, two.call);
  return Object.fromEntries(
    SECTIONS.map(section => [
      section,
      changes.flatMap(({ section: of, field, before, after }): readonly Difference[] =>
        of === section
          ? [
              {
                ...(field === '' ? {} : { field }),
                ...(before === undefined ? {} : { a: before }),
                ...(after === undefined ? {} : { b: after }),
              },
            ]
          : [],
      ),
    ]),
  );
}
