import { execFile, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startEmulator } from '../../src/emulator/emulator.ts';
import type { Script } from '../../src/emulator/script.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Ran {
  readonly code: number;
  /** stdout and stderr. */
  readonly text: string;
}

export interface Project {
  readonly folder: string;
  write(name: string, text: string): void;
  /** Runs a program of the project's node_modules, or `node`. `offline`: in a network namespace without routes. */
  run(
    command: readonly string[],
    options?: { readonly env?: NodeJS.ProcessEnv; readonly offline?: boolean },
  ): Promise<Ran>;
  /** Starts one that goes on until the test ends; resolves once its output holds the text for the `nth` time. */
  watch(command: readonly string[]): (text: string, nth: number) => Promise<string>;
  /** Variables with a key, and with the emulator in the provider's place; `stop` takes the provider away. */
  readonly withProvider: NodeJS.ProcessEnv;
  /** Requests that have reached the provider. */
  readonly asked: () => number;
}

/** A user's project in a folder of its own, with llm-rewind and its packages installed. */
export async function project(t: TestContext, script?: Script): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-project-'));
  const emulator = await startEmulator(script ? { script } : {});
  t.after(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['openai', 'vitest', 'jest', 'typescript', '@types', 'undici-types'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  symlinkSync(root, join(folder, 'node_modules/llm-rewind'));
  const { OPENAI_API_KEY: _key, REWIND_MODE: _mode, CI: _ci, NODE_OPTIONS: _options, ...own } = process.env;
  for (const name of Object.keys(own)) if (/^NODE_TEST|^REWIND_(?!BIN)/.test(name)) delete own[name];
  const env: NodeJS.ProcessEnv = { ...own, REWIND_HOME: join(folder, 'home'), NO_COLOR: '1' };
  return {
    folder,
    asked: () => emulator.requests.length,
    withProvider: { OPENAI_API_KEY: 'sk-test', REWIND_UPSTREAM: `api.openai.com=${emulator.url}` },
    write(name, text) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    },
    watch([program = '', ...args]) {
      const child = spawn(join(root, 'node_modules/.bin', program), args, { cwd: folder, env });
      t.after(() => child.kill());
      let text = '';
      const changed = new EventEmitter();
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (bytes: Buffer) => {
          text += bytes.toString();
          changed.emit('more');
        });
      }
      return async (awaited, nth) => {
        while (text.split(awaited).length <= nth) {
          if (child.exitCode !== null) throw new Error(`It ended:\n${text}`);
          await once(changed, 'more');
        }
        return text;
      };
    },
    run([program = '', ...args], { env: more = {}, offline = false } = {}) {
      const bin = program.startsWith('/') ? program : join(root, 'node_modules/.bin', program);
      const [file, words] = offline
        ? [
            'unshare',
            [
              '--net',
              'sh',
              '-c',
              'ip link set lo up 2>/dev/null || ifconfig lo up; exec "$@"',
              'sh',
              bin,
              ...args,
            ],
          ]
        : [bin, args];
      return new Promise(resolve => {
        execFile(
          file,
          words,
          { cwd: folder, env: { ...env, ...more }, maxBuffer: 2 ** 24 },
          (error, out, err) => {
            resolve({ code: error ? Number(error.code ?? 1) : 0, text: `${out}${err}` });
          },
        );
      });
    },
  };
}

/** What all the suites test: one question to a model. */
export const AGENT = `
import OpenAI from 'openai';
export async function ask(text) {
  const client = new OpenAI();
  const answer = await client.chat.completions.create({
    model: 'gpt-4o',
    messages: [{ role: 'user', content: text }],
  });
  return answer.choices[0].message.content;
}
`;
