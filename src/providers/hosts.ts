/** Which hosts are providers. The table is `host-table.ts`; users add lines of their own. */
import type { DialectId } from './call.ts';
import { HOSTS, type Provider } from './host-table.ts';

export { HOSTS, type Provider } from './host-table.ts';

export interface ProviderOf {
  readonly id: string;
  /** Takes the host's place in the match key. */
  readonly family: string;
  readonly local: boolean;
  /** Dialects spoken there, the usual one first; empty where nobody told. */
  readonly dialects: readonly DialectId[];
}

/**
 * Hosts whose TLS is opened by default, and `extra`: the user's own, each a pattern or `pattern=provider-id`
 * (`llm.corp.example=openai`). Plain-HTTP providers on this machine are in `localHostPatterns`.
 */
export function hostPatterns(extra: readonly string[] = []): string[] {
  const table = HOSTS.filter(provider => !provider.local && !provider.onRequest);
  return [
    ...new Set([...table.flatMap(provider => provider.hosts), ...extra.map(line => userHost(line).pattern)]),
  ];
}

/** Where model servers listen on this machine by default: `host:port`. */
export function localHostPatterns(): string[] {
  return HOSTS.filter(provider => provider.local).flatMap(provider => provider.hosts);
}

/**
 * The provider behind a host (`host` or `host:port`), or null. `path` serves gateways that name the vendor in it. An
 * extra host without a provider is `unknown` and a family of its own.
 */
export function providerOf(host: string, path: string, extra: readonly string[] = []): ProviderOf | null {
  for (const line of extra) {
    const { pattern, provider } = userHost(line);
    if (!matchesHost(host, pattern)) continue;
    const named = HOSTS.find(({ id }) => id === provider);
    if (named) return answer(named);
    const known = tableEntry(host);
    if (known) return answer(known);
    return { id: provider ?? 'unknown', family: provider ?? normalHost(host), local: false, dialects: [] };
  }
  const known = tableEntry(host);
  if (known) return answer(known);
  // Bedrock's own path on any host (a local stand-in, an unlisted endpoint) is Bedrock's.
  if (/^\/model\/[^/]+\/(converse|invoke)/.test(path)) return answer(BEDROCK);
  return null;
}

/** Whether `host` (with or without port) is one of `patterns`. */
export function isInterceptedHost(host: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => matchesHost(host, userHost(pattern).pattern));
}

const BEDROCK = HOSTS.find(({ id }) => id === 'bedrock')!;

/** Answers for the hosts that were asked for: a run talks to a few, and asks with every call. */
const entries = new Map<string, Provider | undefined>();
const MOST_ENTRIES = 256;

function tableEntry(host: string): Provider | undefined {
  if (!entries.has(host)) {
    if (entries.size >= MOST_ENTRIES) entries.clear();
    entries.set(
      host,
      HOSTS.find(provider => provider.hosts.some(pattern => matchesHost(host, pattern))),
    );
  }
  return entries.get(host);
}

function answer(provider: Provider): ProviderOf {
  return {
    id: provider.id,
    family: provider.family,
    local: provider.local === true,
    dialects: provider.dialects,
  };
}

function userHost(line: string): { pattern: string; provider?: string } {
  const [pattern = '', provider] = line.split('=', 2);
  const clean = pattern.trim().toLowerCase();
  return provider ? { pattern: clean, provider: provider.trim() } : { pattern: clean };
}

function normalHost(host: string): string {
  return host.toLowerCase().replace(/\.(?=:|$)/, '');
}

/** A pattern without a port takes any; one with the scheme's own port takes a host that leaves it out. */
function matchesHost(host: string, pattern: string): boolean {
  const [, name = '', port] = splitPort(normalHost(host));
  const [, wanted = '', wantedPort] = splitPort(pattern);
  if (wantedPort && wantedPort !== port && !(port === undefined && /^(80|443)$/.test(wantedPort)))
    return false;
  return wanted === name || (wanted.includes('*') && globOf(wanted).test(name));
}

function splitPort(host: string): readonly (string | undefined)[] {
  return /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host) ?? [];
}

const globs = new Map<string, RegExp>();

function globOf(pattern: string): RegExp {
  let glob = globs.get(pattern);
  if (!glob) {
    const source = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    glob = new RegExp(`^${source.join('[a-z0-9_.-]+')}$`);
    globs.set(pattern, glob);
  }
  return glob;
}
