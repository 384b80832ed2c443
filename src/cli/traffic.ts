/** Where an agent's traffic goes and what of it is intercepted: by options, environment, configuration and recordings. */
import { networkFrom } from '../launch/network.ts';
import type { RunnerOptions } from '../launch/runner.ts';
import { hostPatterns, isInterceptedHost } from '../providers/hosts.ts';
import { isLlmRequest } from '../providers/read-call.ts';
import { Upstream } from '../proxy/upstream.ts';
import { parseUpstreamMapping, type UpstreamMapping } from '../proxy/upstream-map.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { Config } from './config.ts';

export interface TrafficOptions {
  readonly upstream?: readonly string[] | undefined;
  readonly preserveEncoding?: boolean;
}

export interface Traffic {
  /** What to look into beside the built-in table: what the recordings looked into, the user's own hosts, those sent elsewhere. */
  readonly hosts: readonly string[];
  /** Which plain-HTTP requests to other hosts are calls to a model. */
  readonly isLlm: NonNullable<RunnerOptions['isLlm']>;
  /** The same for a runner, with the rest of what the user configured. */
  readonly runner: Pick<RunnerOptions, 'hosts' | 'isLlm' | 'upstreams' | 'userCode' | 'redact'>;
  /** The providers themselves; its owner closes it. */
  upstream(): Upstream;
}

/** `sources`: recordings that the agent is run against. */
export function trafficOf(
  options: TrafficOptions,
  config: Config,
  sources: readonly SessionReader[] = [],
): Traffic {
  const mappings = upstreamMappings(options, config);
  const recorded = sources.flatMap(({ start }) => start.extraHosts ?? []);
  const hosts = [...new Set([...recorded, ...ownHosts(config, mappings)])];
  const isLlm: Traffic['isLlm'] = head => isLlmRequest(head, hosts);
  return {
    hosts,
    isLlm,
    runner: { hosts, isLlm, upstreams: mappings, userCode: config.sites, redact: config.redact },
    upstream: () =>
      new Upstream({
        ...networkFrom(process.env),
        mappings,
        preserveEncoding: options.preserveEncoding ?? false,
      }),
  };
}

/** Command line, then environment, then configuration; the first that names a host wins. */
function upstreamMappings(options: TrafficOptions, config: Config): readonly UpstreamMapping[] {
  const fromEnvironment = (process.env.REWIND_UPSTREAM ?? '').split(/[\s,]+/).filter(Boolean);
  return [...(options.upstream ?? []), ...fromEnvironment, ...config.upstreams].map(parseUpstreamMapping);
}

/** The user's own, and those that are sent elsewhere. */
function ownHosts(config: Config, mappings: readonly UpstreamMapping[]): readonly string[] {
  const known = hostPatterns(config.hosts);
  const sent = mappings.map(({ pattern }) => pattern).filter(pattern => !isInterceptedHost(pattern, known));
  return [...config.hosts, ...sent];
}
