import type { SessionExit, SessionReader, SessionStart } from '../../src/sessions/session.ts';
import type { Answer } from '../../src/wire/exchange.ts';
import { type Recorded, requestOf, sessionOf } from '../tape/tape-session.ts';

/** An agent's run in plain words, before a vendor's wire format is put on it. */
export interface Run {
  readonly model: string;
  readonly system: string;
  readonly user: string;
  readonly tools: readonly ScenarioTool[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly turns: readonly Turn[];
  readonly host?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly start?: Partial<SessionStart>;
  readonly exit?: SessionExit;
  /** The assistant's ids, so that two runs never share any. */
  readonly ids?: string;
  /** Bodies with their members in the other order, answers in so many chunks: what means nothing. */
  readonly reversed?: true;
  readonly chunks?: number;
  /** Milliseconds from call to call; 1000 unless given. */
  readonly pace?: number;
  /** Changes a turn's messages before they are sent. */
  readonly rewrite?: (messages: readonly Said[], turn: number) => readonly Said[];
}

export interface ScenarioTool {
  readonly name: string;
  readonly description: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Turn {
  /** What the model says. */
  readonly text?: string;
  readonly calls?: readonly { readonly name: string; readonly args: unknown }[];
  /** What the tools give, in the order of the calls. */
  readonly results?: readonly (string | null)[];
  readonly order?: readonly number[];
  readonly finish?: string;
  readonly model?: string;
  readonly fingerprint?: string;
  readonly status?: number;
  readonly error?: { readonly type: string; readonly message: string };
  readonly answerHeaders?: Readonly<Record<string, string>>;
  /** A stream that ends here, without its proper end. */
  readonly cut?: 'reset' | 'clean' | 'before';
  readonly rawArguments?: string;
  readonly refusal?: string;
  /** Settings of this turn's request only. */
  readonly with?: Partial<
    Pick<Run, 'model' | 'system' | 'tools' | 'parameters' | 'host' | 'query' | 'headers'>
  >;
  readonly attempts?: readonly { readonly status: number }[];
  readonly serverBlock?: unknown;
}

export type Said =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly calls: readonly Asked[] }
  | { readonly role: 'tool'; readonly id: string; readonly name: string; readonly text: string };

export interface Asked {
  readonly id: string;
  readonly name: string;
  readonly args: unknown;
}

export interface Vendor {
  readonly name: string;
  request(
    run: Run,
    messages: readonly Said[],
  ): { readonly path: string; readonly host: string; readonly body: object };
  answer(turn: Turn, calls: readonly Asked[], model: string): object;
  /** The vendor's word for stopping at the limit, and for withholding. */
  readonly words: { readonly length: string; readonly withheld: string };
}

/** The run as a session, in a vendor's wire format. */
export function sessionIn(vendor: Vendor, run: Run): SessionReader {
  const messages: Said[] = [{ role: 'user', text: run.user }];
  const recorded: Recorded[] = [];
  run.turns.forEach((turn, i) => {
    const settings = { ...run, ...turn.with };
    const sent = run.rewrite?.(messages, i) ?? messages;
    const { path, host, body } = vendor.request(settings, sent);
    const headers = Object.entries({ 'content-type': 'application/json', ...settings.headers });
    const request = requestOf(run.reversed ? (reversed(body) as object) : body, {
      host: settings.host ?? host,
      path: path + (settings.query ?? ''),
      headers,
    });
    const calls = (turn.calls ?? []).map(({ name, args }, n) => ({
      id: `${run.ids ?? 'call'}_${i}_${n}`,
      name,
      args,
    }));
    for (const { status } of turn.attempts ?? []) {
      recorded.push({
        request,
        answer: failed(status, { type: 'server_error', message: 'try again' }),
        at: i * (run.pace ?? 1000),
      });
    }
    recorded.push({
      request,
      answer: inChunks(answerFor(vendor, turn, calls, settings.model), run.chunks ?? 1),
      at: i * (run.pace ?? 1000) + 200,
    });
    messages.push({ role: 'assistant', text: turn.text ?? '', calls });
    for (const n of turn.order ?? calls.map((_, index) => index)) {
      const text = turn.results?.[n];
      const call = calls[n]!;
      if (text !== undefined && text !== null)
        messages.push({ role: 'tool', id: call.id, name: call.name, text });
    }
  });
  const session = sessionOf(recorded);
  return {
    ...session,
    start: { ...session.start, ...run.start },
    ...(run.exit ? { exit: run.exit } : {}),
  };
}

/** Members in the other order, all the way down; lists stay. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, reversed(one)]),
  );
}

function inChunks(answer: Answer, count: number): Answer {
  const [whole] = answer.chunks;
  if (!whole || count === 1) return answer;
  const size = Math.ceil(whole.bytes.length / count);
  const chunks = Array.from({ length: count }, (_, i) => ({
    at: whole.at + i,
    bytes: whole.bytes.subarray(i * size, (i + 1) * size),
  }));
  return { ...answer, chunks: chunks.filter(({ bytes }) => bytes.length > 0) };
}

function answerFor(vendor: Vendor, turn: Turn, calls: readonly Asked[], model: string): Answer {
  if (turn.cut === 'before') {
    return { chunks: [], end: { kind: 'reset', at: 5, message: 'read ECONNRESET' } };
  }
  if (turn.status !== undefined && turn.status >= 400)
    return failed(turn.status, turn.error ?? { type: 'error', message: 'failed' });
  const text = JSON.stringify(vendor.answer(turn, calls, model));
  const sent = turn.cut ? text.slice(0, text.length / 2) : text;
  return {
    head: {
      status: 200,
      reason: '',
      headers: Object.entries({ 'content-type': 'application/json', ...turn.answerHeaders }),
    },
    headAt: 5,
    chunks: [{ at: 50, bytes: Buffer.from(sent) }],
    end: turn.cut
      ? { kind: 'reset', at: 60, message: 'read ECONNRESET' }
      : { kind: 'complete', at: 60, trailers: [] },
  };
}

function failed(status: number, error: { readonly type: string; readonly message: string }): Answer {
  return {
    head: { status, reason: '', headers: [['content-type', 'application/json']] },
    headAt: 5,
    chunks: [{ at: 6, bytes: Buffer.from(JSON.stringify({ type: 'error', error })) }],
    end: { kind: 'complete', at: 7, trailers: [] },
  };
}
