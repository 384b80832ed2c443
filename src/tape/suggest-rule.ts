import type { WireRequest } from '../wire/exchange.ts';
import type { FieldDifference } from './field-diff.ts';
import { BUILT_IN_MASKS } from './masks.ts';
import { MatchKeyer } from './match-key.ts';
import { type MaskConfig, type MatchConfig, type MatchRules, parseRules } from './rules.ts';

/** More places than this are another request, not a volatile one. */
const MOST = 8;
/** Characters of the text before a number that its mask keeps. */
const CONTEXT = 24;

export interface RuleQuestion {
  readonly recorded: WireRequest;
  readonly asked: WireRequest;
  readonly differences: readonly FieldDifference[];
  readonly rules: MatchRules;
  readonly extraHosts: readonly string[];
}

/**
 * The narrowest `match` setting under which the two requests have one key: a built-in mask where only dates, ids,
 * paths or ports differ, a mask for a number by the words before it, else the path to ignore. Tried out before
 * it is proposed; null where nothing of the kind helps.
 */
export function suggestRule(question: RuleQuestion): MatchConfig | null {
  const { differences } = question;
  if (differences.length > MOST) return null;
  const config = ruleFor(differences);
  return config && wouldMatch(config, question) ? config : null;
}

/** The narrowest setting that hides these differences, as far as they stand in bodies of JSON; not tried out. */
export function ruleFor(differences: readonly FieldDifference[]): MatchConfig | null {
  const masks = new Map<string, string | MaskConfig>();
  const ignore = new Set<string>();
  for (const difference of differences) {
    const found = masksFor(difference);
    if (found) for (const mask of found) masks.set(JSON.stringify(mask), mask);
    else if (difference.path.startsWith('$')) ignore.add(difference.path);
  }
  const config: MatchConfig = {
    ...(ignore.size > 0 ? { ignore: [...ignore] } : {}),
    ...(masks.size > 0 ? { mask: [...masks.values()] } : {}),
  };
  return ignore.size + masks.size > 0 ? config : null;
}

function wouldMatch(config: MatchConfig, { recorded, asked, rules, extraHosts }: RuleQuestion): boolean {
  const added = parseRules(config);
  const merged = { ignore: [...rules.ignore, ...added.ignore], masks: [...rules.masks, ...added.masks] };
  const keyer = new MatchKeyer(merged, extraHosts);
  return keyer.fingerprint(recorded).key === keyer.fingerprint(asked).key;
}

function masksFor({ before, after }: FieldDifference): readonly (string | MaskConfig)[] | null {
  if (typeof before !== 'string' || typeof after !== 'string') return null;
  const names = Object.keys(BUILT_IN_MASKS);
  const hidden = (used: readonly string[], text: string): string =>
    used.reduce((rest, name) => rest.replace(BUILT_IN_MASKS[name]!, `<${name}>`), text);
  const equalUnder = (used: readonly string[]): boolean => hidden(used, before) === hidden(used, after);
  if (!equalUnder(names)) return numberMasks(before, after);
  // Drop each mask that is not needed.
  return names.reduce<readonly string[]>((used, name) => {
    const fewer = used.filter(kept => kept !== name);
    return equalUnder(fewer) ? fewer : used;
  }, names);
}

/** Where only numbers differ: each such number, by the words before it. */
function numberMasks(before: string, after: string): readonly MaskConfig[] | null {
  const number = /\d+/g;
  if (before.replace(number, '0') !== after.replace(number, '0')) return null;
  const left = [...before.matchAll(number)];
  const masks = new Map<string, MaskConfig>();
  [...after.matchAll(number)].forEach((found, i) => {
    if (found[0] === left[i]![0]) return;
    const context = after
      .slice(Math.max(0, found.index - CONTEXT), found.index)
      .replace(/^[\s\S]*[\d\n]/, '');
    const escaped = context.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    // Without words before it, the pattern would hide every number of every message.
    if (/[A-Za-z]/.test(context)) masks.set(escaped, { name: 'number', pattern: `(?<=${escaped})\\d+` });
  });
  return masks.size > 0 && masks.size <= 3 ? [...masks.values()] : null;
}
