import type { ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { Responder } from '../tape/responder.ts';
import { answerTool, type ToolAsk, type ToolError, type ToolOutcome } from '../tape/tool.ts';
import type { ClientRequest, ClientResponse } from './combo-server.ts';
import { readBody } from './request-body.ts';

/**
 * Where SDK helpers inside the agent ask before they run a tool, and say afterwards how it ended: POSTs of JSON to
 * `/_rewind/tools/<token>/<verb>` on the proxy's own port. docs/tools.md describes the messages.
 */
const form = /^\/_rewind\/tools(?:\/([^/?]+))?\/(ask|done|end)$/;

export type ToolVerb = 'ask' | 'done' | 'end';

export function parseToolPath(
  path: string,
): { readonly verb: ToolVerb; readonly token?: string } | undefined {
  const [, token, verb] = form.exec(path) ?? [];
  if (verb !== 'ask' && verb !== 'done' && verb !== 'end') return undefined;
  return { verb, ...(token === undefined ? {} : { token }) };
}

/** The base of those paths, for the agent's environment. */
export function toolUrl(proxyOrigin: string, token?: string): string {
  return `${proxyOrigin}/_rewind/tools${token === undefined ? '' : `/${encodeURIComponent(token)}`}`;
}

export interface ToolDeskOptions {
  readonly responder: Responder;
  /** Who does not know it is turned away; absent: everybody may ask. */
  readonly token?: () => string | undefined;
  /** The agent's code has left a named session: the value of its `rewind-session` header. */
  readonly onSessionEnd?: (session: string) => void;
  readonly onError?: (error: Error) => void;
}

/** A tool that the agent was told to run. */
interface Running {
  readonly reported: ToolOutcome | undefined;
  report(outcome: ToolOutcome): void;
  /** What the agent is to go on with. */
  readonly settled: Promise<ToolOutcome>;
}

/** Results larger than this are not taken: the tool runs unrecorded. Bytes. */
const LARGEST = 256 * 2 ** 20;

export class ToolDesk {
  readonly #options: ToolDeskOptions;
  readonly #running = new Map<number, Running>();
  #nextSeq = 0;

  constructor(options: ToolDeskOptions) {
    this.#options = options;
  }

  async handle(
    { verb, token }: { readonly verb: ToolVerb; readonly token?: string },
    request: ClientRequest,
    response: ClientResponse,
  ): Promise<void> {
    const arrived = performance.now();
    const body = await readBody(request, LARGEST, request.headers['content-length']);
    if (body.kind === 'aborted') return;
    if (body.kind === 'too-large') return send(response, 413, { error: 'too large' });
    if (request.method !== 'POST' || (this.#options.token && token !== this.#options.token())) {
      return send(response, 403, { error: 'This address is for the tools of the run that was given it.' });
    }
    const message = parsed(body.bytes);
    if (!message) return send(response, 400, { error: 'Not a JSON object.' });
    if (verb === 'ask') await this.#ask(message, arrived, request, response);
    else if (verb === 'done') await this.#done(message, response);
    else {
      if (typeof message.session === 'string') this.#options.onSessionEnd?.(message.session);
      send(response, 200, {});
    }
  }

  /** Nobody will report any more. */
  close(): void {
    for (const { report } of this.#running.values()) report(UNFINISHED);
  }

  async #ask(
    message: Message,
    arrived: number,
    { socket }: ClientRequest,
    response: ClientResponse,
  ): Promise<void> {
    if (typeof message.name !== 'string') return send(response, 400, { error: 'A tool has a name.' });
    const seq = this.#nextSeq++;
    const gone = new AbortController();
    const { promise: reported, resolve } = Promise.withResolvers<ToolOutcome>();
    let told: ToolOutcome | undefined;
    const report = (outcome: ToolOutcome): void => {
      told ??= outcome;
      resolve(told);
    };
    const ask = readAsk(message, seq, arrived, gone.signal);
    const settled = answerTool(this.#options.responder, ask, async () => {
      await null; // until `settled` is there
      this.#running.set(seq, {
        get reported() {
          return told;
        },
        report,
        settled,
      });
      // Helpers ask and report by one connection: where it ends in between, nobody is there to report.
      socket.once('close', () => {
        report(UNFINISHED);
        gone.abort();
      });
      send(response, 200, { id: seq, answer: 'run' });
      return reported;
    });
    try {
      const outcome = await settled;
      if (!this.#running.has(seq)) send(response, 200, answerOf(outcome));
      else if (told === UNFINISHED) this.#running.delete(seq);
    } catch (error) {
      this.#options.onError?.(error as Error);
      // The helper then does what it does without us.
      if (!this.#running.has(seq))
        send(response, 500, { error: 'Rewind has a defect; its own output says more.' });
    }
  }

  async #done(message: Message, response: ClientResponse): Promise<void> {
    const running = typeof message.id === 'number' ? this.#running.get(message.id) : undefined;
    if (!running) return send(response, 404, { error: 'No such tool is running.' });
    const outcome = readOutcome(message);
    running.report(outcome);
    const settled = await running.settled.catch(() => outcome);
    this.#running.delete(message.id as number);
    // Another outcome than the tool's own: a fault, a splice.
    send(response, 200, sameOutcome(settled, outcome) ? {} : answerOf(settled));
  }
}

const UNFINISHED: ToolOutcome = { kind: 'unfinished', durationMs: 0 };

type Message = Readonly<Record<string, unknown>>;

function readAsk(message: Message, seq: number, arrived: number, signal: AbortSignal): ToolAsk {
  const { name, callId, method, site, session, replay } = message;
  return {
    seq,
    arrived,
    signal,
    name: String(name),
    arguments: message.arguments ?? null,
    ...(typeof callId === 'string' ? { callId } : {}),
    ...(typeof method === 'string' ? { method } : {}),
    ...(typeof site === 'string' ? { site } : {}),
    ...(typeof session === 'string' ? { session } : {}),
    ...(replay === 'tape' || replay === 'run' ? { replay } : {}),
  };
}

function readOutcome(message: Message): ToolOutcome {
  const durationMs = typeof message.durationMs === 'number' ? Math.max(0, message.durationMs) : 0;
  const { result, items, error } = message;
  const async = message.async === true ? { async: true as const } : {};
  const forms = isForms(message.forms) ? { forms: message.forms } : {};
  if (isRecord(error)) {
    return {
      kind: 'error',
      error: readError(error),
      ...(Array.isArray(items) ? { items } : {}),
      ...forms,
      durationMs,
      ...async,
    };
  }
  return {
    kind: 'result',
    value: items ?? result ?? null,
    ...(Array.isArray(items) ? { stream: true as const } : {}),
    ...forms,
    ...(message.opaque === true ? { opaque: true as const } : {}),
    durationMs,
    ...async,
  };
}

function readError({ type, message, arguments: given }: Message): ToolError {
  return {
    type: typeof type === 'string' ? type : 'Error',
    message: typeof message === 'string' ? message : '',
    ...(Array.isArray(given) ? { arguments: given } : {}),
  };
}

/** What the helper is told to use in the tool's place. */
function answerOf(outcome: ToolOutcome): object {
  switch (outcome.kind) {
    case 'result': {
      const { value, stream, forms, async } = outcome;
      return {
        answer: 'result',
        ...(stream ? { items: value } : { result: value }),
        ...(forms ? { forms } : {}),
        ...(async ? { async } : {}),
      };
    }
    case 'error': {
      const { error, items, forms, async } = outcome;
      return {
        answer: 'error',
        error,
        ...(items ? { items } : {}),
        ...(forms ? { forms } : {}),
        ...(async ? { async } : {}),
      };
    }
    case 'miss':
      return { answer: 'miss', message: outcome.message };
    case 'unfinished':
      return {};
  }
}

function sameOutcome(a: ToolOutcome, b: ToolOutcome): boolean {
  return a === b || isDeepStrictEqual({ ...a, label: 0, durationMs: 0 }, { ...b, label: 0, durationMs: 0 });
}

function parsed(bytes: Uint8Array): Message | undefined {
  try {
    const value: unknown = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
    );
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isForms = (value: unknown): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.values(value).every(form => typeof form === 'string');

function send(response: ClientResponse, status: number, value: object): void {
  const body = JSON.stringify(value);
  (response as ServerResponse).writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  (response as ServerResponse).end(body);
}
