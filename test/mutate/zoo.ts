/**
 * Agents of known behaviour, each with the verdict that a careful engineer gives to each fault: `zoo/*.json`, written down by
 * hand. `bench/zoo.ts` runs them all, a test a spread of them.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { checkScript } from '../../src/emulator/script.ts';
import { createRunner } from '../../src/launch/runner.ts';
import type { Mutant } from '../../src/mutate/mutant.ts';
import { mutate } from '../../src/mutate/mutate.ts';
import { OPERATORS } from '../../src/mutate/operators.ts';
import { planMutants } from '../../src/mutate/plan.ts';
import type { MutantResult } from '../../src/mutate/report.ts';
import { HANDLED, UNHANDLED, type Verdict } from '../../src/mutate/verdict.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import { parseUpstreamMapping } from '../../src/proxy/upstream-map.ts';
import { openHome } from '../../src/sessions/home.ts';
import { readSession } from '../../src/sessions/reader.ts';
import type { SessionReader } from '../../src/sessions/session.ts';
import { SCRIPT } from './lab.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = fileURLToPath(new URL('./zoo', import.meta.url));

export interface Agent {
  readonly name: string;
  /** What it is known to do. */
  readonly about: string;
  /** `node` or `python`, and a script of the zoo or of `agents/` with its arguments. */
  readonly run: readonly string[];
  readonly scope: 'llm' | 'all-http';
  /** Verdicts with the mutants that deserve them. */
  readonly truth: Readonly<Partial<Record<Verdict, readonly string[]>>>;
}

export interface Judged {
  readonly result: MutantResult;
  /** What a careful engineer says; absent for a mutant that nobody has judged. */
  readonly truth: Verdict | undefined;
  readonly labels: readonly (string | undefined)[];
}

export function agents(): readonly Agent[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .map(file => ({
      name: file.replace(/\.json$/, ''),
      ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Omit<Agent, 'name'>),
    }));
}

const HOSTS = ['api.openai.com', 'api.anthropic.com', 'generativelanguage.googleapis.com'];

const ENVIRONMENT = {
  OPENAI_API_KEY: 'sk-test-0123456789abcdefghij',
  ANTHROPIC_API_KEY: 'sk-ant-test-0000000000000000000000',
  GEMINI_API_KEY: 'AIza-test-000000000000000000000000000',
  GOOGLE_API_KEY: undefined,
  NODE_OPTIONS: undefined,
  NODE_TEST_CONTEXT: undefined,
};

export class Zoo {
  readonly #folder = mkdtempSync(join(tmpdir(), 'rewind-zoo-'));
  readonly #workspace = join(this.#folder, 'workspace');
  readonly home = join(this.#folder, 'home');

  constructor() {
    mkdirSync(this.#workspace);
    writeFileSync(join(this.#workspace, 'notes.txt'), 'left alone');
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  session(id: string): SessionReader {
    return readSession(openHome(this.home), id);
  }

  async record({ run, scope }: Agent): Promise<SessionReader> {
    const emulator = await startEmulator({ script: checkScript(SCRIPT) });
    const shop = await startShop();
    const shopAt = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
    const mappings = [...HOSTS.map(host => `${host}=${emulator.url}`), `shop.example=${shopAt}`];
    const upstream = new Upstream({ mappings: mappings.map(parseUpstreamMapping) });
    try {
      const { session, exitCode } = await createRunner({ mode: 'record', home: this.home, scope }).run({
        command: commandOf(run),
        cwd: this.#workspace,
        env: ENVIRONMENT,
        responder: upstream,
        stdio: 'capture',
        timeoutMs: 120_000,
      });
      if (exitCode !== 0)
        throw new Error(
          `recording ${run.join(' ')}: ${Buffer.concat(session.output.map(({ bytes }) => bytes))}`,
        );
      return session;
    } finally {
      await upstream.close();
      await emulator.close();
      shop.close();
      rmSync(join(this.#workspace, 'refunds.log'), { force: true });
    }
  }

  /** Runs the agent against these mutants and sets the truth beside what was found. */
  async judge(
    agent: Agent,
    session: SessionReader,
    mutants: readonly Mutant[],
    onResult: (result: MutantResult) => void = () => undefined,
  ): Promise<readonly Judged[]> {
    const runner = createRunner({ mode: 'mutant', home: this.home, scope: agent.scope, graceMs: 0 });
    const report = await mutate({
      session,
      mutants,
      runner: { run: request => runner.run({ ...request, env: ENVIRONMENT }) },
      command: session.start.command,
      cwd: this.#workspace,
      // Most of what takes long waits.
      jobs: 3,
      onProgress: ({ last }) => last && onResult(last),
      timeoutMs: 120_000,
      signal: new AbortController().signal,
    });
    const truth = truthOf(agent);
    return report.mutants.map(result => ({
      result,
      truth: truth.get(result.id),
      labels: [...this.session(result.session!).exchanges()].map(({ label }) => label),
    }));
  }
}

export function truthOf({ name, truth }: Agent): ReadonlyMap<string, Verdict> {
  const all = new Map<string, Verdict>();
  for (const [verdict, ids] of Object.entries(truth)) {
    for (const id of ids) {
      if (all.has(id)) throw new Error(`${name}: ${id} has two verdicts`);
      all.set(id, verdict as Verdict);
    }
  }
  return all;
}

/** One mutant an operator, at the step that acts where it can be planned there; and all that have a truth besides. */
export function chosen(agent: Agent, session: SessionReader): readonly Mutant[] {
  const plan = planMutants(session, { operators: OPERATORS });
  const truth = truthOf(agent);
  const unknown = [...truth.keys()].filter(id => !plan.some(mutant => mutant.id === id));
  if (unknown.length > 0) throw new Error(`${agent.name}: not planned: ${unknown.join(' ')}`);
  const wanted =
    agent.scope === 'llm' ? OPERATORS : OPERATORS.filter(({ family }) => family === 'tool-output');
  const first = wanted.flatMap(({ id }) => {
    const of = plan.filter(({ operator }) => operator === id);
    return of.find(({ step }) => step === 2) ?? of.find(({ step }) => step === 4) ?? of.slice(0, 1);
  });
  return [...new Set([...first, ...plan.filter(({ id }) => truth.has(id))])];
}

/** What a test on exit code and output alone makes of the same runs: it takes everything that changed for a failure. */
export function outputOnly({ result }: Judged): 'good' | 'bad' {
  return result.outcome === 'survived' ? 'good' : 'bad';
}

/** Whether it is for the agent's author to mend; null for what does not count. */
export function deserves(verdict: Verdict): 'good' | 'bad' | null {
  return UNHANDLED.has(verdict) ? 'bad' : HANDLED.has(verdict) ? 'good' : null;
}

function commandOf([program, script, ...rest]: readonly string[]): readonly string[] {
  const path = join(folder, script ?? '');
  if (program === 'python') return [join(root, '.venv/bin/python'), path, ...rest];
  return [process.execPath, path, ...rest];
}

function startShop(): Promise<Server> {
  const server = createServer((request, response) => {
    const body =
      request.method === 'POST'
        ? { id: 'R-1', refunded: 40 }
        : { order: 'A-17', paid: 40, note: 'Delivered on Monday, signed by the neighbour.' };
    const text = JSON.stringify(body);
    request.resume().on('end', () => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
        .end(text);
    });
  });
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)));
}
