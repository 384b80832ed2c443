import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { type Engine, wantsTape } from '../agent/engine.ts';
import type { Answer } from '../agent/messages.ts';
import { Talk } from '../agent/talk.ts';
import { isObject, type JsonObject, parseJson } from '../wire/json.ts';
import { shellCode } from './exit-codes.ts';

export interface McpWrapperOptions {
  readonly engine: Engine;
  /** Program (as a path) and arguments of the server, looked up when the first request is to run; may throw a RewindError. */
  readonly command: () => readonly [string, ...string[]];
  readonly input: Readable;
  readonly output: Writable;
}

/** A request that the server has to answer. `run`: the engine's number of it; absent where the engine is gone. */
interface Waiting {
  readonly talk: Talk;
  readonly run: number | undefined;
  readonly began: number;
}

/** What a replay wants of an MCP server unless the command line says otherwise: that nothing happens twice. */
const REPLAY = 'tape';
/** Server-defined errors of JSON-RPC: https://www.jsonrpc.org/specification#error_object */
const SERVER_ERROR = -32000;
const HANDSHAKE = 'rewind-handshake';

/**
 * Stands between an MCP client and its server on stdio (https://modelcontextprotocol.io/specification, "stdio": JSON-RPC, a
 * message a line). Each request of the client's asks the engine first, as a tool in the agent does; notifications, and what
 * the server asks of the client, pass through.
 */
export class McpWrapper {
  readonly #options: McpWrapperOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #asking = new Set<Promise<void>>();
  /** The server's exit code. */
  readonly #ended = Promise.withResolvers<number>();
  /** The client's first message: a server that is started late has to be told. */
  #initialize: JsonObject | undefined;
  #server: ChildProcess | undefined;
  #started: Promise<void> | undefined;
  #handshaken: (() => void) | undefined;

  constructor(options: McpWrapperOptions) {
    this.#options = options;
  }

  /** Resolves with the server's exit code when the client has gone, or the server has. Rejects where it cannot be started. */
  async run(): Promise<number> {
    const { promise: failed, reject } = Promise.withResolvers<never>();
    const read = this.#read(reject).then(() => (this.#server ? this.#ended.promise : 0));
    return Promise.race([read, this.#ended.promise, failed]);
  }

  /** Passes a signal on; false where there is no server to take it. */
  kill(signal: NodeJS.Signals): boolean {
    return this.#server?.kill(signal) ?? false;
  }

  async #read(onError: (error: unknown) => void): Promise<void> {
    for await (const line of linesOf(this.#options.input)) {
      for (const message of messagesOf(line)) {
        const done = this.#fromClient(message).catch(onError);
        this.#asking.add(done);
        void done.finally(() => this.#asking.delete(done));
      }
    }
    await Promise.all(this.#asking);
    this.#server?.stdin?.end();
  }

  async #fromClient(message: JsonObject): Promise<void> {
    const { id, method } = message;
    if (typeof method !== 'string' || id === undefined) {
      if (method === 'notifications/cancelled')
        this.#forget((message.params as JsonObject | undefined)?.requestId);
      return this.#toServer(message);
    }
    const { engine } = this.#options;
    const talk = new Talk(engine);
    const answer = await talk.say('ask', { ...questionOf(method, message), replay: REPLAY });
    if (answer ? answer.answer !== 'run' : wantsTape(engine, REPLAY)) {
      talk.close();
      if (method === 'initialize') this.#initialize = message;
      return this.#toClient(answerOf(id, answer ?? { answer: 'miss', message: GONE }));
    }
    await this.#start();
    this.#waiting.set(JSON.stringify(id), { talk, run: answer?.id, began: performance.now() });
    this.#toServer(message);
  }

  async #fromServer(message: JsonObject): Promise<void> {
    const { id, method } = message;
    if (method === undefined && id === HANDSHAKE) return this.#handshaken?.();
    const key = JSON.stringify(id);
    const waiting = method === undefined ? this.#waiting.get(key) : undefined;
    if (!waiting) return this.#toClient(message);
    this.#waiting.delete(key);
    const { talk, run, began } = waiting;
    const told =
      run === undefined
        ? undefined
        : await talk.say('done', { id: run, durationMs: performance.now() - began, ...outcomeOf(message) });
    talk.close();
    // Another outcome than the server's own: a fault, a splice.
    this.#toClient(told?.answer === undefined ? message : answerOf(id ?? null, told));
  }

  /** Nobody will answer a request that the client took back: it is recorded as unfinished. */
  #forget(id: unknown): void {
    const key = JSON.stringify(id);
    this.#waiting.get(key)?.talk.close();
    this.#waiting.delete(key);
  }

  /** Resolves when the server has been told whatever the client was told from tape. */
  #start(): Promise<void> {
    this.#started ??= this.#startServer();
    return this.#started;
  }

  async #startServer(): Promise<void> {
    const [file, ...args] = this.#options.command();
    const server = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve, reject) => server.once('spawn', resolve).once('error', reject));
    this.#server = server;
    server.stdin.on('error', () => undefined); // it ends, and its end is seen
    void this.#listen(server.stdout);
    server.once('close', (code, signal) => {
      for (const { talk } of this.#waiting.values()) talk.close();
      this.#ended.resolve(shellCode(code, signal));
    });
    if (!this.#initialize) return;
    const ready = new Promise<void>(resolve => {
      this.#handshaken = resolve;
    });
    this.#toServer({ ...this.#initialize, id: HANDSHAKE });
    await Promise.race([ready, this.#ended.promise]);
    this.#toServer({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  async #listen(output: Readable): Promise<void> {
    for await (const line of linesOf(output)) {
      for (const message of messagesOf(line)) void this.#fromServer(message);
    }
  }

  /** Without a server, what comes from tape needs none of it. */
  #toServer(message: JsonObject): void {
    this.#server?.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  #toClient(message: JsonObject): void {
    this.#options.output.write(`${JSON.stringify(message)}\n`);
  }
}

const GONE = 'Rewind is gone, and this replay wants its recording';

/** A call of a tool is the tool; all else goes by its method. */
function questionOf(method: string, { params }: JsonObject): object {
  const given = isObject(params) ? params : {};
  if (method === 'tools/call' && typeof given.name === 'string') {
    return { name: given.name, arguments: given.arguments ?? {} };
  }
  return { name: method, method, arguments: given };
}

/** A JSON-RPC error is the protocol's; a tool that failed says so in its result. */
function outcomeOf({ result, error }: JsonObject): object {
  if (!isObject(error)) return { result: result ?? null };
  const given = error.data === undefined ? [error.code ?? null] : [error.code ?? null, error.data];
  return {
    error: { type: `JSON-RPC ${String(error.code)}`, message: String(error.message), arguments: given },
  };
}

function answerOf(id: JsonObject[string], answer: Answer): JsonObject {
  const head = { jsonrpc: '2.0', id: id ?? null };
  if (answer.answer === 'result') return { ...head, result: (answer.result ?? {}) as JsonObject };
  const { message = answer.message ?? 'Rewind gave no answer', arguments: given = [] } = answer.error ?? {};
  const [code, data] = given as readonly JsonObject[string][];
  return {
    ...head,
    error: {
      code: typeof code === 'number' ? code : SERVER_ERROR,
      message,
      ...(data === undefined ? {} : { data }),
    },
  };
}

/** A line is one message, or (in old versions of the protocol) a batch of them. */
function messagesOf(line: Buffer): readonly JsonObject[] {
  const read = parseJson(line);
  if (!read.ok) return [];
  return (Array.isArray(read.value) ? (read.value as readonly unknown[]) : [read.value]).filter(isObject);
}

/** Ends at `\n` only: JSON may hold what else is taken for a line's end. */
async function* linesOf(stream: Readable): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  for await (const bytes of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
      yield Buffer.concat([...pieces, bytes.subarray(from, end)]);
      pieces = [];
      from = end + 1;
    }
    if (from < bytes.length) pieces.push(bytes.subarray(from));
  }
  if (pieces.length > 0) yield Buffer.concat(pieces);
}
