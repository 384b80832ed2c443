/**
 * A made-up coding agent's session, the same for the same seed: a 6 KB system prompt, 12 tools, tool results of source
 * text, streamed answers with random ids and padding as OpenAI sends them. For benchmarks, and for tests of long sessions.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SessionWriter } from '../src/sessions/session.ts';
import type { Chunk, RequestHead } from '../src/wire/exchange.ts';
import type { RawHeaders } from '../src/wire/headers.ts';

export interface SyntheticTurn {
  readonly request: RequestHead & { readonly body: Buffer };
  readonly answerHeaders: RawHeaders;
  readonly chunks: readonly Chunk[];
}

export interface Plan {
  readonly turns: number;
  /** Agents whose turns interleave: 1 is a lone agent, 3 a main agent and two sub-agents. */
  readonly agents: number;
  /** The turn after which the main agent's history is replaced by a summary and its last messages. */
  readonly compactAt?: number;
  readonly seed?: number;
}

type Message = Readonly<Record<string, unknown>>;

/** Writes all turns, a second apart; sealing is the caller's. */
export function recordSynthetic(writer: SessionWriter, plan: Plan): void {
  let seq = 0;
  for (const { request, answerHeaders, chunks } of syntheticSession(plan)) {
    writer.request({ seq, at: seq * 1000, request });
    writer.answerHead(seq, 1, { status: 200, reason: 'OK', headers: answerHeaders });
    for (const { at, bytes } of chunks) writer.answerChunk(seq, at, bytes);
    writer.answerEnd(seq++, { kind: 'complete', at: 900, trailers: [] });
  }
}

export function* syntheticSession({ turns, agents, compactAt, seed = 1 }: Plan): Generator<SyntheticTurn> {
  const random = new Random(seed);
  const source = new Source(random);
  const system = source.text(6000);
  const tools = Array.from({ length: 12 }, (_, i) => tool(i, source, random));
  const histories: Message[][] = Array.from({ length: agents }, (_, agent) => [
    { role: 'system', content: system },
    { role: 'user', content: `Agent ${agent}: ${source.text(400)}` },
  ]);
  for (let turn = 0; turn < turns; turn++) {
    const agent = agents > 1 && turn >= agents ? random.below(agents) : turn % agents;
    if (turn === compactAt) {
      const old = histories[0]!;
      histories[0] = [
        old[0]!,
        { role: 'user', content: `Summary so far: ${source.text(4000)}` },
        ...old.slice(-6),
      ];
    }
    const history = histories[agent]!;
    const body = JSON.stringify({
      model: 'gpt-4.1',
      messages: history,
      tools,
      stream: true,
      stream_options: { include_usage: true },
    });
    const callId = `call_${random.letters(24)}`;
    const answer = source.text(300 + random.below(500));
    const call = JSON.stringify({ path: `src/${random.letters(6)}.ts`, from: random.below(900), lines: 80 });
    yield {
      request: { ...HEAD, headers: requestHeaders(body.length), body: Buffer.from(body) },
      answerHeaders: answerHeaders(random),
      chunks: stream(answer, callId, call, random),
    };
    history.push(
      {
        role: 'assistant',
        content: answer,
        tool_calls: [{ id: callId, type: 'function', function: { name: 'tool_3', arguments: call } }],
      },
      { role: 'tool', tool_call_id: callId, content: source.text(1500 + random.below(2200)) },
    );
  }
}

const HEAD = {
  method: 'POST',
  scheme: 'https',
  host: 'api.openai.com',
  path: '/v1/chat/completions',
  httpVersion: '1.1',
} as const;

function requestHeaders(length: number): RawHeaders {
  return [
    ['Host', 'api.openai.com'],
    ['Accept', 'application/json'],
    ['Content-Type', 'application/json'],
    ['User-Agent', 'OpenAI/JS 7.57.0'],
    ['X-Stainless-Lang', 'js'],
    ['X-Stainless-Package-Version', '7.57.0'],
    ['X-Stainless-Runtime', 'node'],
    ['X-Stainless-Retry-Count', '0'],
    ['Authorization', `Bearer sk-proj-${'a1'.repeat(40)}`],
    ['Content-Length', String(length)],
  ];
}

function answerHeaders(random: Random): RawHeaders {
  return [
    ['Date', `Tue, 01 Jul 2025 10:${10 + random.below(50)}:${10 + random.below(50)} GMT`],
    ['Content-Type', 'text/event-stream; charset=utf-8'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'keep-alive'],
    ['openai-processing-ms', String(100 + random.below(900))],
    ['openai-version', '2020-10-01'],
    ['x-ratelimit-remaining-requests', String(9000 + random.below(999))],
    ['x-ratelimit-remaining-tokens', String(100_000 + random.below(99_999))],
    ['x-request-id', `req_${random.hex(32)}`],
    ['cf-cache-status', 'DYNAMIC'],
    ['Server', 'cloudflare'],
    ['CF-RAY', `${random.hex(16)}-FRA`],
  ];
}

/** One event a token; now and then two or three arrive in one chunk, as TCP gives them. */
function stream(answer: string, callId: string, call: string, random: Random): Chunk[] {
  const id = `chatcmpl-${random.letters(29)}`;
  const created = 1_751_360_000 + random.below(100_000);
  const event = (choices: unknown[], usage: unknown = null): string =>
    `data: ${JSON.stringify({
      id,
      object: 'chat.completion.chunk',
      created,
      model: 'gpt-4.1-2025-04-14',
      service_tier: 'default',
      system_fingerprint: 'fp_51e1070cf2',
      choices,
      usage,
      obfuscation: random.letters(1 + random.below(14)),
    })}\n\n`;
  const delta = (value: unknown, finish: string | null = null): string =>
    event([{ index: 0, delta: value, logprobs: null, finish_reason: finish }]);
  const events = [
    delta({ role: 'assistant', content: '', refusal: null }),
    ...tokens(answer).map(content => delta({ content })),
    delta({
      tool_calls: [{ index: 0, id: callId, type: 'function', function: { name: 'tool_3', arguments: '' } }],
    }),
    ...tokens(call).map(text => delta({ tool_calls: [{ index: 0, function: { arguments: text } }] })),
    delta({}, 'tool_calls'),
    event([], {
      prompt_tokens: 1000 + random.below(9000),
      completion_tokens: answer.length >> 2,
      total_tokens: 0,
    }),
    'data: [DONE]\n\n',
  ];
  const chunks: Chunk[] = [];
  let at = 300 + random.below(500);
  for (let i = 0; i < events.length; ) {
    const take = random.below(6) === 0 ? 1 + random.below(3) : 1;
    chunks.push({ at, bytes: Buffer.from(events.slice(i, i + take).join('')) });
    i += take;
    at += random.below(4) === 0 ? 0 : 4 + random.below(300) / 10;
  }
  return chunks;
}

const tokens = (text: string): string[] =>
  text.match(/ ?[A-Za-z]{1,7}|\d{1,3}|\s+|[^\sA-Za-z\d]{1,3}/g) ?? [];

function tool(index: number, source: Source, random: Random): unknown {
  const property = (name: string): [string, unknown] => [
    name,
    { type: random.below(3) ? 'string' : 'integer', description: source.text(60) },
  ];
  return {
    type: 'function',
    function: {
      name: `tool_${index}`,
      description: source.text(250),
      parameters: {
        type: 'object',
        properties: Object.fromEntries(['path', 'from', 'lines', 'pattern'].map(property)),
        required: ['path'],
      },
    },
  };
}

/** Pieces of the type definitions that the toolchain brings along, none twice. */
class Source {
  readonly #text: string;
  #at: number;

  constructor(random: Random) {
    const types = fileURLToPath(new URL('../node_modules/@types/node/', import.meta.url));
    const files = readdirSync(types, { recursive: true, encoding: 'utf8' }).filter(name =>
      name.endsWith('.d.ts'),
    );
    this.#text = files
      .sort()
      .map(name => readFileSync(`${types}${name}`, 'utf8'))
      .join('\n');
    this.#at = random.below(this.#text.length);
  }

  text(length: number): string {
    if (this.#at + length > this.#text.length) this.#at = 0;
    this.#at += length;
    return this.#text.slice(this.#at - length, this.#at);
  }
}

/** mulberry32. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }

  letters(length: number): string {
    const all = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    return Array.from({ length }, () => all[this.below(all.length)]).join('');
  }

  hex(length: number): string {
    return Array.from({ length }, () => this.below(16).toString(16)).join('');
  }
}
