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

/** The configuration with a rule more, indented as it was. Throws RewindError `bad-config` where it is not JSON. */
export function withRule(text: string, rule: MatchConfig): string {
  const config = parse(text);
  const match = isObject(config.match) ? config.match : {};
  const merged: Record<string, unknown> = { ...match };
  for (const name of ['ignore', 'mask'] as const) {
    const added = rule[name];
    if (!added) continue;
    const known: readonly unknown[] = Array.isArray(match[name]) ? match[name] : [];
    const seen = new Set(known.map(one => JSON.stringify(one)));
    merged[name] = [...known, ...added.filter(one => !seen.has(JSON.stringify(one)))];
  }
  const indent = /^[ \t]+(?=")/m.exec(text)?.[0] ?? '  ';
  return `${JSON.stringify({ ...config, match: merged }, null, indent)}\n`;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new RewindError(
      'bad-config',
      `${CONFIG_FILE} is not JSON`,
      'Mend the file, then add the rule again.',
      {
        cause,
      },
    );
  }
  if (isObject(value)) return value;
  throw new RewindError(
    'bad-config',
    `${CONFIG_FILE} must be an object`,
    'Mend the file, then add the rule again.',
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
