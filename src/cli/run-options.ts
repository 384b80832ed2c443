/** Options that commands share which run an agent, or stand between it and its providers. */
import { type Command, Option } from 'commander';
import type { SiteMode } from '../launch/child-environment.ts';
import type { RunnerOptions } from '../launch/runner.ts';
import type { JsonOptions } from './json-output.ts';
import { collected } from './option-values.ts';
import type { TrafficOptions } from './traffic.ts';

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

/** What they tell a runner. */
export function runnerOptions({
  baseUrls = false,
  sites,
}: RunOptions): Pick<RunnerOptions, 'baseUrls' | 'sites'> {
  return { baseUrls, ...(sites ? { sites } : {}) };
}
