import type { Command } from 'commander';

/** What each file of `commands/` exports: it gives the command its arguments, options, examples and action. */
export interface CommandModule {
  define(command: Command): void;
}

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: 'Run:' | 'Look:' | 'Share:' | 'Set up:';
  readonly hidden?: true;
  /** Loads the one command that was asked for, and with it only the rooms that it needs. */
  readonly load: () => Promise<CommandModule>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'record',
    group: 'Run:',
    summary: 'run a command and record its LLM calls',
    load: () => import('./commands/record.ts'),
  },
  {
    name: 'replay',
    group: 'Run:',
    summary: 'run it again on the recorded answers: no network, no cost',
    load: () => import('./commands/replay.ts'),
  },
  {
    name: 'fork',
    group: 'Run:',
    summary: 'run it again with one step edited: what if the model had said something else?',
    load: () => import('./commands/fork.ts'),
  },
  {
    name: 'proxy',
    group: 'Run:',
    summary: 'record or replay as a stand-alone proxy, for containers and services',
    load: () => import('./commands/proxy.ts'),
  },
  {
    name: 'serve',
    group: 'Run:',
    summary: 'cassettes for a test run: what pytest, vitest, jest and node:test talk to',
    load: () => import('./commands/serve.ts'),
  },
  {
    name: 'mcp-stdio',
    group: 'Run:',
    summary: 'stands in an MCP server’s place: records its tools, replays them from tape',
    load: () => import('./commands/mcp-stdio.ts'),
  },
  {
    name: 'demo',
    group: 'Run:',
    summary: 'watch it work: no key, no network',
    load: () => import('./commands/demo.ts'),
  },
  { name: 'list', group: 'Look:', summary: 'what was recorded', load: () => import('./commands/list.ts') },
  {
    name: 'inspect',
    group: 'Look:',
    summary: 'the steps of a session: calls, tool calls, results, tokens, cost',
    load: () => import('./commands/inspect.ts'),
  },
  {
    name: 'diff',
    group: 'Look:',
    summary: 'two sessions aligned step by step, and what changed',
    load: () => import('./commands/diff.ts'),
  },
  {
    name: 'bisect',
    group: 'Look:',
    summary: 'why two runs diverged: the first difference, and its cause',
    load: () => import('./commands/bisect.ts'),
  },
  {
    name: 'mutate',
    group: 'Look:',
    summary: 'break the run the way production does; what does the agent get silently wrong?',
    load: () => import('./commands/mutate.ts'),
  },
  {
    name: 'stats',
    group: 'Look:',
    summary: 'cost, tokens, latency and errors by model and day',
    load: () => import('./commands/stats.ts'),
  },
  {
    name: 'query',
    group: 'Look:',
    summary: 'read-only SQL over all sessions',
    load: () => import('./commands/query.ts'),
  },
  {
    name: 'export',
    group: 'Share:',
    summary: 'write a session as a cassette (.rw) or HAR',
    load: () => import('./commands/export.ts'),
  },
  {
    name: 'import',
    group: 'Share:',
    summary: 'read .rw, HAR 1.2, vcrpy, go-vcr and Ruby VCR recordings',
    load: () => import('./commands/import.ts'),
  },
  {
    name: 'textconv',
    group: 'Share:',
    summary: 'a session as text, for `git diff` of cassettes',
    load: () => import('./commands/textconv.ts'),
  },
  { name: 'rm', group: 'Share:', summary: 'delete sessions', load: () => import('./commands/rm.ts') },
  {
    name: 'doctor',
    group: 'Set up:',
    summary: 'record a call with every runtime found on this machine',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'init',
    group: 'Set up:',
    summary: "make the certificate authority and print this platform's trust command",
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'dap',
    group: 'Set up:',
    summary: 'the debug adapter, for editors',
    load: () => import('./commands/dap.ts'),
  },
  {
    name: 'emulator',
    group: 'Set up:',
    summary: 'run the embedded provider',
    load: () => import('./commands/emulator.ts'),
  },
];
