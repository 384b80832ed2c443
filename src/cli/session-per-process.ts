import { Recorder, type SessionClock, sessionClock } from '../proxy/recorder.ts';
import type { Home } from '../sessions/home.ts';
import type { RedactionRules } from '../sessions/redaction-rules.ts';
import type { SessionStart, SessionSummary, SessionWriter } from '../sessions/session.ts';
import { createSession } from '../sessions/writer.ts';
import type { Ask, Reply, Responder } from '../tape/responder.ts';
import { header, withoutHeaders } from '../wire/headers.ts';

/** Names the session that a request belongs to; ours, so it goes no further. */
export const SESSION_HEADER = 'rewind-session';

interface OpenSession {
  readonly writer: SessionWriter;
  readonly recorder: Recorder;
  nextSeq: number;
  inFlight: number;
  lastUsed: number;
}

export interface SessionPerProcessOptions {
  readonly home: Home;
  readonly start: Pick<SessionStart, 'scope' | 'parent' | 'extraHosts'> & { readonly name?: string };
  readonly redact: RedactionRules;
  /** Gives one session's answers. */
  readonly responder: () => Responder;
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

  async respond(ask: Ask, reply: Reply): Promise<void> {
    const key = processOf(ask);
    const session = this.#open.get(key) ?? this.#start(key);
    const headers = withoutHeaders(ask.request.headers, new Set([SESSION_HEADER]));
    session.inFlight++;
    try {
      await session.recorder.respond(
        { ...ask, seq: session.nextSeq++, request: { ...ask.request, headers } },
        reply,
      );
    } finally {
      session.inFlight--;
      session.lastUsed = Date.now();
    }
  }

  /** Seals every session. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    for (const key of [...this.#open.keys()]) await this.#seal(key);
  }

  #start(key: string): OpenSession {
    const { home, start, redact, onWarning, responder } = this.#options;
    const { name, ...rest } = start;
    const label = [name, key].filter(Boolean).join(' ');
    const writer = createSession(
      home,
      {
        ...rest,
        ...(label ? { name: label } : {}),
        startedAt: Date.now(),
        command: [],
        cwd: '',
        mode: 'proxy',
      },
      { rules: redact, onWarning },
    );
    const clock: SessionClock = sessionClock();
    const recorder = new Recorder(responder(), writer, clock, error =>
      onWarning(`Recording stopped: ${error.message}`),
    );
    const session = { writer, recorder, nextSeq: 0, inFlight: 0, lastUsed: Date.now() };
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
export function processOf({ run, request }: Pick<Ask, 'run' | 'request'>): string {
  const named = run ?? header(request.headers, SESSION_HEADER);
  if (named) return named.replace(/[^\w.:@/-]+/g, '_').slice(0, 100);
  const trace = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(header(request.headers, 'traceparent') ?? '')?.[1];
  return trace && !/^0+$/.test(trace) ? `trace:${trace}` : '';
}
