import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Hands } from '../../src/bisect/hands.ts';
import { copiedWorkspace } from '../../src/cli/workspace.ts';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { checkScript } from '../../src/emulator/script.ts';
import { createRunner } from '../../src/launch/runner.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import { parseUpstreamMapping } from '../../src/proxy/upstream-map.ts';
import type { SessionReader } from '../../src/sessions/session.ts';
import type { Runner } from '../../src/tape/runner.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A folder with an agent in it, a git repository, and a home for its recordings. */
export class Project {
  readonly folder: string;
  readonly #home: string;

  constructor(t: TestContext) {
    const holder = realpathSync(mkdtempSync(join(tmpdir(), 'rewind-bisect-test-')));
    t.after(() => rmSync(holder, { recursive: true, force: true }));
    this.folder = join(holder, 'project');
    this.#home = join(holder, 'home');
    mkdirSync(this.folder);
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    this.git('init', '-q');
    this.write('.gitignore', 'node_modules\n');
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  commit(subject: string): string {
    this.git('add', '-A');
    this.git('-c', 'user.name=Test', '-c', 'user.email=test@example.com', 'commit', '-q', '-m', subject);
    return this.git('rev-parse', 'HEAD').trim();
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', [...args], {
      cwd: this.folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /**
   * Runs the agent against the embedded provider, which follows the script. On a busy machine git may be too slow to tell
   * the commit: then it is recorded again.
   */
  async record(
    command: readonly string[],
    script: object,
    env: Readonly<Record<string, string>> = {},
  ): Promise<SessionReader> {
    for (let attempt = 1; ; attempt++) {
      const session = await this.#recordOnce(command, script, env);
      if (session.start.git || attempt === 5) return session;
    }
  }

  async #recordOnce(
    command: readonly string[],
    script: object,
    env: Readonly<Record<string, string>>,
  ): Promise<SessionReader> {
    const emulator = await startEmulator({ script: checkScript(script) });
    const upstream = new Upstream({ mappings: [parseUpstreamMapping(`*=${emulator.url}`)] });
    try {
      const { session } = await this.runner('record', env).run({
        command,
        cwd: this.folder,
        responder: upstream,
        stdio: 'capture',
        timeoutMs: 60_000,
      });
      return session;
    } finally {
      await upstream.close();
      await emulator.close();
    }
  }

  runner(mode: 'record' | 'verify', env: Readonly<Record<string, string>> = {}): Runner {
    const runner = createRunner({ mode, home: this.#home, otherTraffic: 'refuse' });
    return {
      run: request =>
        runner.run({
          ...request,
          env: { OPENAI_API_KEY: 'sk-test', NODE_TEST_CONTEXT: undefined, ...env, ...request.env },
        }),
    };
  }

  hands(env: Readonly<Record<string, string>> = {}): Hands {
    return { runner: this.runner('verify', env), workspace: copiedWorkspace, timeoutMs: 60_000 };
  }
}

export const textOf = ({ output }: SessionReader, stream: 'stdout' | 'stderr'): string =>
  Buffer.concat(output.filter(piece => piece.stream === stream).map(({ bytes }) => bytes)).toString();
