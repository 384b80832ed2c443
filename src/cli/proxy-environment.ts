import { interceptVariables } from '../launch/intercept-variables.ts';
import type { TrustFiles } from '../launch/trust-files.ts';
import { shellWord } from './session-line.ts';

/** What a process started by somebody else needs to go through the proxy. No hooks: their files may not be there. */
export function proxyEnvironment(
  url: string,
  trust: TrustFiles,
  tools: string,
  replaying: boolean,
): Readonly<Record<string, string>> {
  const values = {
    'proxy-url': url,
    'other-proxy': url,
    'no-proxy': 'localhost,127.0.0.1,::1',
    'extra-ca': trust.extra,
    'ca-bundle': trust.bundle,
    one: '1',
  };
  return {
    ...Object.fromEntries(interceptVariables.map(({ name, kind }) => [name, values[kind]])),
    REWIND_TOOLS: tools,
    ...(replaying ? { REWIND_REPLAY: 'own' } : {}),
  };
}

/** For `eval` in a POSIX shell. */
export function exportLines(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}=${shellWord(value)}`)
    .join('\n');
}
