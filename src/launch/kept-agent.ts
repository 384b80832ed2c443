import { constants } from 'node:os';
import type { SessionClock } from '../proxy/recorder.ts';
import type { Home } from '../sessions/home.ts';
import type { OutputPiece, SessionWriter } from '../sessions/session.ts';
import type { Ask, Reply, Responder } from '../tape/responder.ts';
import type { KeepRequest, KeptAgent, RunRequest, RunResult } from '../tape/runner.ts';
import { answerTool } from '../tape/tool.ts';
import type { AgentProcess, ProcessEnd, StartOptions } from './agent-process.ts';
import { type KeeperLine, KeepServer } from './keep-server.ts';
import { namedPipes } from './named-pipe.ts';
import { type Departure, Run, type RunnerOptions, type Shared } from './runner.ts';
import { relayed, separateProcess } from './separate-process.ts';
import { Slot } from './slot.ts';

/** A process that waits at a call, and what its run had done until then. */
interface Point {
  readonly line: KeeperLine;
  readonly asks: readonly Ask[];
  readonly output: readonly OutputPiece[];
  readonly elapsedMs: number;
}

/** Runs a Python agent once, and keeps copies of its process at the calls that are wanted; runs then start from those. */
export async function keepAgent(
  home: Home,
  options: RunnerOptions,
  request: KeepRequest,
  shared: Shared,
): Promise<KeptAgent> {
  const slot = await Slot.open(new Run(home, options, request, shared).interception, home);
  const kept = new Kept(home, options, shared, slot);
  try {
    await kept.runOnce(request);
    return kept;
  } catch (error) {
    await kept.close();
    throw error;
  }
}

class Kept implements KeptAgent {
  readonly unsound = new Set<string>();
  readonly #home: Home;
  readonly #options: RunnerOptions;
  readonly #shared: Shared;
  readonly #slot: Slot;
  readonly #points = new Map<number, Point>();
  #server: KeepServer | undefined;
  #result: RunResult | undefined;

  constructor(home: Home, options: RunnerOptions, shared: Shared, slot: Slot) {
    this.#shared = shared;
    this.#home = home;
    this.#options = options;
    this.#slot = slot;
  }

  get result(): RunResult {
    if (!this.#result) throw new Error('the agent has not run yet');
    return this.#result;
  }

  get points(): readonly number[] {
    return [...this.#points.keys()].sort((a, b) => a - b);
  }

  async runOnce(request: KeepRequest): Promise<void> {
    const asks: Ask[] = [];
    const output: OutputPiece[] = [];
    const startedAt = performance.now();
    const waiting = new Map<string, (keeper: KeeperLine) => void>();
    let toolsTold = false;
    const atCall = async (agent: KeeperLine, unsound: string | undefined): Promise<void> => {
      const asked = asks.length;
      const why = toolsTold ? 'a tool has told of its run' : unsound;
      if (why !== undefined) this.unsound.add(why);
      if (why !== undefined || this.#points.has(asked) || !request.wanted(asked)) return agent.say('go');
      if (this.#slot.proxy.inFlight > 0) return agent.say('go');
      const so = { asks: [...asks], output: [...output], elapsedMs: performance.now() - startedAt };
      await request.onPoint(asked);
      const name = String(asked);
      const came = new Promise<KeeperLine>(resolve => {
        waiting.set(name, resolve);
      });
      // Should it die on the way, so that no keeper ever comes, it asks no more either: the run ends, or is ended.
      agent.say(`keep ${name}`);
      this.#points.set(asked, { ...so, line: await came });
      agent.say('go');
    };
    this.#server = await KeepServer.open(this.#slot.folder, line => {
      line.onNews = news => {
        if (news.at === 'call') void atCall(line, news.unsound);
        if (news.at === 'kept') waiting.get(news.name)?.(line);
      };
    });
    const options: RunnerOptions = {
      ...this.#options,
      inFront: recorder => ({
        respond(ask, reply) {
          asks.push(ask);
          return recorder.respond(ask, reply);
        },
        tool(ask, run) {
          toolsTold = true; // what was told is not told again
          return answerTool(recorder, ask, run);
        },
      }),
      onOutput: piece => output.push(piece),
    };
    this.#slot.sameAgent();
    const env = { ...request.env, REWIND_KEEP: this.#server.path };
    this.#result = await new Run(this.#home, options, { ...request, env }, this.#shared).in(
      this.#slot,
      undefined,
    );
  }

  run(asked: number, request: RunRequest): Promise<RunResult> {
    const point = this.#points.get(asked);
    if (!point) throw new Error(`nothing is kept at ${asked}`);
    return new Run(this.#home, this.#options, request, this.#shared).in(
      this.#slot,
      undefined,
      departureFrom(point),
    );
  }

  async close(): Promise<void> {
    await this.#server?.close();
    await this.#slot.close();
  }
}

function departureFrom({ line, asks, output, elapsedMs }: Point): Departure {
  const startedAt = performance.now() - elapsedMs;
  /** What is told again happens when it did. */
  let told: number | undefined;
  const clock: SessionClock = { startedAt, now: () => told ?? performance.now() };
  const firstAt = asks[0]?.arrived ?? 0;
  return {
    clock,
    asked: asks.length,
    start: options => startFrom(line, options),
    async tellAgain(responder: Responder, writer: SessionWriter) {
      const signal = new AbortController().signal;
      for (const piece of output) writer.output(piece);
      for (const [seq, ask] of asks.entries()) {
        const arrived = startedAt + Math.min(elapsedMs, ask.arrived - firstAt);
        told = arrived;
        await responder.respond({ ...ask, seq, arrived, signal }, NOBODY);
      }
      told = undefined;
    },
  };
}

/** Has heard it all before. */
const NOBODY: Reply = {
  label: () => undefined,
  head: () => undefined,
  chunk: () => undefined,
  end: () => undefined,
  fail: () => undefined,
};

async function startFrom(line: KeeperLine, options: StartOptions): Promise<AgentProcess> {
  const pipes = await namedPipes(options.pipes, 2);
  if (!pipes) throw new Error('there is no mkfifo');
  const drained = relayed(pipes, options.onOutput);
  const started = Promise.withResolvers<number>();
  const ended = Promise.withResolvers<ProcessEnd>();
  ended.promise.catch(() => undefined); // awaited by whoever gets the process
  line.onNews = news => {
    if (news.at === 'started') started.resolve(news.pid);
    if (news.at === 'ended') {
      started.reject(new Error('a run could not be started from a kept process'));
      ended.resolve({ code: news.code, signal: signalName(news.signal) });
    }
  };
  line.onEnd = () => {
    const gone = new Error('a kept process has ended');
    started.reject(gone);
    ended.reject(gone);
  };
  line.say([...pipes.map(({ path }) => path), options.env.REWIND_SESSION ?? ''].join('\t'));
  try {
    return separateProcess(await started.promise, ended.promise, drained);
  } finally {
    for (const pipe of pipes) pipe.release();
  }
}

function signalName(number: number | null): NodeJS.Signals | null {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found ? (found[0] as NodeJS.Signals) : null;
}
