import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { loadScript } from '../../src/emulator/script.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
export const root = fileURLToPath(new URL('../..', import.meta.url));
export const quickstart = join(root, 'examples/typescript/quickstart.mjs');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** What it has printed to stdout so far. */
  output(): string;
  /** Resolves once stdout or stderr holds the text. */
  says(text: string): Promise<void>;
}

/** A temporary home with the real command line on it, as child processes. */
export interface CommandLine {
  readonly home: string;
  cwd: string;
  run(...args: string[]): Promise<Ended>;
  /** Runs with `--json` and gives what it printed. Throws where that is not JSON. */
  json(...args: string[]): Promise<unknown>;
  start(...args: string[]): Running;
  readonly env: Record<string, string | undefined>;
}

export function commandLine(t: TestContext): CommandLine {
  const home = mkdtempSync(join(tmpdir(), 'rewind-cli-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const env: Record<string, string | undefined> = {
    ...process.env,
    REWIND_HOME: home,
    REWIND_UPSTREAM: undefined,
    OPENAI_API_KEY: 'sk-test-0123456789abcdefghij',
    FORCE_COLOR: undefined,
    NO_COLOR: undefined,
    NODE_TEST_CONTEXT: undefined,
  };
  const start = (...args: string[]) => startRewind(args, env, line.cwd);
  const line: CommandLine = {
    home,
    cwd: root,
    env,
    start,
    run: (...args) => start(...args).ended,
    async json(...args) {
      const { stdout, stderr, code } = await start(...args, '--json').ended;
      try {
        return JSON.parse(stdout) as unknown;
      } catch (cause) {
        throw new Error(`rewind ${args.join(' ')} (exit ${code}) printed no JSON: ${stdout}\n${stderr}`, {
          cause,
        });
      }
    },
  };
  return line;
}

function startRewind(args: readonly string[], env: Record<string, string | undefined>, cwd: string): Running {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting: { text: string; resolve: () => void }[] = [];
  const look = () => {
    for (const { text, resolve } of waiting) if (stdout.includes(text) || stderr.includes(text)) resolve();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    look();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    pid: child.pid!,
    ended,
    output: () => stdout,
    kill: signal => void child.kill(signal),
    says: text =>
      Promise.race([
        new Promise<void>(resolve => {
          waiting.push({ text, resolve });
          look();
        }),
        ended.then(end => {
          if (!end.stdout.includes(text) && !end.stderr.includes(text)) {
            throw new Error(`ended without saying ${text}: ${end.stdout}${end.stderr}`);
          }
        }),
      ]),
  };
}

/** The embedded provider with the quickstart's script, and the words that send an agent there. */
export async function provider(
  t: TestContext,
): Promise<Emulator & { readonly upstream: readonly [string, string] }> {
  const emulator = await startEmulator({
    script: await loadScript(join(root, 'examples/scripts/quickstart.json')),
  });
  t.after(() => emulator.close());
  return Object.assign(emulator, { upstream: ['--upstream', `api.openai.com=${emulator.url}`] as const });
}
