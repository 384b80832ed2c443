import type { KnownMutant, Mutation } from '../../src/extension/mutate-known.ts';
import { mutationView, type SiteFinder } from '../../src/extension/mutate-view.ts';
import type { Verdict } from '../../src/mutate/verdict.ts';
import type { MutantDetail, MutationView } from '../../webview/mutate/messages.ts';

const FILE = '/home/dana/agent.ts';
const LINES = ['const a = 1;', 'await ask("first");', '', 'await ask("second");', 'done();'];

/** What a reader of recorded text must survive. */
export const HOSTILE = '<img src=x onerror="fault(1)"> \u202eevil\u0007';

interface Given {
  readonly id: string;
  readonly verdict: Verdict | null;
  readonly family?: string;
  readonly line?: number;
  readonly reason?: string;
  readonly accepted?: boolean;
}

export function mutant({ id, verdict, family = 'provider', line = 2, reason, accepted }: Given): KnownMutant {
  const [operator, step] = id.split('@') as [string, string];
  const told = { id, operator, family, step: Number(step), callSite: { file: FILE, line } };
  return {
    ...told,
    detail: `what ${id} changed`,
    summary: `what ${operator} does`,
    code: 'then',
    result: verdict && {
      ...told,
      detail: `what ${id} changed`,
      outcome: 'survived',
      verdict,
      reason: reason ?? `why ${verdict}`,
      session: 'a'.repeat(32),
      durationMs: 431,
      ...(accepted ? { accepted } : {}),
    },
  };
}

export const FEW: readonly KnownMutant[] = [
  mutant({ id: 'hang@0', verdict: 'hung' }),
  mutant({ id: 'rate-limit-once@0', verdict: 'recovered' }),
  mutant({ id: 'quota@0', verdict: 'loud' }),
  mutant({ id: 'refusal@0', verdict: 'silent', family: 'output', reason: HOSTILE }),
  mutant({ id: 'paraphrase@0', verdict: 'unaffected', family: 'output' }),
  mutant({ id: 'empty-response@4', verdict: 'silent', family: 'output', line: 4, accepted: true }),
  mutant({ id: 'duplicated-call@4', verdict: 'unsafe', family: 'output', line: 4 }),
  mutant({ id: 'overloaded@4', verdict: null, line: 4 }),
];

/** Thousands, of all verdicts, at many lines. */
export function many(count: number): readonly KnownMutant[] {
  const verdicts: readonly Verdict[] = ['recovered', 'silent', 'loud', 'crashed', 'unaffected', 'unsafe'];
  const families = ['provider', 'stream', 'output', 'tool-output'];
  return Array.from({ length: count }, (_, i) =>
    mutant({
      id: `operator-${i % 58}@${i}`,
      verdict: verdicts[i % verdicts.length]!,
      family: families[i % families.length]!,
      line: 1 + (i % 40),
    }),
  );
}

export const places = (state: 'same' | 'edited' = 'same'): SiteFinder => ({
  at: ({ line }) => ({ line, state }),
  linesOf: () => LINES,
});

export function viewOf(
  mutants: readonly KnownMutant[],
  { state, mayRun = true }: { readonly state?: 'same' | 'edited'; readonly mayRun?: boolean } = {},
): MutationView {
  const mutation: Mutation = {
    version: 1,
    source: 'b'.repeat(32),
    title: 'refund',
    cwd: '/home/dana',
    ranAt: Date.UTC(2026, 0, 2),
    command: ['node', 'agent.ts'],
    baseline: { durationMs: 400, wobbles: [] },
    mutants,
    lines: {},
  };
  return mutationView({ mutation, running: null, mayRun }, places(state));
}

export const detailOf = (id: string): MutantDetail => ({
  id,
  source: LINES.map((text, i) => ({ line: i + 1, text, here: i === 1 })),
  answer: [
    {
      section: 'output',
      field: '',
      before: { text: `The refund is on its way, ${HOSTILE}`, left: 0 },
      after: { text: 'I cannot help with that, whatever it may be that you ask me for.', left: 0 },
      words: [
        { kind: 'removed', text: `The refund is on its way, ${HOSTILE}` },
        { kind: 'added', text: 'I cannot help with that, whatever it may be that you ask me for.' },
      ],
    },
  ],
  reaction: [
    {
      index: 0,
      kind: 'call',
      name: '#0 gpt-4.1',
      summary: HOSTILE,
      failed: true,
      label: 'FAULT',
      other: false,
    },
    { index: 1, kind: 'tool', name: '#1 refund', summary: 'done', failed: false, label: null, other: true },
  ],
  run: [
    { kind: 'same', text: 'exit ' },
    { kind: 'removed', text: '0' },
    { kind: 'added', text: '1' },
  ],
  note: null,
});
