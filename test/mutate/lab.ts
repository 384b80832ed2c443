import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { checkScript } from '../../src/emulator/script.ts';
import { createRunner } from '../../src/launch/runner.ts';
import { createSharedRunner } from '../../src/launch/shared-runner.ts';
import { type MutateOptions, mutate } from '../../src/mutate/mutate.ts';
import { OPERATORS } from '../../src/mutate/operators.ts';
import { planMutants } from '../../src/mutate/plan.ts';
import type { MutantResult, MutationReport } from '../../src/mutate/report.ts';
import { comesFromPython } from '../../src/mutate/start-points.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import { parseUpstreamMapping } from '../../src/proxy/upstream-map.ts';
import type { SessionReader } from '../../src/sessions/session.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
export const python = path('../../.venv/bin/python');

const AGENTS = {
  node: [process.execPath, path('./agents/refunds.mjs')],
  python: [python, path('./agents/refunds.py')],
  'node-tools': [process.execPath, path('./agents/tools.mjs')],
  'python-tools': [python, path('./agents/tools.py')],
} as const;
export type AgentName = keyof typeof AGENTS;

export const SCRIPT = {
  turns: [
    {
      match: { toolResult: 'refund' },
      answer: { text: 'Good news: 40 euros for order A-17 are on their way back to your account.' },
    },
    {
      match: { toolResult: 'find_order' },
      answer: { toolCalls: [{ name: 'refund', arguments: { order: 'A-17', amount: 40 } }] },
    },
    {
      match: { user: 'refund' },
      answer: { toolCalls: [{ name: 'find_order', arguments: { email: 'dana@example.com' } }] },
    },
  ],
};

/** A home, a workspace, and recordings of the refund agent in its several styles. */
export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'rewind-mutate-test-'));
  readonly home = join(this.folder, 'home');
  readonly workspace = join(this.folder, 'workspace');

  /** Where runs started that did not begin at their program's start: requests before. */
  readonly starts: number[] = [];
  /** Why processes were not kept. */
  readonly unsound = new Set<string>();

  /** Processes that were kept give no run. */
  keptFail = false;

  constructor() {
    mkdirSync(this.workspace);
    writeFileSync(join(this.workspace, 'notes.txt'), 'left alone');
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async record(style: string, agent: AgentName = 'node'): Promise<SessionReader> {
    const emulator = await startEmulator({ script: checkScript(SCRIPT) });
    const upstream = new Upstream({ mappings: [parseUpstreamMapping(`api.openai.com=${emulator.url}`)] });
    try {
      const { session, exitCode } = await createRunner({ mode: 'record', home: this.home }).run({
        command: [...AGENTS[agent], style],
        cwd: this.workspace,
        env: ENVIRONMENT,
        responder: upstream,
        stdio: 'capture',
        timeoutMs: 60_000,
      });
      if (exitCode !== 0)
        throw new Error(`recording failed: ${Buffer.concat(session.output.map(({ bytes }) => bytes))}`);
      return session;
    } finally {
      await upstream.close();
      await emulator.close();
      for (const name of ['refunds.log', 'journal.txt']) rmSync(join(this.workspace, name), { force: true });
    }
  }

  /** The report on these mutants. */
  mutate(
    session: SessionReader,
    ids: readonly string[],
    more: Partial<Pick<MutateOptions, 'signal' | 'onProgress' | 'oracle' | 'keep' | 'jobs'>> = {},
  ): Promise<MutationReport> {
    const runner = createSharedRunner({
      mode: 'mutant',
      home: this.home,
      graceMs: 0,
      sites: comesFromPython(session) ? 'fast' : 'off',
    });
    const plan = planMutants(session, { operators: OPERATORS });
    const mutants = ids.map(wanted => {
      const found = plan.find(({ id }) => id === wanted);
      if (!found) throw new Error(`${wanted} is not planned, but ${plan.map(({ id }) => id).join(' ')}`);
      return found;
    });
    return mutate({
      session,
      mutants,
      runner: {
        run: request => runner.run({ ...request, env: ENVIRONMENT }),
        keep: async request => {
          const kept = await runner.keep!({ ...request, env: ENVIRONMENT });
          for (const why of kept.unsound) this.unsound.add(why);
          return {
            result: kept.result,
            points: kept.points,
            unsound: kept.unsound,
            close: () => kept.close(),
            run: (asked, from) => {
              if (this.keptFail) return Promise.reject(new Error('it is gone'));
              this.starts.push(asked);
              return kept.run(asked, { ...from, env: ENVIRONMENT });
            },
          };
        },
      },
      command: session.start.command,
      cwd: this.workspace,
      jobs: 2,
      timeoutMs: 60_000,
      signal: new AbortController().signal,
      ...more,
    }).finally(() => runner.close());
  }
}

export const ENVIRONMENT = {
  OPENAI_API_KEY: 'sk-test-0123456789abcdefghij',
  NODE_OPTIONS: undefined,
  NODE_TEST_CONTEXT: undefined,
  PYTHONPATH: path('../../python'),
};

/** Verdicts by mutant id. */
export function verdicts(report: MutationReport): Record<string, MutantResult['verdict']> {
  return Object.fromEntries(report.mutants.map(({ id, verdict }) => [id, verdict]));
}
