import type { WordRun } from '../timeline/word-diff.ts';
import { safeText } from './safe-text.ts';
import type { Colours } from './terminal.ts';

/** Characters of unchanged text that stay beside a change. */
const CONTEXT = 48;

/**
 * A word diff as text: colours where there are any, else git's `[-removed-]{+added+}`. Long unchanged stretches are cut to
 * what stands beside a change, unless all of it is wanted.
 */
export function wordRunsText(runs: readonly WordRun[], c: Colours, all: boolean): string {
  return runs
    .map(({ kind, text }, i) => {
      const safe = safeText(text);
      if (kind === 'removed') return c.isColorSupported ? c.red(c.strikethrough(safe)) : `[-${safe}-]`;
      if (kind === 'added') return c.isColorSupported ? c.green(safe) : `{+${safe}+}`;
      return all ? safe : shortened(safe, i === 0, i === runs.length - 1);
    })
    .join('');
}

function shortened(text: string, first: boolean, last: boolean): string {
  if (text.length <= 2 * CONTEXT + 10) return text;
  const start = first ? '' : text.slice(0, CONTEXT);
  const end = last ? '' : text.slice(-CONTEXT);
  return `${start} … ${end}`;
}
