import { RewindError } from '../errors.ts';
import type { Comparison } from './comparison.ts';
import { plainText } from './hostile-text.ts';
import { rowDiff, rowLines, rowWords } from './row-text.ts';

interface Command {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  readonly run: (comparison: Comparison, words: readonly string[]) => string;
}

/** So many rows around the current one are listed. */
const AROUND = 5;

/** The words of the debug console where two sessions are compared. */
export const COMPARISON_COMMANDS: readonly Command[] = [
  moving('next', 'both runs to the next pair', comparison => comparison.step(1)),
  moving('back', 'both runs to the pair before', comparison => comparison.step(-1)),
  moving('continue', 'to the next difference', comparison => comparison.runOn()),
  moving('reverse', 'to the difference before', comparison => comparison.runBack()),
  {
    name: 'goto',
    usage: 'goto <row>',
    help: 'jump to a row',
    run: (comparison, [word]) => {
      comparison.goTo(rowNumber(word, 'goto <row>'));
      return '';
    },
  },
  {
    name: 'where',
    usage: 'where',
    help: 'the current row',
    run: ({ alignment, row, current }) =>
      [rowWords(alignment, current), ...rowLines(alignment, Math.max(0, row))].join('\n'),
  },
  {
    name: 'list',
    usage: 'list [from [to]]',
    help: 'the rows, or those around the current one',
    run: ({ alignment, row }, words) => {
      const from =
        words[0] === undefined ? Math.max(0, row - AROUND) : rowNumber(words[0], 'list [from [to]]');
      const to = words[1] === undefined ? from + 2 * AROUND : rowNumber(words[1], 'list [from [to]]');
      const last = Math.min(to, alignment.rows.length - 1);
      const numbers = Array.from({ length: Math.max(0, last + 1 - from) }, (_, i) => from + i);
      return numbers
        .flatMap(i => rowLines(alignment, i).map(line => `${i === row ? '→' : ' '} ${i} ${line}`))
        .join('\n');
    },
  },
  {
    name: 'diff',
    usage: 'diff',
    help: 'all that differs here',
    run: ({ alignment, current }) => rowDiff(alignment, current),
  },
  {
    name: 'why',
    usage: 'why',
    help: 'why run a went another way than run b',
    run: ({ alignment: { a, b }, hands }) => {
      if (hands.why) return plainText(hands.why(a.session, b.session.start.id).text);
      throw new RewindError('bad-command', 'This adapter cannot why', 'Use the command line: rewind bisect.');
    },
  },
  { name: 'help', usage: 'help', help: 'this list', run: () => HELP() },
];

/** What a command line answers; null for an expression. */
export function runCommand(comparison: Comparison, line: string): string | null {
  const [name, ...words] = line.split(/\s+/);
  const command = COMPARISON_COMMANDS.find(one => one.name === name);
  return command ? command.run(comparison, words) : null;
}

const HELP = (): string =>
  [
    ...COMPARISON_COMMANDS.map(({ usage, help }) => `${usage.padEnd(22)} ${help}`),
    '',
    "Anything else is an expression on the selected frame's step of its run: response.text, usage.total, …",
  ].join('\n');

function moving(name: string, help: string, move: (comparison: Comparison) => void): Command {
  return {
    name,
    usage: name,
    help,
    run: comparison => {
      move(comparison);
      return '';
    },
  };
}

function rowNumber(word: string | undefined, usage: string): number {
  if (word !== undefined && /^\d{1,9}$/.test(word)) return Number(word);
  const what = word === undefined ? 'A number is missing' : `${word} is not a number`;
  throw new RewindError('bad-command', what, `Write ${usage}.`);
}
