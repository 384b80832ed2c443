import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RewindTestError } from './errors.ts';

/** What the engine says once it listens (docs/serve.md). */
export interface Ready {
  readonly version: string;
  readonly url: string;
  /** Variables that processes need to be intercepted. */
  readonly env: Readonly<Record<string, string>>;
  readonly hooks: { readonly node: string; readonly pythonFolder: string };
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** `rewind serve` as a child process. It ends with this process, whatever becomes of it, and never keeps it alive. */
export class Engine {
  readonly ready: Promise<Ready>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #stderr = '';
  #ended: Error | undefined;

  constructor(args: readonly string[] = []) {
    const [file, ...rest] = [...engineCommand(), 'serve', ...args];
    this.#child = spawn(file!, rest, { stdio: 'pipe', env: withoutHooks(process.env) });
    let settle: Waiting;
    this.ready = new Promise<Ready>((resolve, reject) => {
      settle = { resolve: ready => resolve(ready as Ready), reject };
    });
    this.ready.catch(() => undefined);
    createInterface({ input: this.#child.stdout }).on('line', line => this.#take(line, settle));
    this.#child.stderr.on('data', bytes => {
      this.#stderr = `${this.#stderr}${bytes}`.slice(-4_000);
    });
    const gone = (why: string): void => {
      this.#ended = new RewindTestError(`Rewind's engine ${why}${this.#stderr && `\n${this.#stderr}`}`);
      settle.reject(this.#ended);
      for (const { reject } of this.#waiting.values()) reject(this.#ended);
      this.#waiting.clear();
    };
    this.#child.on('error', error => gone(`could not be started: ${error.message}`));
    this.#child.on('exit', (code, signal) => gone(`ended (${signal ?? code})`));
    this.#child.stdin.on('error', () => undefined);
  }

  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** Throws RewindTestError with what the engine says went wrong. */
  async call<Result>(method: 'open' | 'steps' | 'close', params: object = {}): Promise<Result> {
    this.hold(true);
    try {
      await this.ready;
      return (await new Promise<unknown>((resolve, reject) => {
        if (this.#ended) return reject(this.#ended);
        const id = this.#nextId++;
        this.#waiting.set(id, { resolve, reject });
        this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
      })) as Result;
    } finally {
      if (this.#waiting.size === 0) this.hold(false);
    }
  }

  /** Whether the child keeps this process alive: only while an answer is awaited. */
  hold(alive: boolean): void {
    const how = alive ? 'ref' : 'unref';
    this.#child[how]();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      (stream as unknown as Partial<Record<'ref' | 'unref', () => void>>)[how]?.();
    }
  }

  #take(line: string, ready: Waiting): void {
    const message = JSON.parse(line) as {
      readonly id?: number;
      readonly method?: string;
      readonly params?: unknown;
      readonly result?: unknown;
      readonly error?: { readonly message: string; readonly data?: { readonly hint?: string } };
    };
    if (message.method === 'ready') {
      ready.resolve(message.params);
      return;
    }
    const waiting = this.#waiting.get(message.id ?? -1);
    this.#waiting.delete(message.id ?? -1);
    if (!message.error) {
      waiting?.resolve(message.result);
      return;
    }
    const hint = message.error.data?.hint;
    const error = new RewindTestError(`${message.error.message}${hint ? `\n${hint}` : ''}`);
    // Runners print the code at the first frame, and this is nobody's.
    error.stack = `${error.name}: ${error.message}`;
    waiting?.reject(error);
  }
}

/** `REWIND_BIN`, else the engine beside this file: in the package, or in its source tree. */
function engineCommand(): string[] {
  const named = process.env.REWIND_BIN;
  if (named) return /\.[cm]?[jt]s$/.test(named) ? [process.execPath, named] : [named];
  for (const place of ['./rewind.js', '../rewind.js', '../cli/main.ts']) {
    const file = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(file)) return [process.execPath, file];
  }
  throw new RewindTestError(
    'The engine that belongs beside llm-rewind/test is missing\nInstall llm-rewind again.',
  );
}

/** The engine is no agent: what loads test tools or hooks into Node processes is not meant for it. */
function withoutHooks({
  NODE_OPTIONS: _options,
  NODE_V8_COVERAGE: _coverage,
  ...env
}: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env;
}
