import { providerOf } from '../providers/hosts.ts';

/** A variable that names a provider's base URL, and where it leads by default. */
interface BaseUrlVariable {
  readonly name: string;
  /** Provider id of providers/host-table.ts: how a gateway that the user named here is read. */
  readonly provider: string;
  /** What the SDK uses when the variable is not set; absent where there is no default. */
  readonly usual?: string;
}

const base = (name: string, provider: string, usual?: string): BaseUrlVariable => ({
  name,
  provider,
  ...(usual === undefined ? {} : { usual }),
});

/** Read by the vendors' SDKs and by the tools around them. */
export const baseUrlVariables: readonly BaseUrlVariable[] = [
  base('OPENAI_BASE_URL', 'openai', 'https://api.openai.com/v1'),
  base('OPENAI_API_BASE', 'openai', 'https://api.openai.com/v1'),
  base('ANTHROPIC_BASE_URL', 'anthropic', 'https://api.anthropic.com'),
  base('ANTHROPIC_API_BASE', 'anthropic', 'https://api.anthropic.com'),
  base('ANTHROPIC_BEDROCK_BASE_URL', 'bedrock'),
  base('GOOGLE_GEMINI_BASE_URL', 'gemini', 'https://generativelanguage.googleapis.com'),
  base('GOOGLE_VERTEX_BASE_URL', 'vertex'),
  base('AZURE_OPENAI_ENDPOINT', 'azure'),
  base('AZURE_OPENAI_BASE_URL', 'azure'),
  base('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'bedrock'),
  base('MISTRAL_BASE_URL', 'mistral'),
  base('GROQ_BASE_URL', 'groq', 'https://api.groq.com'),
  base('OPENROUTER_BASE_URL', 'openrouter', 'https://openrouter.ai/api/v1'),
  base('DEEPSEEK_API_BASE', 'deepseek', 'https://api.deepseek.com'),
  base('TOGETHER_BASE_URL', 'together', 'https://api.together.xyz/v1'),
  base('XAI_BASE_URL', 'xai', 'https://api.x.ai/v1'),
  base('CO_API_URL', 'cohere', 'https://api.cohere.com'),
  base('OLLAMA_HOST', 'ollama', 'http://127.0.0.1:11434'),
];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Hosts that the user's base-URL variables name (a gateway, a local model) and the built-in table does not know, as
 * lines for providers/hosts.ts: `host[:port]=provider`.
 */
export function hostsFromEnvironment(env: Environment): string[] {
  const lines = baseUrlVariables.flatMap(({ name, provider }) => {
    const url = readUrl(env[name]);
    if (!url || providerOf(url.host, url.pathname)) return [];
    return [`${url.host.toLowerCase()}=${provider}`];
  });
  return [...new Set(lines)];
}

/**
 * The variables of `--base-urls`: each leads through the proxy's reverse path to where it leads now, or to the
 * vendor's own host. `reverse`: makes a base URL of the proxy from a real one.
 */
export function baseUrlsThroughProxy(
  env: Environment,
  reverse: (url: string) => string,
): Readonly<Record<string, string>> {
  const entries = baseUrlVariables.flatMap(({ name, usual }) => {
    const target = readUrl(env[name])?.href ?? usual;
    return target === undefined ? [] : [[name, reverse(target)] as const];
  });
  return Object.fromEntries(entries);
}

/** OLLAMA_HOST may lack the scheme; Ollama itself then means http. */
function readUrl(value: string | undefined): URL | undefined {
  if (!value) return undefined;
  const withScheme = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  return url && /^https?:$/.test(url.protocol) && url.hostname ? url : undefined;
}
