import { type Credentials, withCredentials } from '../bisect/live/overheard.ts';
import { providerOf } from '../providers/hosts.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { header } from '../wire/headers.ts';

/** Variables in which vendors' SDKs look for a key, where that is not the provider's name with `_API_KEY`. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  gemini: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  vertex: ['GOOGLE_API_KEY'],
  azure: ['AZURE_OPENAI_API_KEY'],
  'azure-inference': ['AZURE_INFERENCE_CREDENTIAL', 'AZURE_AI_API_KEY'],
  bedrock: ['AWS_BEARER_TOKEN_BEDROCK'],
  cohere: ['CO_API_KEY', 'COHERE_API_KEY'],
  huggingface: ['HF_TOKEN'],
  'github-models': ['GITHUB_TOKEN'],
  'vercel-gateway': ['AI_GATEWAY_API_KEY'],
  // A host of the user's own mostly speaks OpenAI's dialect, and takes its key.
  unknown: ['OPENAI_API_KEY'],
};

/** Headers that carry a bare key; every other key goes as `Authorization: Bearer`. */
const KEY_HEADERS = ['x-api-key', 'api-key', 'x-goog-api-key'];

/** The user's own keys, from the environment, in the header that the recorded request had its key in. */
export function environmentCredentials(
  env: Readonly<Record<string, string | undefined>>,
  hosts: readonly string[],
): Credentials {
  return request => {
    const { id, local } = providerOf(request.host, request.path, hosts) ?? { id: 'unknown', local: false };
    if (local) return request;
    const names = VARIABLES[id] ?? [`${id.replace(/\W/g, '_').toUpperCase()}_API_KEY`];
    const key = names.map(name => env[name]).find(Boolean);
    if (key === undefined) return `${names.join(' or ')} is not set`;
    const bare = keyHeaderOf(request);
    const credential: readonly [string, string] =
      bare === null ? ['authorization', `Bearer ${key}`] : [bare, key];
    return withCredentials(request, [credential], new Map([['key', encodeURIComponent(key)]]));
  };
}

const keyHeaderOf = ({ headers }: WireRequest): string | null =>
  KEY_HEADERS.find(name => header(headers, name) !== undefined) ?? null;
