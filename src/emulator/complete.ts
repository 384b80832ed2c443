import type { Behaviour } from './behaviour.ts';
import { think } from './brain.ts';
import { chooseTurn, type TurnCounts } from './choose-turn.ts';
import type { Completion, CompletionPart } from './completion.ts';
import { reworded } from './noise.ts';
import type { Prompt } from './prompt.ts';
import type { Random } from './random.ts';
import type { Says, Script, ScriptError } from './script.ts';
import { fill, fillText } from './template.ts';
import { tokenPieces } from './tokens.ts';

export type Decision =
  | { readonly completion: Completion; readonly transport: Pick<Says, 'fault' | 'encoding'> }
  | { readonly error: ScriptError };

/** Decides what the model says to a prompt: script, else brain; then rewording, noise and the token limit. */
export function complete(
  prompt: Prompt,
  script: Script,
  counts: TurnCounts,
  behaviour: Behaviour,
  random: Random,
): Decision {
  const chosen = chooseTurn(script, prompt, behaviour.variant ?? undefined, counts);
  if (chosen && 'error' in chosen.answer) {
    const { message, ...error } = chosen.answer.error;
    if (message === undefined) return { error };
    return { error: { ...error, message: fillText(message, prompt, chosen.groups) } };
  }
  const says = chosen?.answer as Says | undefined;
  const parts = chosen && says ? spoken(says, prompt, chosen.groups) : think(prompt);
  const worded = parts.map(part => wordedAgain(part, behaviour, random));
  return { completion: finished(worded, says?.truncated === true, prompt), transport: says ?? {} };
}

function spoken(answer: Says, prompt: Prompt, groups: readonly string[]): CompletionPart[] {
  const say = (text: string) => fillText(text, prompt, groups);
  const parts: CompletionPart[] = [];
  if (answer.reasoning !== undefined) parts.push({ type: 'reasoning', text: say(answer.reasoning) });
  if (answer.text !== undefined) {
    parts.push({ type: 'text', text: say(answer.text).repeat(answer.repeat ?? 1) });
  }
  if (answer.refusal !== undefined) parts.push({ type: 'refusal', text: say(answer.refusal) });
  for (const call of answer.toolCalls ?? []) {
    parts.push({
      type: 'tool_call',
      name: call.name,
      arguments: fill(call.arguments ?? {}, prompt, groups),
    });
  }
  return parts;
}

function wordedAgain(part: CompletionPart, behaviour: Behaviour, random: Random): CompletionPart {
  if (part.type !== 'text') return part;
  let text = part.text;
  for (const [from, to] of Object.entries(behaviour.rewording)) text = text.replaceAll(from, to);
  if (behaviour.noise && random.chance(behaviour.noise.probability)) text = reworded(text, random);
  return { type: 'text', text };
}

function finished(parts: readonly CompletionPart[], truncated: boolean, prompt: Prompt): Completion {
  if (parts.some(part => part.type === 'tool_call')) return { parts, finish: 'tool_calls' };
  if (parts.some(part => part.type === 'refusal')) return { parts, finish: 'refusal' };
  const limited = withinTokens(parts, prompt.maxTokens);
  return limited ?? { parts, finish: truncated ? 'length' : 'stop' };
}

/** Longer than any piece of ordinary text; a bound that keeps a huge text from being split as a whole. */
const CHARACTERS_PER_TOKEN = 16;

/** The parts with the text cut off at the token limit asked for; undefined where it is within it. */
function withinTokens(parts: readonly CompletionPart[], limit: number | null): Completion | undefined {
  const index = parts.findIndex(part => part.type === 'text');
  const part = parts[index];
  // A text has at most as many pieces as characters: the usual answer is never split here.
  if (limit === null || part?.type !== 'text' || part.text.length <= limit) return undefined;
  const start = part.text.slice(0, limit * CHARACTERS_PER_TOKEN);
  const kept = tokenPieces(start).slice(0, limit).join('');
  if (kept === part.text) return undefined;
  return { parts: [...parts.slice(0, index), { type: 'text', text: kept }], finish: 'length' };
}
