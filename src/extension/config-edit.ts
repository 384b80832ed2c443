import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RewindError } from '../errors.ts';
import type { MatchConfig } from '../tape/rules.ts';

const CONFIG_FILE = 'rewind.config.json';

/** The configuration of a folder: the nearest file upward, as the engine looks for it; else one to be made there. */
export function configFileOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, CONFIG_FILE);
    if (existsSync(file)) return file;
    if (dirname(at) === at) return join(folder, CONFIG_FILE);
  }
}

export const isConfigFile = (path: string): boolean => /[\\/]rewind\.config\.json$/.test(path);

/** The configuration with a rule more. Throws as `editedConfig`. */
export function withRule(text: string, rule: MatchConfig): string {
  return editedConfig(text, config => {
    const match = isObject(config.match) ? config.match : {};
    const merged: Record<string, unknown> = { ...match };
    for (const name of ['ignore', 'mask'] as const) {
      const added = rule[name];
      if (!added) continue;
      const known: readonly unknown[] = Array.isArray(match[name]) ? match[name] : [];
      const seen = new Set(known.map(one => JSON.stringify(one)));
      merged[name] = [...known, ...added.filter(one => !seen.has(JSON.stringify(one)))];
    }
    return { ...config, match: merged };
  });
}

/** The configuration with a rule less, and no empty list left of it. Throws as `editedConfig`. */
export function withoutRule(text: string, rule: MatchConfig): string {
  return editedConfig(text, ({ match, ...config }) => {
    const left: Record<string, unknown> = isObject(match) ? { ...match } : {};
    for (const name of ['ignore', 'mask'] as const) {
      const known = left[name];
      if (!Array.isArray(known)) continue;
      const gone = new Set(rule[name]?.map(one => JSON.stringify(one)));
      left[name] = known.filter(one => !gone.has(JSON.stringify(one)));
      if ((left[name] as unknown[]).length === 0) delete left[name];
    }
    return Object.keys(left).length > 0 ? { ...config, match: left } : config;
  });
}

export type Config = Readonly<Record<string, unknown>>;

/**
 * The text of a configuration after a change, indented as it was. Throws RewindError `bad-config` where it is no JSON object: a
 * broken file is not written over.
 */
export function editedConfig(text: string, change: (config: Config) => object): string {
  const indent = /^[ \t]+(?=")/m.exec(text)?.[0] ?? '  ';
  return `${JSON.stringify(change(parse(text)), null, indent)}\n`;
}

function parse(text: string): Config {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw badConfig('is not JSON', cause);
  }
  if (isObject(value)) return value;
  throw badConfig('must be an object');
}

export const badConfig = (what: string, cause?: unknown): RewindError =>
  new RewindError('bad-config', `${CONFIG_FILE} ${what}`, 'Mend the file, then try again.', { cause });

export const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
