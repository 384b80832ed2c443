import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RewindError } from '../errors.ts';
import type { UserCode } from '../launch/child-environment.ts';
import type { Accepted } from '../mutate/accepted.ts';
import { VERDICTS } from '../mutate/verdict.ts';
import { type PriceTable, withUserPrices } from '../providers/prices.ts';
import { type RedactionRules, redactionRules } from '../sessions/redaction-rules.ts';
import { type MatchRules, parseRules } from '../tape/rules.ts';
import { nearestName } from './nearest-name.ts';

export const CONFIG_FILE = 'rewind.config.json';

/** `rewind.config.json`, checked and compiled. Without a file all of it is empty. */
export interface Config {
  /** The file's path; absent where there is none. */
  readonly file?: string;
  readonly match: MatchRules;
  readonly redact: RedactionRules;
  /** Hosts to intercept beside the built-in table: `host` or `host=provider`. */
  readonly hosts: readonly string[];
  /** What call sites are looked for in, beside files outside of packages. */
  readonly sites: UserCode;
  /** `HOST=URL`, as `--upstream` takes them. */
  readonly upstreams: readonly string[];
  readonly mutate: { readonly accept: readonly Accepted[] };
  /** The built-in table with the user's own prices before it. */
  readonly prices: PriceTable;
}

const MEMBERS = ['$schema', 'match', 'redact', 'hosts', 'sites', 'upstreams', 'prices', 'mutate'] as const;

/** The configuration of a folder: the nearest file, looked for upward. */
export function loadConfig(cwd: string): Config {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE);
    const text = readIfThere(file);
    if (text !== undefined) return { ...parseConfig(text), file };
    if (dirname(folder) === folder) return parseConfig('{}');
  }
}

/** Throws RewindError `bad-config` or `bad-match-rule`, naming the member. */
export function parseConfig(text: string): Config {
  const config = parse(text);
  for (const name of Object.keys(config)) {
    if ((MEMBERS as readonly string[]).includes(name)) continue;
    const meant = nearestName(name, MEMBERS);
    bad(
      `${name} is no setting`,
      meant ? `Did you mean ${meant}?` : `Known are ${MEMBERS.slice(1).join(', ')}.`,
    );
  }
  const { hosts = [], sites = {}, upstreams = {}, prices = {}, mutate = {} } = config;
  if (!Array.isArray(hosts) || !hosts.every(isHost)) {
    bad('hosts must be a list of host patterns', 'For example ["llm.corp.example=openai"].');
  }
  if (!isObject(upstreams) || !Object.values(upstreams).every(url => typeof url === 'string')) {
    bad(
      'upstreams must map hosts to URLs',
      'For example {"api.openai.com": "http://localhost:4000/openai"}.',
    );
  }
  if (!isUserCode(sites)) {
    bad(
      'sites must hold lists of globs, "ignore" and "include"',
      'For example {"ignore": ["framework/**/internals"], "include": ["site-packages/my_agent"]}.',
    );
  }
  if (!isMutate(mutate)) {
    bad(
      'mutate.accept must be a list of mutants and verdicts',
      'For example {"accept": [{"mutant": "refusal@4", "verdict": "silent", "why": "it is a chat"}]}.',
    );
  }
  return {
    mutate: { accept: mutate.accept ?? [] },
    match: parseRules(config.match),
    redact: redactionRules(config),
    hosts: hosts as readonly string[],
    sites,
    upstreams: Object.entries(upstreams as Readonly<Record<string, string>>).map(
      ([host, url]) => `${host}=${url}`,
    ),
    prices: withUserPrices(prices),
  };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  let config: unknown;
  try {
    config = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    bad(
      `not JSON: ${error instanceof Error ? error.message : String(error)}`,
      'Mend the file; comments are not JSON.',
    );
  }
  return isObject(config) ? config : bad('must be an object', '`rewind help config` shows its form.');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new RewindError('bad-config', `${file} cannot be read: ${code}`, 'Check its permissions.', {
      cause: error,
    });
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The globs travel in an environment variable, separated by commas. */
const isUserCode = (value: unknown): value is UserCode =>
  isObject(value) &&
  Object.entries(value).every(
    ([name, globs]) =>
      (name === 'ignore' || name === 'include') &&
      Array.isArray(globs) &&
      globs.every(glob => typeof glob === 'string' && /^[^,\0]+$/.test(glob)),
  );

const isMutate = (value: unknown): value is { readonly accept?: readonly Accepted[] } =>
  isObject(value) &&
  Object.keys(value).every(name => name === 'accept') &&
  (value.accept === undefined || (Array.isArray(value.accept) && value.accept.every(isAccepted)));

const isAccepted = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.mutant === 'string' &&
  VERDICTS.some(verdict => verdict === value.verdict) &&
  (value.why === undefined || typeof value.why === 'string') &&
  Object.keys(value).every(name => ['mutant', 'verdict', 'why'].includes(name));

const isHost = (value: unknown): boolean =>
  typeof value === 'string' && /^[\w.*:[\]-]+(=[\w-]+)?$/.test(value);

function bad(what: string, hint: string): never {
  throw new RewindError('bad-config', `${CONFIG_FILE}: ${what}.`, hint);
}
