/** The familiar outcome: what a test on exit code and output alone would say. */
export const OUTCOMES = ['survived', 'output-changed', 'crashed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * What the agent made of a fault. docs/mutate.md says how each is told.
 *
 * `silent`, `unsafe`, `crashed` and `hung` are unhandled; `recovered`, `loud` and `failed-closed` handled; the rest does not count.
 */
export const VERDICTS = [
  'unsafe',
  'silent',
  'crashed',
  'hung',
  'inconclusive',
  'not-reached',
  'unaffected',
  'loud',
  'failed-closed',
  'recovered',
] as const;
export type Verdict = (typeof VERDICTS)[number];

export const UNHANDLED: ReadonlySet<Verdict> = new Set(['unsafe', 'silent', 'crashed', 'hung']);
export const HANDLED: ReadonlySet<Verdict> = new Set(['recovered', 'loud', 'failed-closed']);
