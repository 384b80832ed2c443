import { RewindError } from '../errors.ts';
import type { Accepted } from '../mutate/accepted.ts';

type Config = Readonly<Record<string, unknown>> & {
  readonly mutate?: { readonly accept?: readonly Accepted[] };
};

/**
 * The text of `rewind.config.json` with a finding taken for right, or no longer so. `text`: null where there is no file yet. All
 * else in it stays. Throws RewindError `bad-config` where it is no JSON object: a broken file is not written over.
 */
export function acceptedIn(text: string | null, finding: Accepted, accept: boolean): string {
  const config = text === null ? {} : parsed(text);
  const others = (config.mutate?.accept ?? []).filter(
    ({ mutant, verdict }) => mutant !== finding.mutant || verdict !== finding.verdict,
  );
  const mutate = { ...config.mutate, accept: accept ? [...others, finding] : others };
  const indent = /^([\t ]+)"/m.exec(text ?? '')?.[1] ?? '  ';
  return `${JSON.stringify({ ...config, mutate }, null, indent)}\n`;
}

function parsed(text: string): Config {
  let config: unknown;
  try {
    config = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    config = null;
  }
  const isObject = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const { mutate } = (config ?? {}) as { readonly mutate?: { readonly accept?: unknown } };
  const isSound = mutate === undefined || (isObject(mutate) && Array.isArray(mutate.accept ?? []));
  if (isObject(config) && isSound) return config as Config;
  throw new RewindError(
    'bad-config',
    'rewind.config.json cannot be read',
    'Mend the file, then accept the finding again.',
  );
}
