import { delimiter, dirname } from 'node:path';
import type { ToolReplay } from '../tape/tool.ts';
import { baseUrlsThroughProxy } from './base-urls.ts';
import type { HookFiles } from './hook-files.ts';
import { interceptVariables, type VariableKind } from './intercept-variables.ts';
import { keystorePassword } from './java-keystore.ts';
import { childNoProxy } from './no-proxy.ts';
import type { TrustFiles } from './trust-files.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How the call-site hooks look for the agent's own code; `off` still routes. */
export type SiteMode = 'off' | 'fast' | 'deep';

/**
 * Globs over absolute paths that move the line between the user's own code and packages. `*` stays within a folder, `**`
 * does not; a folder means all that is in it; a glob that does not begin with `/` begins at any folder.
 */
export interface UserCode {
  /** Is not the user's own, wherever it stands; wins over `include`. */
  readonly ignore?: readonly string[];
  /** Is the user's own, though installed as a package. */
  readonly include?: readonly string[];
}

export interface ChildEnvironmentOptions {
  /** The environment that the agent would have without us. */
  readonly env: Environment;
  /** The command's words: tells what the runtime allows (Node's permission model). */
  readonly command: readonly string[];
  /** `http://127.0.0.1:port`. */
  readonly proxyOrigin: string;
  /** What goes into proxy variables; may carry a run tag. */
  readonly proxyUrl: string;
  readonly trust: TrustFiles;
  /** Intercepted host patterns, without `=provider`; `*` in all-http runs. */
  readonly hosts: readonly string[];
  readonly allHttp: boolean;
  /** Host patterns that the user named. */
  readonly userHosts: readonly string[];
  readonly hooks: HookFiles;
  readonly sites: SiteMode;
  readonly userCode?: UserCode;
  /** Makes a base URL of the proxy from a real one; given in `--base-urls` mode only. */
  readonly reverse?: (url: string) => string;
  readonly session: string;
  /** Where SDK helpers inside the agent speak of tools. */
  readonly tools?: string;
  /**
   * In a run that is no recording: whether tools run again, come from tape, or as each tool's author wants. A helper that
   * cannot reach us needs it, so that nothing happens twice.
   */
  readonly replay?: ToolReplay | 'own';
  /** Where Node keeps compiled code for the next run, unless the user says something about that. */
  readonly compileCache?: string;
}

/** The agent's environment: the user's own, and what it takes to be intercepted. */
export function childEnvironment(options: ChildEnvironmentOptions): Record<string, string> {
  const { env, trust, hooks } = options;
  const values: Record<VariableKind, string> = {
    'proxy-url': options.proxyUrl,
    'other-proxy': options.proxyUrl,
    'no-proxy': childNoProxy({
      existing: env.no_proxy ?? env.NO_PROXY,
      hosts: options.hosts,
      allHttp: options.allHttp,
      throughLoopback: options.allHttp || options.userHosts.some(isLoopbackPattern),
    }),
    'extra-ca': trust.extra,
    'ca-bundle': trust.bundle,
    one: '1',
  };
  const child: Record<string, string | undefined> = { ...env };
  for (const { name, kind } of interceptVariables)
    if (kind !== 'other-proxy' || env[name] !== undefined) child[name] = values[kind];
  const ownEnvProxy = env.NODE_USE_ENV_PROXY;
  if (ownEnvProxy !== undefined) child.NODE_USE_ENV_PROXY = ownEnvProxy;
  if (options.reverse) Object.assign(child, baseUrlsThroughProxy(env, options.reverse));
  Object.assign(child, {
    NODE_OPTIONS: nodeOptions(env.NODE_OPTIONS, hooks.node, options.command),
    BUN_OPTIONS: joined(env.BUN_OPTIONS, `--preload=${quoted(hooks.node)}`, hooks.node),
    PYTHONPATH: pythonPath(env.PYTHONPATH, hooks.pythonFolder),
    JAVA_TOOL_OPTIONS: joined(env.JAVA_TOOL_OPTIONS, javaOptions(options), 'rewind'),
    REWIND_PROXY: options.proxyOrigin,
    REWIND_HOSTS: options.hosts.join(','),
    REWIND_CA: trust.extra,
    REWIND_ENV_PROXY: ownEnvProxy === undefined ? '1' : undefined,
    REWIND_SITES: options.sites,
    REWIND_SITES_IGNORE: globs(env.REWIND_SITES_IGNORE, options.userCode?.ignore),
    REWIND_SITES_INCLUDE: globs(env.REWIND_SITES_INCLUDE, options.userCode?.include),
    REWIND_SESSION: options.session,
    REWIND_TOOLS: options.tools,
    REWIND_REPLAY: options.replay,
    NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? (cachesCode(env) ? options.compileCache : undefined),
  });
  return Object.fromEntries(
    Object.entries(child).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** CA files that the user's environment names: they are merged into ours, so that none is lost. */
export function userCaFiles(env: Environment): { readonly adding: string[]; readonly replacing: string[] } {
  const named = (kind: VariableKind) =>
    interceptVariables.flatMap(variable => (variable.kind === kind ? (env[variable.name] ?? []) : []));
  return { adding: named('extra-ca'), replacing: named('ca-bundle') };
}

/** Coverage of cached code is less exact. */
const cachesCode = ({ NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE }: Environment): boolean =>
  !NODE_DISABLE_COMPILE_CACHE && !NODE_V8_COVERAGE;

/** The user's own options stay and come first. */
function nodeOptions(existing: string | undefined, hook: string, command: readonly string[]): string {
  const parts = [`--require ${quoted(hook)}`]; // not `--require=`, which Deno does not read
  // Under the permission model Node may not read the hook unless told so; other Nodes refuse the flag.
  const restricted = /--(experimental-)?permission(?![\w-])/;
  if (restricted.test(existing ?? '') || command.some(word => restricted.test(word))) {
    parts.push(`--allow-fs-read=${quoted(dirname(hook))}`);
  }
  return joined(existing, parts.join(' '), hook);
}

/** Appends, unless a Rewind around this one has done so already. */
function joined(existing: string | undefined, ours: string, mark: string): string {
  const own = existing?.trim();
  if (!own) return ours;
  return own.includes(mark) && own.includes(ours) ? own : `${own} ${ours}`;
}

/** As NODE_OPTIONS reads it: double quotes, in which a backslash escapes. */
function quoted(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replace(/[\\"]/g, '\\$&')}"` : path;
}

/** The environment's globs and the options'; absent where there are none. */
function globs(existing: string | undefined, added: readonly string[] = []): string | undefined {
  return [...(existing ? [existing] : []), ...added].join(',') || undefined;
}

function pythonPath(existing: string | undefined, folder: string): string {
  const others = (existing ?? '').split(delimiter).filter(entry => entry && entry !== folder);
  return [folder, ...others].join(delimiter);
}

/** Java ignores proxy and CA variables. Later options win, so ours come last. The JVM tells on stderr that it picked them up. */
function javaOptions({ proxyOrigin, trust }: ChildEnvironmentOptions): string {
  const { hostname, port } = new URL(proxyOrigin);
  const local = 'localhost|127.*|[::1]';
  return [
    `-Dhttps.proxyHost=${hostname}`,
    `-Dhttps.proxyPort=${port}`,
    `-Dhttp.proxyHost=${hostname}`,
    `-Dhttp.proxyPort=${port}`,
    `-Dhttp.nonProxyHosts=${local}`,
    `-Djavax.net.ssl.trustStore=${/\s/.test(trust.keystore) ? `"${trust.keystore}"` : trust.keystore}`,
    '-Djavax.net.ssl.trustStoreType=JKS',
    `-Djavax.net.ssl.trustStorePassword=${keystorePassword}`,
  ].join(' ');
}

function isLoopbackPattern(pattern: string): boolean {
  return /^(localhost|127\.|\[::1\]|.*\.localhost)/i.test(pattern);
}
