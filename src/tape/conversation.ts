import type { WireRequest } from '../wire/exchange.ts';
import { withoutHeaders } from '../wire/headers.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../wire/json.ts';
import { plainBody } from './match-key.ts';

/** A request's list of messages, as it stands in the body. */
export interface Conversation {
  readonly body: JsonObject;
  /** The member that holds the list. */
  readonly key: string;
  readonly elements: readonly Json[];
}

/** Null for a request that carries no list of messages. */
export function conversationOf(request: WireRequest): Conversation | null {
  const json = parseJson(plainBody(request));
  if (!json.ok || !isObject(json.value)) return null;
  for (const key of ['messages', 'input', 'contents']) {
    const elements = json.value[key];
    if (Array.isArray(elements)) return { body: json.value, key, elements };
  }
  return null;
}

/** The answer that the provider keeps and that this request goes on from (OpenAI Responses). */
export const previousAnswer = ({ body }: Conversation): Json | undefined =>
  body.previous_response_id ?? undefined;

export function withElements(
  request: WireRequest,
  { body, key }: Conversation,
  elements: readonly Json[],
): WireRequest {
  return withBody(request, JSON.stringify({ ...body, [key]: elements }));
}

/** The request with another body, uncompressed; its length is the sender's to tell. */
export function withBody(request: WireRequest, text: string): WireRequest {
  const headers = withoutHeaders(request.headers, new Set(['content-encoding', 'content-length']));
  return { ...request, headers, body: Buffer.from(text) };
}

/**
 * Texts of an answer and what they were, as they stand inside JSON strings, for conversations that quote them; short ones
 * could be anyone's.
 */
export function quotedWords(
  originals: readonly string[],
  texts: readonly string[],
): readonly (readonly [text: string, original: string])[] {
  return texts.flatMap((text, i) => {
    const original = originals[i];
    if (original === undefined || text === original || text.length < 12) return [];
    return [[inJson(text), inJson(original)] as const];
  });
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** The request with words put right; null where it has none of them. */
export function withWords(
  request: WireRequest,
  words: readonly (readonly [text: string, original: string])[],
): WireRequest | null {
  if (words.length === 0) return null;
  const body = plainBody(request).toString('utf8');
  let right = body;
  for (const [text, original] of words) right = right.replaceAll(text, () => original);
  return right === body ? null : withBody(request, right);
}
