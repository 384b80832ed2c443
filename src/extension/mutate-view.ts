import type { MutationSite, MutationView, RunningView } from '../../webview/mutate/messages.ts';
import { plainLine, shortLine } from '../dap/hostile-text.ts';
import { type KnownMutant, type Mutation, siteKey } from './mutate-known.ts';
import type { SiteNow } from './mutate-lines.ts';

/** The usual order of columns; others follow. */
const FAMILIES = ['provider', 'stream', 'output', 'tool-output'];

/** Where call sites are now: `MutateLines`, or a test's. */
export interface SiteFinder {
  at(site: NonNullable<KnownMutant['callSite']>, mutants: readonly KnownMutant[]): SiteNow;
  linesOf(file: string): readonly string[];
}

export interface MutationNow {
  readonly mutation: Mutation;
  readonly running: RunningView | null;
  readonly mayRun: boolean;
}

/** All that the mutation page shows before a mutant is looked at. */
export function mutationView({ mutation, running, mayRun }: MutationNow, places: SiteFinder): MutationView {
  const { source, title, ranAt, mutants } = mutation;
  const used = new Set(mutants.map(({ family }) => family));
  const families = [...FAMILIES.filter(family => used.delete(family)), ...used];
  const groups = sitesInOrder(mutants);
  const rows = new Map(groups.map(([key], row) => [key, row]));
  return {
    source,
    title: plainLine(title),
    ranAt,
    families,
    sites: groups.map(([, here]) => siteView(here, places)),
    mutants: mutants.map(mutant => {
      const { id, operator, summary, detail, step, family, callSite, result } = mutant;
      return {
        id,
        operator,
        summary,
        detail: shortLine(detail, 400),
        step,
        family: families.indexOf(family),
        site: rows.get(siteKey(callSite))!,
        verdict: result?.verdict ?? null,
        reason: shortLine(result?.reason ?? '', 400),
        accepted: result?.accepted ?? false,
        reused: result?.reused ?? false,
        durationMs: result?.durationMs ?? null,
      };
    }),
    running,
    mayRun,
  };
}

/** Call sites by file and line, each with its mutants. */
export function sitesInOrder(
  mutants: readonly KnownMutant[],
): readonly (readonly [key: string, mutants: readonly KnownMutant[]])[] {
  const groups = Map.groupBy(mutants, ({ callSite }) => siteKey(callSite));
  return [...groups].sort(([, [a]], [, [b]]) => {
    const [one, other] = [a!.callSite, b!.callSite];
    if (!one || !other) return one ? -1 : 1;
    return one.file < other.file ? -1 : one.file > other.file ? 1 : one.line - other.line;
  });
}

function siteView(mutants: readonly KnownMutant[], places: SiteFinder): MutationSite {
  const { callSite } = mutants[0]!;
  if (!callSite) {
    return { file: null, shortFile: 'no call site known', line: 0, recordedLine: 0, text: '', state: 'same' };
  }
  const { line, state } = places.at(callSite, mutants);
  return {
    file: callSite.file,
    shortFile: callSite.file.split(/[\\/]/).at(-1)!,
    line,
    recordedLine: callSite.line,
    text: state === 'gone' ? '' : shortLine(places.linesOf(callSite.file)[line - 1]?.trim() ?? '', 160),
    state,
  };
}
