import { fileURLToPath } from 'node:url';
import { engine, turn } from './desk.ts';
import type { Ready } from './engine.ts';
import { RewindDivergenceError, RewindTestError } from './errors.ts';
import { setVariables, testRun } from './in-process.ts';
import { missError } from './miss.ts';
import { type Mode, modeFor } from './mode.ts';
import type { CallStep, Step, ToolStep } from './steps.ts';

export interface CassetteOptions {
  /** Path of a `.rw` file, from the working directory; or a file URL. */
  readonly cassette: string | URL;
  /** Default `replay`; `REWIND_MODE` wins over it, and in CI only that counts. */
  readonly mode?: Mode;
  /** How the run is called in Rewind's list, where it is kept; the test's own name by default. */
  readonly name?: string;
}

/** The run of one test, while it runs. */
export interface RewindSession {
  readonly cassette: string;
  /** What `once` came down to. */
  readonly mode: Exclude<Mode, 'once'>;
  /** Calls and tool calls so far, in their order. */
  steps(): Promise<readonly Step[]>;
  calls(): Promise<readonly CallStep[]>;
  /** Tool calls that the model asked for, with the results that the agent sent back. */
  tools(name?: string): Promise<readonly ToolStep[]>;
  usage(): Promise<Usage>;
  /** Throws RewindDivergenceError unless every request was answered as recorded and none was left out. */
  expectNoDivergence(): Promise<void>;
}

/** Sums over the calls so far. `costUsd` is null where no price is known. */
export interface Usage {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
}

interface MissText {
  readonly text: string;
  readonly times: number;
}

interface Closed {
  readonly mode: string;
  readonly session: string | null;
  readonly written: boolean;
  readonly misses: readonly MissText[];
  readonly toolMisses: readonly MissText[];
  readonly warnings: readonly string[];
}

/** What `steps` of docs/serve.md gives. */
interface SoFar {
  readonly session: Usage;
  readonly steps: readonly Step[];
  readonly misses: readonly string[];
  readonly neverAsked: readonly number[];
}

/** A session that its owner must close. */
export class OpenSession implements RewindSession {
  readonly cassette: string;
  readonly mode: Exclude<Mode, 'once'>;
  readonly #leave: () => void;

  private constructor(cassette: string, mode: Exclude<Mode, 'once'>, leave: () => void) {
    this.cassette = cassette;
    this.mode = mode;
    this.#leave = leave;
  }

  /** Waits until no other test of this process has a cassette open. Throws RewindTestError. */
  static async open(
    options: CassetteOptions,
    { suite = false, file }: { readonly suite?: boolean; readonly file?: string | undefined } = {},
  ): Promise<OpenSession> {
    const cassette = pathOf(options.cassette);
    const mode = modeFor(options.mode);
    const leave = await turn(suite ? cassette : undefined);
    try {
      const running = await engine();
      const { env } = await running.ready;
      const opened = await running.call<{ mode: Exclude<Mode, 'once'>; env: Ready['env'] }>('open', {
        cassette,
        mode,
        ...(options.name === undefined ? {} : { name: options.name }),
        ...(file === undefined ? {} : { run: { id: testRun(), by: file } }),
      });
      const restore = setVariables({ ...env, ...opened.env });
      return new OpenSession(cassette, opened.mode, () => {
        restore();
        leave();
      });
    } catch (error) {
      leave();
      throw error;
    }
  }

  async steps(): Promise<readonly Step[]> {
    return (await this.#soFar()).steps;
  }

  async calls(): Promise<readonly CallStep[]> {
    return (await this.steps()).filter(step => step.kind === 'call');
  }

  async tools(name?: string): Promise<readonly ToolStep[]> {
    const all = (await this.steps()).filter(step => step.kind === 'tool');
    return name === undefined ? all : all.filter(step => step.name === name);
  }

  async usage(): Promise<Usage> {
    const { calls, inputTokens, outputTokens, costUsd } = (await this.#soFar()).session;
    return { calls, inputTokens, outputTokens, costUsd };
  }

  async expectNoDivergence(): Promise<void> {
    const { misses, neverAsked } = await this.#soFar();
    const left = neverAsked.length;
    const says = [
      ...misses,
      ...(left > 0
        ? [
            `${left} of the recorded calls ${left > 1 ? 'were' : 'was'} never asked for: ${neverAsked.join(', ')}`,
          ]
        : []),
    ];
    if (says.length > 0)
      throw new RewindDivergenceError(`${this.cassette}: the run diverged\n${says.join('\n')}`);
  }

  /**
   * Ends the session; a recording becomes a cassette if the test passed. `error`: what the test threw. Throws
   * RewindMissError where a request or a tool was not on tape, whether the agent noticed or not.
   */
  async close({ passed, error }: { readonly passed: boolean; readonly error?: unknown }): Promise<void> {
    try {
      const closed = await (await engine()).call<Closed>('close', { passed });
      if (closed.misses.length + closed.toolMisses.length > 0)
        throw missError(missText(this.cassette, closed), error);
      if (closed.mode === 'record' && !closed.written && closed.session !== null && error instanceof Error) {
        const id = closed.session.slice(0, 8);
        process.stderr.write(
          `rewind: the test failed, so ${this.cassette} was not written; its run is session ${id}\n`,
        );
      }
    } finally {
      this.#leave();
    }
  }

  async #soFar(): Promise<SoFar> {
    return (await engine()).call<SoFar>('steps');
  }
}

function pathOf(cassette: string | URL): string {
  const path =
    typeof cassette === 'string' && !cassette.startsWith('file:') ? cassette : fileURLToPath(cassette);
  if (!path.endsWith('.rw')) throw new RewindTestError(`${path} is no cassette: its name must end in .rw`);
  return path;
}

function missText(cassette: string, { misses, toolMisses, session }: Closed): string {
  const kept =
    session === null
      ? ''
      : `\nThis run is session ${session.slice(0, 8)}: rewind diff ${cassette} ${session.slice(0, 8)}`;
  const texts = [...misses, ...toolMisses].map(({ text, times }) =>
    times > 1 ? `${text}\n(asked ${times} times)` : text,
  );
  return `${cassette} does not hold what was asked\n${texts.join('\n')}${kept}\nRecord it anew: REWIND_MODE=record`;
}
