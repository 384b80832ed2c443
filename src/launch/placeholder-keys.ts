import { providerOf } from '../providers/hosts.ts';
import { wholeExchanges } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { Environment } from './child-environment.ts';

/** What stands in a variable that must not be empty. Of no secret's shape, so that nobody takes it for one. */
const PLACEHOLDER = 'replayed-by-rewind';

/** The variables that each vendor's own SDK reads its credentials from; any one of a group will do. */
const VARIABLES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  openai: [['OPENAI_API_KEY']],
  anthropic: [['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN']],
  gemini: [['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY']],
  azure: [['AZURE_OPENAI_API_KEY', 'AZURE_OPENAI_AD_TOKEN']],
  bedrock: [['AWS_ACCESS_KEY_ID'], ['AWS_SECRET_ACCESS_KEY']],
  mistral: [['MISTRAL_API_KEY']],
  groq: [['GROQ_API_KEY']],
  openrouter: [['OPENROUTER_API_KEY']],
  deepseek: [['DEEPSEEK_API_KEY']],
  together: [['TOGETHER_API_KEY']],
  xai: [['XAI_API_KEY']],
  cohere: [['COHERE_API_KEY', 'CO_API_KEY']],
};

/** A recording's providers are known by its beginning; a long one is not read to its end for them. */
const CALLS_READ = 64;

/**
 * Keys for a replay on a machine that has none: SDKs refuse to start without. Only for providers that the recordings
 * talked to, since agents choose a provider by the keys they find.
 */
export function placeholderKeys(
  recordings: readonly SessionReader[],
  env: Environment,
): Record<string, string> {
  const keys: Record<string, string> = {};
  for (const provider of new Set(recordings.flatMap(providersOf))) {
    for (const names of VARIABLES[provider] ?? []) {
      if (names[0] && !names.some(name => env[name])) keys[names[0]] = PLACEHOLDER;
    }
  }
  return keys;
}

function providersOf(recording: SessionReader): string[] {
  const found: string[] = [];
  for (const { seq, request } of wholeExchanges(recording)) {
    if (seq >= CALLS_READ) break;
    found.push(providerOf(request.host, request.path, recording.start.extraHosts)?.id ?? '');
  }
  return found;
}
