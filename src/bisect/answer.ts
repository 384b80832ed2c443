import type { Call, Part } from '../providers/call.ts';
import { canonicalJson } from '../tape/canonical-json.ts';

/** What of a call, or of a step, is its answer. */
export type AnswerFacts = Pick<Call, 'output' | 'finishReason' | 'error'>;

/** A finish reason by its meaning; vendors have many words for four of them. */
export type Ending = 'done' | 'tools' | 'length' | 'withheld' | 'malformed' | 'open';

const LENGTH =
  /^(length|max_tokens|max_output_tokens|max_completion_tokens|model_length|error_limit|model_context_window_exceeded|incomplete)$/i;
const WITHHELD =
  /^(refusal|content_filter(ed)?|safety|recitation|blocklist|prohibited_content|spii|image_safety|error_toxic|guardrail_intervened|user_abuse)$/i;
const MALFORMED = /^(malformed_\w+|unexpected_tool_call|error)$/i;

export function endingOf({ finishReason, output }: Pick<Call, 'finishReason' | 'output'>): Ending {
  if (finishReason === null) return 'open';
  if (LENGTH.test(finishReason)) return 'length';
  if (WITHHELD.test(finishReason)) return 'withheld';
  if (MALFORMED.test(finishReason)) return 'malformed';
  return output.parts.some(part => part.type === 'tool_call') ? 'tools' : 'done';
}

/**
 * What a call's answer made the agent do: its tool calls, in any order, or else its text; how it ended; its error.
 * Reasoning, ids, and words beside tool calls are left out.
 */
export function behaviourOf({ output, finishReason, error }: AnswerFacts): string {
  if (error) return canonicalJson(['error', error.status, error.type]);
  const calls = callsIn(output.parts);
  const ending = endingOf({ finishReason, output });
  // Some hosts stream no finish reason at all: that alone is no behaviour.
  const closed = ending === 'open' || ending === 'done' || ending === 'tools' ? 'closed' : ending;
  if (calls.length > 0) return canonicalJson([closed, calls]);
  return canonicalJson([closed, saidIn(output.parts), output.alternatives.map(saidIn)]);
}

/** All of an answer that is worth comparing: what it made the agent do, every word, and what server tools did. */
export function answerKey(step: AnswerFacts): string {
  const { output } = step;
  return `${behaviourOf(step)}\n${canonicalJson([saidIn(output.parts), output.alternatives.map(saidIn), serverBlocks(output.parts)])}`;
}

export function callsIn(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(part => (part.type === 'tool_call' ? [callText(part.call)] : [])).sort();
}

export function callText({
  name,
  arguments: parsed,
  argumentsText,
}: {
  readonly name: string;
  readonly arguments: unknown;
  readonly argumentsText: string;
}): string {
  return `${name}(${parsed === undefined ? argumentsText : canonicalJson(parsed)})`;
}

/** Its words, refusals included. */
export function saidIn(parts: readonly Part[]): string {
  return parts
    .flatMap(part => (part.type === 'text' || part.type === 'refusal' ? [part.text] : []))
    .join('')
    .trim();
}

const REASONING = /reason|think|thought|redacted/i;
const SERVER_MADE = /^(id|.*_id|.*Id|encrypted_.*|signature|thoughtSignature|status|caller)$/;

/** Blocks that the provider made itself (web search, code execution …), without ids and what is encrypted. */
export function serverBlocks(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(part =>
    part.type === 'other' && !REASONING.test(part.kind)
      ? [canonicalJson([part.kind, withoutIds(part.value)])]
      : [],
  );
}

export function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (SERVER_MADE.test(key) ? [] : [[key, withoutIds(one)]])),
  );
}
