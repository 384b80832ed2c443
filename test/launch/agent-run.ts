import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRunner, type RunnerOptions } from '../../src/launch/runner.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import { parseUpstreamMapping } from '../../src/proxy/upstream-map.ts';
import type { RunRequest, RunResult } from '../../src/tape/runner.ts';
import { type CallSite, parseCallSite } from '../../src/wire/call-site.ts';
import type { Exchange } from '../../src/wire/exchange.ts';

/** A stand-in for every provider, and a home and working folder for the runs of one test. */
export class Bench {
  readonly folder: string;
  readonly #server: Server;
  /** What reached the provider, as `METHOD path`, and the headers it came with. */
  readonly seen: readonly Seen[];

  private constructor(folder: string, server: Server, seen: readonly Seen[]) {
    this.folder = folder;
    this.seen = seen;
    this.#server = server;
  }

  static async open(): Promise<Bench> {
    const folder = await mkdtemp(join(tmpdir(), 'rewind-launch-test-'));
    const seen: Seen[] = [];
    const server = createServer((request, response) => {
      seen.push({ line: `${request.method} ${request.url}`, headers: request.headers });
      answer(request, response);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new Bench(folder, server, seen);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get home(): string {
    return join(this.folder, 'home');
  }

  /** Runs a command with every provider host answered by the stand-in. */
  async run(
    command: readonly string[],
    { runner = {}, ...request }: Partial<RunRequest> & { readonly runner?: Partial<RunnerOptions> } = {},
  ): Promise<Recorded> {
    const notices: string[] = [];
    const upstream = new Upstream({
      mappings: [parseUpstreamMapping(`*=http://127.0.0.1:${this.port}`)],
    });
    const { env, ...rest } = request;
    const result = await createRunner({
      mode: 'record',
      home: this.home,
      onNotice: message => notices.push(message),
      ...runner,
    }).run({
      command,
      cwd: this.folder,
      responder: upstream,
      stdio: 'capture',
      timeoutMs: 60_000,
      env: { ...withoutProxies, ...env },
      ...rest,
    });
    await upstream.close();
    const exchanges = [...result.session.exchanges()];
    const text = (stream: 'stdout' | 'stderr') =>
      Buffer.concat(
        result.session.output.filter(piece => piece.stream === stream).map(piece => piece.bytes),
      ).toString();
    return {
      ...result,
      exchanges,
      notices,
      stdout: text('stdout'),
      stderr: text('stderr'),
      sites: exchanges.map(({ site }) => (site === undefined ? undefined : parseCallSite(site))),
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
}

export interface Recorded extends RunResult {
  readonly exchanges: readonly Exchange[];
  readonly notices: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly sites: readonly (CallSite | undefined)[];
}

/** Where CI puts further runtimes: `$REWIND_TEST_RUNTIMES/<name>@<major>/node_modules/.bin`. */
export function testRuntimeFolders(): string[] {
  const root = process.env.REWIND_TEST_RUNTIMES;
  if (!root) return [];
  return readdirSync(root).map(name => join(root, name, 'node_modules/.bin'));
}

/** The machine's own proxy settings have no part in a test. */
const withoutProxies: Record<string, string | undefined> = {
  NODE_OPTIONS: undefined,
  OPENAI_API_KEY: 'sk-test',
  ANTHROPIC_API_KEY: 'sk-ant-test',
  GEMINI_API_KEY: 'test',
  AWS_ACCESS_KEY_ID: 'AKIATEST',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  ...Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap(name => [
      [name, undefined],
      [name.toLowerCase(), undefined],
    ]),
  ),
};

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  request.on('end', () => {
    const body = JSON.stringify(bodyFor(request.url ?? ''));
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
}

function bodyFor(path: string): unknown {
  if (path.includes('/messages')) {
    return {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-test',
      content: [{ type: 'text', text: 'hello' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    };
  }
  if (path.includes('generateContent')) {
    return {
      candidates: [
        { content: { role: 'model', parts: [{ text: 'hello' }] }, finishReason: 'STOP', index: 0 },
      ],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    };
  }
  if (path.includes('/converse')) {
    return {
      output: { message: { role: 'assistant', content: [{ text: 'hello' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
      metrics: { latencyMs: 1 },
    };
  }
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-test',
    choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}
