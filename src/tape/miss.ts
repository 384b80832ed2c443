import type { WireRequest } from '../wire/exchange.ts';
import { parseJson } from './canonical-json.ts';
import { type FieldDifference, fieldDifferences } from './field-diff.ts';
import { startWalk } from './json-path.ts';
import { type Fingerprint, plainBody } from './match-key.ts';
import { nearestSlot } from './nearest.ts';
import { normaliseBody } from './normalise.ts';
import type { MatchConfig, MatchRules } from './rules.ts';
import type { Slot } from './slots.ts';
import { suggestRule } from './suggest-rule.ts';

/**
 * Why no recorded answer fits.
 * - `changed`: the endpoint was called, never with this request.
 * - `other-endpoint`: nothing was recorded for this method, host and path.
 * - `used-up`: recorded, and every answer was given.
 * - `unfinished`: recorded, but the recorder died before the answer's end.
 * - `behind-the-fork`: recorded behind the step at which this run forks.
 * - `empty-session`: the session has no calls.
 */
export type MissReason =
  | 'changed'
  | 'other-endpoint'
  | 'used-up'
  | 'unfinished'
  | 'behind-the-fork'
  | 'empty-session';

/** A place where the asked request differs from the nearest recorded one, as short texts; null = nothing there. */
export interface MissDifference {
  /** JSON path in the body, or `endpoint`, or `body` for bodies that are no JSON. */
  readonly path: string;
  readonly recorded: string | null;
  readonly asked: string | null;
}

export interface Miss {
  /** The asking request's own `seq`. */
  readonly seq: number;
  readonly reason: MissReason;
  readonly endpoint: string;
  readonly model: string | null;
  /** The match key: equal for the same miss again. */
  readonly fingerprint: string;
  /** `similarity`: 0 to 1. */
  readonly nearest: { readonly seq: number; readonly similarity: number } | null;
  readonly differences: readonly MissDifference[];
  /** The `match` setting that would have made the nearest request's answer fit; tried out. */
  readonly rule: MatchConfig | null;
}

export interface MissQuestion {
  readonly seq: number;
  readonly request: WireRequest;
  readonly print: Fingerprint;
  readonly reason: MissReason;
  readonly slots: readonly Slot[];
  readonly recorded: (seq: number) => WireRequest;
  readonly rules: MatchRules;
  readonly extraHosts: readonly string[];
}

export function describeMiss(question: MissQuestion): Miss {
  const { seq, request, print, reason, slots, rules, extraHosts } = question;
  const same = slots.findLast(slot => slot.fingerprint.key === print.key);
  const nearest = same
    ? { slot: same, similarity: 1 }
    : nearestSlot(slots, print, request, question.recorded);
  const recorded = nearest && question.recorded(nearest.slot.seq);
  const differences = recorded
    ? requestDifferences(nearest.slot.fingerprint, recorded, print, request, rules)
    : [];
  return {
    seq,
    reason,
    endpoint: print.endpoint,
    model: print.model,
    fingerprint: print.key,
    nearest: nearest && { seq: nearest.slot.seq, similarity: nearest.similarity },
    differences: differences.map(shortened),
    rule: recorded && suggestRule({ recorded, asked: request, differences, rules, extraHosts }),
  };
}

function requestDifferences(
  print: Fingerprint,
  recorded: WireRequest,
  askedPrint: Fingerprint,
  asked: WireRequest,
  rules: MatchRules,
): readonly FieldDifference[] {
  const endpoint =
    print.endpoint === askedPrint.endpoint
      ? []
      : [{ path: 'endpoint', before: print.endpoint, after: askedPrint.endpoint }];
  return [...endpoint, ...bodyDifferences(plainBody(recorded), plainBody(asked), rules)];
}

function bodyDifferences(recorded: Buffer, asked: Buffer, rules: MatchRules): readonly FieldDifference[] {
  const walk = startWalk(rules.ignore);
  try {
    const [before, after] = [recorded, asked].map(bytes =>
      normaliseBody(parseJson(bytes.toString('utf8')), walk, rules.masks),
    );
    return fieldDifferences(before, after);
  } catch {
    // Not JSON, or nested beyond reason: there are no fields to name.
    if (recorded.equals(asked)) return [];
    return [{ path: 'body', before: `${recorded.length} bytes`, after: `${asked.length} bytes` }];
  }
}

/** Characters of a value that are shown; where two texts differ, the place that differs is in sight. */
const SHOWN = 120;

function shortened({ path, before, after }: FieldDifference): MissDifference {
  const [recorded, asked] = [before, after].map(value =>
    value === undefined ? null : JSON.stringify(value),
  );
  if (recorded == null || asked == null) return { path, recorded: clip(recorded, 0), asked: clip(asked, 0) };
  let start = 0;
  while (start < recorded.length && recorded[start] === asked[start]) start++;
  const from = Math.max(0, start - SHOWN / 3);
  return { path, recorded: clip(recorded, from), asked: clip(asked, from) };
}

function clip(text: string | null | undefined, from: number): string | null {
  if (text == null) return null;
  const start = from > 0 && text.length > SHOWN ? from : 0;
  const part = text.slice(start, start + SHOWN);
  return `${start > 0 ? '…' : ''}${part}${start + SHOWN < text.length ? '…' : ''}`;
}

const REASONS: Readonly<Record<MissReason, string>> = {
  changed: 'No recorded request says the same.',
  'other-endpoint': 'The session has no call to this endpoint.',
  'used-up': 'It was recorded, and each of its answers was given already.',
  unfinished: 'It was recorded, but the recording broke off before its answer was complete.',
  'behind-the-fork': 'It was recorded only behind the step where this run forks.',
  'empty-session': 'The session has no calls.',
};

/** Differences that a person reads before giving up. */
const LISTED = 6;

/** For the terminal, without colours; several lines, no line break at the end. */
export function explainMiss(miss: Miss): string {
  const { differences, nearest, rule } = miss;
  const lines = [
    `${miss.endpoint}${miss.model ? ` (${miss.model})` : ''} has no recorded answer.`,
    `  ${REASONS[miss.reason]}`,
  ];
  if (nearest && miss.reason !== 'used-up' && miss.reason !== 'unfinished') {
    lines.push(
      `  Nearest is recorded call ${nearest.seq} (${Math.floor(nearest.similarity * 100)} % alike). What differs:`,
    );
    for (const { path, recorded, asked } of differences.slice(0, LISTED)) {
      lines.push(
        `    ${path}`,
        `      recorded  ${recorded ?? '(nothing)'}`,
        `      asked     ${asked ?? '(nothing)'}`,
      );
    }
    if (differences.length > LISTED) lines.push(`    and ${differences.length - LISTED} more places`);
  }
  if (rule)
    lines.push('  This in rewind.config.json would have matched:', `    ${JSON.stringify({ match: rule })}`);
  return lines.join('\n');
}
