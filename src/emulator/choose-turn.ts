import { globMatches } from './glob.ts';
import { lastUserText, latestToolTurns, type Prompt } from './prompt.ts';
import type { Fails, Says, Script, ScriptAnswer, TextMatch, Turn, TurnMatch } from './script.ts';

/** How often each turn's conditions were met so far; by index of the turn. */
export type TurnCounts = Map<number, number>;

export interface Chosen {
  readonly answer: Says | Fails;
  /** Groups of the regular expression that matched the user's text. */
  readonly groups: readonly string[];
}

/** The first turn that answers this prompt. Every turn whose conditions are met counts it, the one that answers or not. */
export function chooseTurn(
  script: Script,
  prompt: Prompt,
  variant: string | undefined,
  counts: TurnCounts,
): Chosen | undefined {
  let chosen: Chosen | undefined;
  for (const [index, turn] of script.turns.entries()) {
    const groups = meets(turn.match ?? {}, prompt);
    if (!groups) continue;
    const nth = (counts.get(index) ?? 0) + 1;
    counts.set(index, nth);
    if (turn.match?.nth !== undefined && turn.match.nth !== nth) continue;
    chosen ??= { answer: settle(answerOf(turn, variant), nth), groups };
  }
  return chosen;
}

function answerOf(turn: Turn, variant: string | undefined): ScriptAnswer {
  return (variant !== undefined && turn.variants?.[variant]) || turn.answer;
}

/** A sequence gives its n-th answer to the n-th match, and its last one from then on. */
function settle(answer: ScriptAnswer, nth: number): Says | Fails {
  if (!('sequence' in answer)) return answer;
  return settle(answer.sequence[Math.min(nth, answer.sequence.length) - 1]!, nth);
}

function meets(match: TurnMatch, prompt: Prompt): readonly string[] | undefined {
  if (match.provider !== undefined && match.provider !== prompt.provider) return undefined;
  if (match.model !== undefined && !globMatches(match.model, prompt.model)) return undefined;
  if (match.system !== undefined && !textMeets(match.system, prompt.system)) return undefined;
  if (match.toolResult !== undefined) {
    const results = latestToolTurns(prompt);
    if (match.toolResult === false && results.length > 0) return undefined;
    if (match.toolResult === true && results.length === 0) return undefined;
    const glob = match.toolResult;
    if (typeof glob === 'string' && !results.some(result => globMatches(glob, result.name))) return undefined;
  }
  return match.user === undefined ? [] : textMeets(match.user, lastUserText(prompt));
}

function textMeets(match: TextMatch, text: string): readonly string[] | undefined {
  const { contains, matches } =
    typeof match === 'string' ? { contains: match, matches: undefined } : { matches: undefined, ...match };
  if (contains !== undefined && !text.toLowerCase().includes(contains.toLowerCase())) return undefined;
  if (matches === undefined) return [];
  const found = new RegExp(matches, 'iu').exec(text);
  return found ? [...found].map(group => group ?? '') : undefined;
}
