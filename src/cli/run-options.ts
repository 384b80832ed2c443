/** Options that record, replay and proxy share: where traffic goes, and which hosts are looked into. */
import { type Command, Option } from 'commander';
import type { SiteMode } from '../launch/child-environment.ts';
import { networkFrom } from '../launch/network.ts';
import { hostPatterns, isInterceptedHost } from '../providers/hosts.ts';
import { isLlmRequest } from '../providers/read-call.ts';
import { Upstream } from '../proxy/upstream.ts';
import { parseUpstreamMapping, type UpstreamMapping } from '../proxy/upstream-map.ts';
import type { RequestHead } from '../wire/exchange.ts';
import type { Config } from './config.ts';
import type { JsonOptions } from './json-output.ts';
import { collected } from './option-values.ts';

export interface TrafficOptions {
  readonly upstream?: readonly string[];
  readonly preserveEncoding?: boolean;
}

export interface RunOptions extends TrafficOptions, JsonOptions {
  readonly name?: string;
  readonly baseUrls?: boolean;
  readonly sites?: SiteMode;
  readonly quiet?: boolean;
}

export function trafficOptions(command: Command): Command {
  return command
    .option(
      '-u, --upstream <HOST=URL>',
      "send a host's traffic elsewhere (repeatable; also REWIND_UPSTREAM)",
      collected,
    )
    .option('--preserve-encoding', 'ask the provider for the compression that the agent asked for');
}

export function runOptions(command: Command): Command {
  return trafficOptions(command)
    .option('--base-urls', "also point the SDKs' base-URL variables (OPENAI_BASE_URL …) at the proxy")
    .addOption(new Option('--sites <mode>', 'how call sites are looked for').choices(['off', 'fast', 'deep']))
    .option('-q, --quiet', 'say nothing at the end')
    .option('--json', "print the result as JSON after the command's own output (docs/json.md)")
    .option('--json-out <file>', 'write that JSON to a file');
}

/** Where traffic goes: command line, then environment, then configuration; the first that names a host wins. */
export function upstreamMappings(options: TrafficOptions, config: Config): readonly UpstreamMapping[] {
  const fromEnvironment = (process.env.REWIND_UPSTREAM ?? '').split(/[\s,]+/).filter(Boolean);
  return [...(options.upstream ?? []), ...fromEnvironment, ...config.upstreams].map(parseUpstreamMapping);
}

/** Hosts to look into beside the built-in table: the user's own, and those that are sent elsewhere. */
export function extraHosts(config: Config, mappings: readonly UpstreamMapping[]): readonly string[] {
  const known = hostPatterns(config.hosts);
  const sent = mappings.map(({ pattern }) => pattern).filter(pattern => !isInterceptedHost(pattern, known));
  return [...new Set([...config.hosts, ...sent])];
}

export function makeUpstream(options: TrafficOptions, mappings: readonly UpstreamMapping[]): Upstream {
  return new Upstream({
    ...networkFrom(process.env),
    mappings,
    preserveEncoding: options.preserveEncoding ?? false,
  });
}

/** Which plain-HTTP requests to other hosts are calls to a model. */
export const llmTest =
  (hosts: readonly string[]) =>
  (head: RequestHead): boolean =>
    isLlmRequest(head, hosts);
