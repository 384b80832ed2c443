import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { CertificateAuthority } from '../proxy/certificates.ts';
import { type Proxy as RunningProxy, startProxy } from '../proxy/proxy.ts';
import type { Home } from '../sessions/home.ts';
import { temporaryFolder } from '../sessions/temporary-folder.ts';
import type { WebSocketSeen } from '../sessions/web-sockets.ts';
import type { Ask, Reply, Responder, Upload } from '../tape/responder.ts';
import { answerTool, type RunTool, type ToolAsk, type ToolOutcome } from '../tape/tool.ts';
import type { RequestHead } from '../wire/exchange.ts';
import type { Interception } from './interception.ts';
import { PipeStock } from './named-pipe.ts';
import type { TrustFiles } from './trust-files.ts';

/**
 * What a run is given to happen in: a folder, a proxy of its own and the files that make its agent trust it. Several runs
 * may take turns in one slot. A port each tells runs side by side apart, whatever client the agent uses.
 */
export class Slot {
  readonly folder: string;
  readonly proxy: RunningProxy;
  readonly ca: CertificateAuthority;
  readonly pipes: PipeStock;
  readonly #turns: Turns;
  #trust: TrustFiles | undefined;
  #closed = false;

  static async open(interception: Interception, home: Home): Promise<Slot> {
    const folder = temporaryFolder('run');
    try {
      const ca = interception.authority(folder, home.path);
      const turns = new Turns();
      return new Slot(
        folder,
        ca,
        turns,
        await startProxy({
          ...interception.proxyOptions(ca, turns),
          toolToken: () => turns.token,
          onSessionEnd: session => turns.endSession(session),
          onWebSocket: (_asked, seen) => turns.webSocket(seen),
        }),
      );
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(folder: string, ca: CertificateAuthority, turns: Turns, proxy: RunningProxy) {
    this.folder = folder;
    this.ca = ca;
    this.proxy = proxy;
    this.pipes = new PipeStock(folder);
    this.#turns = turns;
  }

  /** Written once: what runs in one slot trusts the same. */
  trust(interception: Interception): TrustFiles {
    this.#trust ??= interception.trustFiles(this.folder, this.ca);
    return this.#trust;
  }

  /** From here on, `responder` answers; its requests count from `first`. */
  begin(responder: Responder, first = 0, told: Omit<Turn, 'responder' | 'from'> = {}): void {
    this.#turns.begin({ responder, from: this.proxy.asked - first, ...told });
  }

  /** What takes turns from here on are copies of one process, which know the same. */
  sameAgent(): void {
    this.#turns.sameAgent = true;
  }

  /** Where the agent whose turn it is speaks of its tools. */
  get toolUrl(): string {
    return this.proxy.toolUrl(this.#turns.token);
  }

  /** The turn is over; false where requests of it are still being answered after `graceMs`: then close this slot. */
  async end(graceMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>(resolve => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([this.proxy.onIdle(), patience]);
    clearTimeout(timer);
    this.#turns.end();
    return this.proxy.inFlight === 0;
  }

  /** False once it is closed. */
  get open(): boolean {
    return !this.#closed;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.proxy.close(0);
    await rm(this.folder, { recursive: true, force: true });
  }
}

interface Turn {
  readonly responder: Responder;
  readonly from: number;
  readonly onSessionEnd?: (session: string) => void;
  readonly onWebSocket?: (seen: Omit<WebSocketSeen, 'at'>) => void;
}

/** Answers for whoever's turn it is, and counts each turn's requests on its own. */
class Turns implements Responder {
  #now: Turn | undefined;
  /** Each turn has its own: a process that outlived its run has no tools in the next one's. */
  token: string | undefined;
  sameAgent = false;

  begin(turn: Turn): void {
    this.#now = turn;
    this.token ??= randomBytes(12).toString('hex');
  }

  end(): void {
    this.#now = undefined;
    if (!this.sameAgent) this.token = undefined;
  }

  endSession(session: string): void {
    this.#now?.onSessionEnd?.(session);
  }

  webSocket(seen: Omit<WebSocketSeen, 'at'>): void {
    this.#now?.onWebSocket?.(seen);
  }

  tool(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    return this.#now ? answerTool(this.#now.responder, ask, run) : run();
  }

  upload(head: RequestHead, length: number): Upload | undefined {
    return this.#now?.responder.upload?.(head, length);
  }

  respond(ask: Ask, reply: Reply): Promise<void> {
    if (!this.#now || ask.seq < this.#now.from) {
      // A process that outlived its run.
      reply.fail('reset', 'the run that this request belongs to has ended');
      return Promise.resolve();
    }
    return this.#now.responder.respond({ ...ask, seq: ask.seq - this.#now.from }, reply);
  }
}
