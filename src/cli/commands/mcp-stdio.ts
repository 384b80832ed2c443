import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from 'commander';
import { engineFrom } from '../../agent/engine.ts';
import { ancestorVariables } from '../../launch/ancestor-variables.ts';
import { commandPath } from '../../launch/command-path.ts';
import { examples } from '../examples.ts';
import { shellCode } from '../exit-codes.ts';
import { McpWrapper } from '../mcp-wrapper.ts';
import { safeText } from '../safe-text.ts';
import { err } from '../terminal.ts';

export function define(command: Command): void {
  command
    .description(
      'Stands in an MCP server’s place on stdin and stdout: under `rewind record` its tools are recorded, under `rewind replay` they are answered from tape and the server is not started. Without Rewind it is the server.',
    )
    .usage('[--] <server…>')
    .argument('<server...>', 'the server’s program and its arguments')
    .passThroughOptions()
    .action(run);
  examples(command, [
    ['rewind mcp-stdio -- npx -y @modelcontextprotocol/server-everything', 'what an MCP client starts'],
    ['rewind mcp-stdio -- python shop_server.py', 'docs/tools.md has a client’s settings'],
  ]);
}

async function run([program, ...args]: readonly [string, ...string[]]): Promise<void> {
  // Clients hand a server next to none of their variables.
  const given = process.env.REWIND_TOOLS ? process.env : ancestorVariables(['REWIND_TOOLS', 'REWIND_REPLAY']);
  const here = given && engineFrom(given);
  if (!here) {
    sayUnrecorded(program);
    return asTheServer(program, args);
  }
  const found = (): string => commandPath(program, process.cwd(), process.env);
  // On a replay the server need not even be installed.
  if (!here.replay) found();
  const wrapper = new McpWrapper({
    engine: here,
    command: () => [found(), ...args],
    input: process.stdin,
    output: process.stdout,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => wrapper.kill(signal) || process.exit(shellCode(null, signal)));
  process.exitCode = await wrapper.run();
  // Where the server ended first, the client has not closed its side.
  process.stdin.destroy();
}

/** A server that runs beside a recording, or worse beside a replay, must not do so unnoticed. */
function sayUnrecorded(program: string): void {
  const { REWIND_TOOLS: given } = process.env;
  const why = given
    ? `REWIND_TOOLS=${given} is no address`
    : process.platform === 'linux'
      ? 'Rewind is not running around it'
      : 'REWIND_TOOLS is not set, and only Linux tells what a parent process was given';
  err.line(
    safeText(
      `rewind mcp-stdio: ${program} runs unrecorded: ${why}. If Rewind is running, name REWIND_TOOLS and REWIND_REPLAY in the server's \`env\` (docs/tools.md).`,
    ),
  );
}

/** Rewind is not running: its streams are the client's own. */
async function asTheServer(program: string, args: readonly string[]): Promise<void> {
  const server = spawn(commandPath(program, process.cwd(), process.env), args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal));
  const [code, signal] = (await once(server, 'close')) as [number | null, NodeJS.Signals | null];
  process.exitCode = shellCode(code, signal);
}
