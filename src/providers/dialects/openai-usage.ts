import { asNumber, asObject, isObject, type Json } from '../../wire/json.ts';
import type { Usage } from '../call.ts';

/**
 * Token counts of the OpenAI Chat Completions form and its kin
 * (https://platform.openai.com/docs/api-reference/chat/object#chat/object-usage).
 * - `prompt_tokens` includes cached ones, everywhere.
 * - `completion_tokens` includes reasoning; not at xAI, where it stands beside, nor at Google's compatible endpoint, where
 *   only the total shows it.
 * - Cached: OpenAI `prompt_tokens_details.cached_tokens`, DeepSeek `prompt_cache_hit_tokens`, Moonshot `cached_tokens`.
 */
export function openaiUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const prompt = asNumber(value.prompt_tokens);
  const completion = asNumber(value.completion_tokens);
  if (prompt === undefined && completion === undefined) return null;
  const promptDetails = asObject(value.prompt_tokens_details);
  const input = prompt ?? 0;
  const stated = completion ?? 0;
  const told =
    asNumber(asObject(value.completion_tokens_details).reasoning_tokens) ?? asNumber(value.reasoning_tokens);
  const beside = (asNumber(value.total_tokens) ?? 0) - input - stated;
  const detailed = isObject(value.prompt_tokens_details) || isObject(value.completion_tokens_details);
  const untold = told === undefined && !detailed && completion !== undefined && beside > 0;
  const reasoning = untold ? beside : (told ?? 0);
  const output = reasoning > 0 && beside === reasoning ? stated + reasoning : stated;
  const cost = asNumber(value.cost) ?? asNumber(asObject(value.cost).total_cost);
  return {
    input,
    output,
    cachedInput:
      asNumber(promptDetails.cached_tokens) ??
      asNumber(value.prompt_cache_hit_tokens) ??
      asNumber(value.cached_tokens) ??
      0,
    cacheWrite:
      asNumber(promptDetails.cache_write_tokens) ?? asNumber(promptDetails.cache_creation_input_tokens) ?? 0,
    reasoning,
    ...(cost === undefined ? {} : { billedUsd: cost }),
  };
}
