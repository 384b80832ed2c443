import type { AlignedRow, Alignment } from '../timeline/align.ts';
import { spoken, stepDiff } from '../timeline/step-diff.ts';
import type { ToolStep } from '../timeline/timeline.ts';
import { type WordRun, wordDiff } from '../timeline/word-diff.ts';

/** One difference between two aligned steps; for tools the sections are their own. */
export interface Change {
  readonly section: string;
  readonly field: string;
  readonly before?: string;
  readonly after?: string;
  readonly words?: readonly WordRun[];
}

/** What differs in a changed row; calls are compared without the history that they carry along. */
export function changesOf(
  { a, b }: Alignment,
  row: Extract<AlignedRow, { kind: 'changed' }>,
): readonly Change[] {
  const [one, two] = [a.steps[row.a]!, b.steps[row.b]!];
  if (one.kind === 'call' && two.kind === 'call') {
    const changes = stepDiff(one.call, two.call);
    // A step that only carries an earlier change along is not to blame for it.
    const own = changes.filter(({ section }) => section !== 'messages' || row.where !== 'answer');
    return own.length > 0 ? own : changes;
  }
  if (one.kind === 'tool' && two.kind === 'tool') return toolChanges(one, two);
  return [{ section: 'step', field: '', before: one.kind, after: two.kind }];
}

function toolChanges(one: ToolStep, two: ToolStep): readonly Change[] {
  return [
    ...textChange('tool', one.name, two.name),
    ...textChange('arguments', one.call.argumentsText, two.call.argumentsText),
    ...textChange('result', resultText(one), resultText(two)),
  ];
}

const resultText = ({ result }: ToolStep): string => (result ? spoken(result.content) : '');

function textChange(section: string, before: string, after: string): readonly Change[] {
  return before === after ? [] : [{ section, field: '', before, after, words: wordDiff(before, after) }];
}
