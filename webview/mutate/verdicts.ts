/** How a verdict looks: a shape, a word and a class for its colour. The gravest first. */
export interface Look {
  readonly verdict: string;
  readonly mark: string;
  readonly word: string;
  readonly group: 'unhandled' | 'handled' | 'left-out';
}

export const LOOKS: readonly Look[] = [
  { verdict: 'unsafe', mark: '▲', word: 'unsafe', group: 'unhandled' },
  { verdict: 'silent', mark: '●', word: 'silent', group: 'unhandled' },
  { verdict: 'crashed', mark: '✕', word: 'crashed', group: 'unhandled' },
  { verdict: 'hung', mark: '∞', word: 'hung', group: 'unhandled' },
  { verdict: 'recovered', mark: '✓', word: 'recovered', group: 'handled' },
  { verdict: 'loud', mark: '✓', word: 'loud', group: 'handled' },
  { verdict: 'failed-closed', mark: '✓', word: 'failed closed', group: 'handled' },
  { verdict: 'unaffected', mark: '·', word: 'unaffected', group: 'left-out' },
  { verdict: 'not-reached', mark: '·', word: 'not reached', group: 'left-out' },
  { verdict: 'inconclusive', mark: '?', word: 'inconclusive', group: 'left-out' },
];

const NOT_RUN: Look = { verdict: 'not-run', mark: '○', word: 'not run', group: 'left-out' };
const ACCEPTED: Look = { verdict: 'accepted', mark: '✓', word: 'accepted', group: 'left-out' };

export function lookOf({
  verdict,
  accepted,
}: {
  readonly verdict: string | null;
  readonly accepted: boolean;
}): Look {
  if (verdict === null) return NOT_RUN;
  const look = LOOKS.find(one => one.verdict === verdict) ?? NOT_RUN;
  return accepted && look.group === 'unhandled' ? ACCEPTED : look;
}

/** What filters and cells count by: four kinds of trouble, and three sums. */
export interface Tally {
  readonly key: string;
  readonly mark: string;
  readonly word: string;
  readonly group: Look['group'];
}

export const TALLIES: readonly Tally[] = [
  ...LOOKS.filter(({ group }) => group === 'unhandled').map(look => ({ ...look, key: look.verdict })),
  { key: 'handled', mark: '✓', word: 'handled', group: 'handled' },
  { key: 'left-out', mark: '·', word: 'left out', group: 'left-out' },
  { key: 'not-run', mark: '○', word: 'not run', group: 'left-out' },
];

export function tallyOf(mutant: Parameters<typeof lookOf>[0]): string {
  const { verdict, group } = lookOf(mutant);
  if (group === 'unhandled' || verdict === 'not-run') return verdict;
  return group;
}
