import { header } from '../wire/headers.ts';
import type { Api, Incoming, Vendor } from './api.ts';
import { anthropic } from './vendors/anthropic.ts';
import { anthropicCountTokens, anthropicMessages } from './vendors/anthropic-messages.ts';
import { gemini } from './vendors/gemini.ts';
import { geminiCountTokens, geminiGenerate } from './vendors/gemini-generate.ts';
import { openai } from './vendors/openai.ts';
import { openaiChat } from './vendors/openai-chat.ts';

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** A header that tells vendors with the same path apart. */
  readonly needs?: string;
  readonly api: Api;
}

/** Paths by their end, so that gateways' prefixes (/openai/v1, /api/v1 …) work too. First match wins. */
const ROUTES: readonly Route[] = [
  { method: 'POST', path: /\/models\/[^/]+:(stream)?generateContent$/i, api: geminiGenerate },
  { method: 'POST', path: /\/models\/[^/]+:countTokens$/, api: geminiCountTokens },
  { method: 'POST', path: /\/messages\/count_tokens$/, api: anthropicCountTokens },
  { method: 'POST', path: /\/messages$/, api: anthropicMessages },
  { method: 'POST', path: /\/chat\/completions$/, api: openaiChat },
];

export function findApi(request: Incoming): Api | undefined {
  return ROUTES.find(
    route =>
      route.method === request.method &&
      route.path.test(request.path) &&
      (route.needs === undefined || header(request.headers, route.needs) !== undefined),
  )?.api;
}

/** Whose error an unknown path gets. */
export function likelyVendor(request: Incoming): Vendor {
  if (header(request.headers, 'anthropic-version') !== undefined) return anthropic;
  if (/^\/v1(beta|alpha)\//.test(request.path)) return gemini;
  return openai;
}
