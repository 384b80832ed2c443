import { header } from '../wire/headers.ts';
import type { Api, Incoming, Vendor } from './api.ts';
import { anthropic } from './vendors/anthropic.ts';
import { anthropicCountTokens, anthropicMessages } from './vendors/anthropic-messages.ts';
import { azure } from './vendors/azure.ts';
import { azureChat } from './vendors/azure-chat.ts';
import { bedrock } from './vendors/bedrock.ts';
import { bedrockConverse } from './vendors/bedrock-converse.ts';
import { bedrockInvoke, bedrockTitanEmbed } from './vendors/bedrock-invoke.ts';
import { gemini } from './vendors/gemini.ts';
import { geminiEmbeddings } from './vendors/gemini-embeddings.ts';
import { geminiCountTokens, geminiGenerate } from './vendors/gemini-generate.ts';
import { anthropicModels, geminiModels, openaiModels } from './vendors/model-lists.ts';
import { ollamaChat } from './vendors/ollama.ts';
import { openai } from './vendors/openai.ts';
import { openaiChat } from './vendors/openai-chat.ts';
import { azureEmbeddings, openaiEmbeddings } from './vendors/openai-embeddings.ts';
import { azureResponses, openaiResponses } from './vendors/openai-responses.ts';

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** A header that tells vendors with the same path apart. */
  readonly needs?: string;
  readonly api: Api;
}

/** Paths by their end, so that gateways' prefixes (/openai/v1, /api/v1 …) work too. The first match wins. */
const ROUTES: readonly Route[] = [
  { method: 'POST', path: /\/models\/[^/]+:(stream)?generateContent$/i, api: geminiGenerate },
  { method: 'POST', path: /\/models\/[^/]+:countTokens$/, api: geminiCountTokens },
  { method: 'POST', path: /\/models\/[^/]+:(embedContent|batchEmbedContents)$/, api: geminiEmbeddings },
  { method: 'POST', path: /\/messages\/count_tokens$/, api: anthropicCountTokens },
  { method: 'POST', path: /\/messages$/, api: anthropicMessages },
  { method: 'POST', path: /\/model\/[^/]+\/converse(-stream)?$/, api: bedrockConverse },
  { method: 'POST', path: /\/model\/[^/]*titan-embed[^/]*\/invoke$/, api: bedrockTitanEmbed },
  { method: 'POST', path: /\/model\/[^/]+\/invoke(-with-response-stream)?$/, api: bedrockInvoke },
  { method: 'POST', path: /\/openai\/deployments\/[^/]+\/chat\/completions$/, api: azureChat },
  { method: 'POST', path: /\/openai\/deployments\/[^/]+\/embeddings$/, api: azureEmbeddings },
  { method: 'POST', path: /\/chat\/completions$/, needs: 'api-key', api: azureChat },
  { method: 'POST', path: /\/responses$/, needs: 'api-key', api: azureResponses },
  { method: 'POST', path: /\/embeddings$/, needs: 'api-key', api: azureEmbeddings },
  { method: 'POST', path: /\/chat\/completions$/, api: openaiChat },
  { method: 'POST', path: /\/responses$/, api: openaiResponses },
  { method: 'POST', path: /\/embeddings$/, api: openaiEmbeddings },
  { method: 'POST', path: /^\/api\/chat$/, api: ollamaChat },
  { method: 'GET', path: /\/v1\/models$/, needs: 'anthropic-version', api: anthropicModels },
  { method: 'GET', path: /\/v1beta\/models$/, api: geminiModels },
  { method: 'GET', path: /\/models$/, api: openaiModels },
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
  if (request.path.startsWith('/model/')) return bedrock;
  return header(request.headers, 'api-key') === undefined ? openai : azure;
}
