import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type CommandLine, commandLine, provider, quickstart, root } from '../cli/command-line.ts';
import { DapClient } from './dap-client.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface AdapterProcess {
  readonly client: DapClient;
  readonly hangUp: () => Promise<void>;
  readonly kill: () => Promise<void>;
}

/** `rewind dap` as an editor starts it. */
export function adapterProcess(t: TestContext, line: CommandLine): AdapterProcess {
  const child = spawn(process.execPath, [main, 'dap'], { cwd: root, env: line.env, stdio: 'pipe' });
  let said = '';
  child.stderr.on('data', bytes => {
    said += bytes;
  });
  const client = new DapClient(bytes => child.stdin.write(bytes));
  child.stdin.on('error', () => undefined); // told by its end
  child.stdout.on('data', bytes => client.receive(bytes));
  child.on('close', (code, signal) => client.hangUp(`the adapter ended (${signal ?? code}): ${said}`));
  const hangUp = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.stdin.end();
    await once(child, 'close');
  };
  t.after(hangUp);
  const kill = async (): Promise<void> => {
    child.kill('SIGTERM');
    await once(child, 'close');
  };
  return { client, hangUp, kill };
}

export const adapter = (t: TestContext, line: CommandLine): DapClient => adapterProcess(t, line).client;

/** A home with one recording of the quickstart agent, named `taped`. */
export async function recordedQuickstart(t: TestContext): Promise<CommandLine> {
  const line = commandLine(t);
  const { upstream } = await provider(t);
  const { code, stderr } = await line.run('record', ...upstream, '--name', 'taped', 'node', quickstart);
  assert.equal(code, 0, stderr);
  return line;
}

export const printed = (client: DapClient, category = 'stdout'): string =>
  client
    .events('output')
    .filter(({ body }) => body.category === category)
    .map(({ body }) => body.output)
    .join('');

/** An expression's value at the top frame. */
export async function value(client: DapClient, expression: string, threadId = 1): Promise<string> {
  const frameId = await topFrame(client, threadId);
  return (await client.ask<{ result: string }>('evaluate', { expression, frameId, context: 'watch' })).result;
}

export async function topFrame(client: DapClient, threadId = 1): Promise<number> {
  const { stackFrames } = await client.ask<{ stackFrames: { id: number }[] }>('stackTrace', { threadId });
  return stackFrames[0]!.id;
}

/** What an edited value is shown as. */
export async function setExpression(client: DapClient, expression: string, value: string): Promise<string> {
  const frameId = await topFrame(client);
  return (await client.ask<{ value: string }>('setExpression', { expression, value, frameId })).value;
}
