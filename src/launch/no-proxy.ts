import { isInterceptedHost } from '../providers/hosts.ts';

const thisMachine = ['localhost', '127.0.0.1', '::1'];

/**
 * The child's NO_PROXY. The user's exceptions stay, so that internal hosts are reached as they were, but none may let
 * an intercepted host by: `*`, the host itself and every domain above it go. This machine stays out of the proxy
 * (local tools, databases), unless a host on it is intercepted on request, or everything is.
 */
export function childNoProxy(options: {
  readonly existing: string | undefined;
  /** Host patterns, without `=provider`. */
  readonly hosts: readonly string[];
  /** Every host is intercepted. */
  readonly allHttp: boolean;
  /** A local host is intercepted because the user named it, or all are. */
  readonly throughLoopback: boolean;
}): string {
  const own = (options.existing ?? '').split(/[,\s]+/).filter(Boolean);
  const kept = options.allHttp ? [] : own.filter(entry => !letsBy(entry, options.hosts));
  const local = options.throughLoopback ? [] : thisMachine;
  const isLocal = (entry: string) => thisMachine.includes(entry.toLowerCase());
  return [...new Set([...kept.filter(entry => !(options.throughLoopback && isLocal(entry))), ...local])].join(
    ',',
  );
}

/** Whether a NO_PROXY entry (`host`, `.domain`, `*.domain`, `*`, each with or without port) covers an intercepted host. */
function letsBy(entry: string, hosts: readonly string[]): boolean {
  const domain = entry
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\*?\.?/, '');
  if (domain === '') return true;
  if (isInterceptedHost(domain, hosts)) return true;
  return hosts.some(pattern => {
    const name = pattern.replace(/:\d+$/, '').replaceAll('*', 'x');
    return name === domain || name.endsWith(`.${domain}`);
  });
}
