import { Recorder, type SessionClock, sessionClock } from '../proxy/recorder.ts';
import { readSessionTag, type SessionTag } from '../proxy/session-tag.ts';
import type { Home } from '../sessions/home.ts';
import type { RedactionRules } from '../sessions/redaction-rules.ts';
import type { SessionStart, SessionSummary, SessionWriter } from '../sessions/session.ts';
import type { WebSocketSeen } from '../sessions/web-sockets.ts';
import { createSession } from '../sessions/writer.ts';
import type { Ask, Reply, Responder } from '../tape/responder.ts';
import { answerTool, type RunTool, type ToolAsk, type ToolOutcome } from '../tape/tool.ts';
import type { RequestHead } from '../wire/exchange.ts';
import { header } from '../wire/headers.ts';

interface OpenSession {
  readonly writer: SessionWriter;
  readonly clock: SessionClock;
  readonly recorder: Recorder;
  nextSeq: number;
  inFlight: number;
  ended: boolean;
  lastUsed: number;
}

/** Whose a request is, and its head. */
type AskedBy = Pick<Ask, 'run' | 'session'> & { readonly head: RequestHead };

/** What answers a session, and the recording that it is answered from, if it is. */
export interface Answers {
  readonly responder: Responder;
  readonly source?: string;
}

export interface SessionPerProcessOptions {
  readonly home: Home;
  readonly start: Pick<SessionStart, 'scope' | 'extraHosts'> & { readonly name?: string };
  readonly redact: RedactionRules;
  /** Gives one session's answers. `tag`: what the code of the agent named it, where it did. */
  readonly responder: (tag: SessionTag | undefined) => Answers;
  /** A session that nothing used for so long is sealed; the next request of its process opens a new one. */
  readonly idleMs: number;
  readonly onSealed: (summary: SessionSummary) => void;
  readonly onWarning: (message: string) => void;
}

/**
 * A stand-alone proxy serves many processes: each has its own session. A process is told by the run tag of its proxy URL,
 * the `rewind-session` header, or the trace id of `traceparent` (https://www.w3.org/TR/trace-context/); what has none
 * of them shares one session.
 */
export class SessionPerProcess implements Responder {
  readonly #options: SessionPerProcessOptions;
  readonly #open = new Map<string, OpenSession>();
  readonly #sweep: NodeJS.Timeout;

  constructor(options: SessionPerProcessOptions) {
    this.#options = options;
    this.#sweep = setInterval(() => void this.#sealIdle(), Math.max(50, options.idleMs / 4));
    this.#sweep.unref();
  }

  respond(ask: Ask, reply: Reply): Promise<void> {
    return this.#within(processOf(ask), ask.session, session =>
      session.recorder.respond({ ...ask, seq: session.nextSeq++ }, reply),
    );
  }

  tool(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    return this.#within(cleaned(ask.session ?? ''), ask.session, ({ recorder }) =>
      answerTool(recorder, ask, run),
    );
  }

  /** The code has left the session that it named. */
  async end(named: string): Promise<void> {
    const key = cleaned(named);
    const session = this.#open.get(key);
    if (!session) return;
    session.ended = true;
    if (session.inFlight === 0) await this.#seal(key);
  }

  /** Belongs to the session of its process, as a request of it would. */
  webSocket({ head, ...from }: AskedBy, seen: Omit<WebSocketSeen, 'at'>): void {
    const key = processOf({ ...from, request: head });
    const { writer, clock } = this.#open.get(key) ?? this.#start(key, from.session);
    writer.webSocket({ at: clock.now() - clock.startedAt, ...seen });
  }

  async #within<T>(
    key: string,
    named: string | undefined,
    work: (session: OpenSession) => Promise<T>,
  ): Promise<T> {
    const session = this.#open.get(key) ?? this.#start(key, named);
    session.inFlight++;
    try {
      return await work(session);
    } finally {
      session.inFlight--;
      session.lastUsed = Date.now();
      if (session.ended && session.inFlight === 0) await this.#seal(key);
    }
  }

  /** Seals every session. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    for (const key of [...this.#open.keys()]) await this.#seal(key);
  }

  #start(key: string, named: string | undefined): OpenSession {
    const { home, start, redact, onWarning, responder } = this.#options;
    const { name, ...rest } = start;
    const tag = named === undefined ? undefined : readSessionTag(named);
    const label = [name, tag?.name ?? key].filter(Boolean).join(' ');
    const answers = responder(tag);
    const writer = createSession(
      home,
      {
        ...rest,
        ...(label ? { name: label } : {}),
        ...(answers.source ? { parent: { session: answers.source } } : {}),
        startedAt: Date.now(),
        command: [],
        cwd: '',
        mode: 'proxy',
      },
      { rules: redact, onWarning },
    );
    const clock: SessionClock = sessionClock();
    const recorder = new Recorder(answers.responder, writer, clock, onWarning);
    const session = { writer, clock, recorder, nextSeq: 0, inFlight: 0, ended: false, lastUsed: Date.now() };
    this.#open.set(key, session);
    return session;
  }

  async #sealIdle(): Promise<void> {
    const before = Date.now() - this.#options.idleMs;
    for (const [key, { inFlight, lastUsed }] of [...this.#open]) {
      if (inFlight === 0 && lastUsed < before) await this.#seal(key);
    }
  }

  async #seal(key: string): Promise<void> {
    const session = this.#open.get(key);
    if (!session) return;
    // Out of the map first: a request that comes meanwhile opens a new session.
    this.#open.delete(key);
    this.#options.onSealed(await session.writer.seal());
  }
}

/** What tells one process's requests from another's; empty for the session that the rest share. */
export function processOf({
  run,
  session,
  request,
}: Pick<Ask, 'run' | 'session'> & { readonly request: Pick<RequestHead, 'headers'> }): string {
  const named = run ?? session;
  if (named) return cleaned(named);
  const trace = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(header(request.headers, 'traceparent') ?? '')?.[1];
  return trace && !/^0+$/.test(trace) ? `trace:${trace}` : '';
}

const cleaned = (named: string): string => named.replace(/[^\w.:;=%@/-]+/g, '_').slice(0, 200);
