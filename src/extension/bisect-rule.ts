import type { NamedCause } from '../bisect/report.ts';
import { type FieldDifference, fieldDifferences } from '../tape/field-diff.ts';
import { plainBody } from '../tape/match-key.ts';
import type { MatchConfig } from '../tape/rules.ts';
import { ruleFor } from '../tape/suggest-rule.ts';
import type { CallStep, Timeline } from '../timeline/timeline.ts';
import type { BothRuns, RowCalls } from './bisect-rows.ts';

/** More places than this are another request, not something to ignore. */
const MOST = 8;

/** The `match` setting under which a cause's difference does not count; null where it is not in the request's body. */
export function ruleOf(cause: NamedCause, { good, bad }: RowCalls, runs: BothRuns): MatchConfig | null {
  if (!good || !bad || !/^[a-z_]+/i.test(cause.field) || OUTSIDE.test(cause.field)) return null;
  const [before, after] = [bodyOf(runs.good, good), bodyOf(runs.bad, bad)];
  if (before === undefined || after === undefined) return null;
  const all = fieldDifferences(before, after, MOST + 1);
  if (all.length > MOST) return null;
  const own = all.filter(difference => belongs(cause, difference));
  // An isolated cause is all that differs, whatever the dialect calls the place.
  const alone = cause.status === 'ISOLATED' || cause.status === 'VERIFIED' || all.length === 1;
  return ruleFor(own.length > 0 ? own : alone ? all : []);
}

/** Fields of the answer, of the run, of the way there. */
const OUTSIDE = /^(response|run|environment|agent|attempts)\b/;

function belongs({ field, evidence }: NamedCause, { path, before, after }: FieldDifference): boolean {
  const place = path.replace(/^\$\.?/, '');
  if (place === field || place.startsWith(`${field}.`) || place.startsWith(`${field}[`)) return true;
  return written(before) === evidence.good && written(after) === evidence.bad;
}

const written = (value: unknown): string | null =>
  value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value);

function bodyOf({ session }: Timeline, { seq }: CallStep): unknown {
  const text = plainBody(session.exchange(seq).request).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON: no path leads into it.
    return undefined;
  }
}

/** `ignore $.metadata.run_id, mask uuid` */
export function ruleText({ ignore = [], mask = [] }: MatchConfig): string {
  return [
    ...ignore.map(path => `ignore ${path}`),
    ...mask.map(one => `mask ${typeof one === 'string' ? one : (one.name ?? one.pattern)}`),
  ].join(', ');
}
