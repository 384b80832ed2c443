import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Redactor } from '../../src/sessions/redaction.ts';
import type { SessionReader } from '../../src/sessions/session.ts';
import type { RunRequest } from '../../src/tape/runner.ts';
import { Tape, type TapeOptions } from '../../src/tape/tape.ts';
import { Bench, type Recorded } from '../launch/agent-run.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const program = (name: string): string => join(ROOT, 'test/agent/programs', name);

/** Runs agents that use the helpers, and counts what they did to the world. */
export interface AgentBench {
  readonly bench: Bench;
  /** What happened since it was last asked. */
  happened(): readonly string[];
  record(command: readonly string[], request?: Partial<RunRequest>): Promise<Recorded>;
  replay(command: readonly string[], from: SessionReader, options?: TapeOptions): Promise<Replayed>;
}

export interface Replayed extends Recorded {
  readonly tape: Tape;
}

export async function agentBench(t: TestContext): Promise<AgentBench> {
  const bench = await Bench.open();
  t.after(() => bench.close());
  const ledger = join(bench.folder, 'ledger');
  const env = { LEDGER: ledger, PYTHONPATH: join(ROOT, 'python'), PYTHONDONTWRITEBYTECODE: '1' };
  const redactor = new Redactor();
  return {
    bench,
    happened() {
      if (!existsSync(ledger)) return [];
      const lines = readFileSync(ledger, 'utf8').trim().split('\n');
      rmSync(ledger);
      return lines;
    },
    record: (command, request = {}) => bench.run(command, { ...request, env: { ...env, ...request.env } }),
    async replay(command, from, options = {}) {
      const tape = new Tape(from, { redactTool: value => redactor.json(value), ...options });
      const tools = options.tools ? { tools: options.tools } : {};
      const result = await bench.run(command, { env, responder: tape, runner: { mode: 'replay', ...tools } });
      return { ...result, tape };
    },
  };
}

/** A folder in which `llm-rewind` and the SDKs can be imported as an agent does. */
export function projectFolder(bench: Bench): string {
  const built = join(ROOT, 'dist/agent.cjs');
  if (!existsSync(built)) throw new Error('dist/agent.cjs is missing: run `npm run build` first');
  const packages = join(bench.folder, 'node_modules');
  mkdirSync(join(packages, '@langchain'), { recursive: true });
  symlinkSync(ROOT, join(packages, 'llm-rewind'));
  for (const name of ['openai', 'ai', '@langchain/core']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(packages, name));
  }
  return bench.folder;
}
