import type { Baseline } from './baseline.ts';
import { clip } from './clip.ts';
import { saysError } from './error-words.ts';
import type { Mutant } from './mutant.ts';
import type { Observation } from './observation.ts';
import { newLines } from './output.ts';

/** A new line of the agent's own that speaks of trouble; the broken answer's own words do not count, unless they tell. */
export function toldOf(
  { fault, said }: Mutant,
  seen: Observation,
  baseline: Baseline,
  loud: RegExp | undefined,
): string | null {
  const usual = words(baseline.runs.map(run => run.stdout).join(' '));
  const lines = [
    ...newLines(
      baseline.runs.map(run => run.stdout),
      seen.stdout,
    ),
    ...newLines(
      baseline.runs.map(run => run.stderr),
      seen.stderr,
    ),
  ];
  const told = lines.find(line => {
    if (loud) return loud.test(line);
    if (fault.tells) return saysError(line) || /\bsorry\b/i.test(line);
    return saysError(ownWords(line, words(said), usual));
  });
  return told === undefined ? null : clip(told.trim());
}

/** The line without what the model said: a page, an error's JSON or half a text that is printed as if it were the answer. */
function ownWords(line: string, said: string, usual: string): string {
  const text = words(line);
  if (text.length >= 8 && (said.includes(text) || usual.includes(text))) return '';
  return said.length >= 8 ? text.replaceAll(said, '') : text;
}

const words = (text: string): string => text.replace(/[\s"'\\]+/g, ' ').trim();
