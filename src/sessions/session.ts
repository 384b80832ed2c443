import type { Answer, AnswerEnd, AnswerHead, AnswerLabel, Exchange, RequestHead } from '../wire/exchange.ts';
import type { WebSocketSeen } from './web-sockets.ts';

/** What is known of a run when it starts. Times are milliseconds since 1970 (UTC). */
export interface SessionStart {
  /** 32 lower-case hex digits; users type a unique prefix. */
  readonly id: string;
  readonly name?: string;
  readonly startedAt: number;
  /** Empty for a stand-alone proxy or an import. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly git?: { readonly commit: string; readonly branch?: string; readonly dirty: boolean };
  /** Names, versions and hashes of what could matter; never values of the environment. */
  readonly environment?: {
    readonly platform: string;
    readonly digest: string;
    readonly runtime?: string;
  };
  readonly mode: 'record' | 'replay' | 'fork' | 'proxy' | 'import' | 'mutant' | 'verify';
  /** The session this one replays or forks from. */
  readonly parent?: { readonly session: string; readonly step?: number };
  /** The run's own session, of which this one, named by the agent's code, is a part. */
  readonly within?: string;
  /** Whether only LLM calls were recorded or every HTTP exchange (`--all-http`); a replay intercepts the same. */
  readonly scope: 'llm' | 'all-http';
  /** Hosts intercepted on top of the built-in table (user configuration, `--upstream`, base-URL variables). */
  readonly extraHosts?: readonly string[];
  readonly rewindVersion: string;
}

export interface SessionExit {
  readonly at: number;
  readonly code: number | null;
  readonly signal: string | null;
}

/** One line a session in `sessions.jsonl`, the index and `rewind list`. */
export interface SessionSummary {
  readonly id: string;
  readonly name?: string;
  readonly mode: SessionStart['mode'];
  readonly startedAt: number;
  readonly durationMs: number;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly commit?: string;
  readonly dirty?: boolean;
  readonly parent?: { readonly session: string; readonly step?: number };
  readonly within?: string;
  /** HTTP exchanges that a dialect reads as LLM calls. */
  readonly calls: number;
  readonly errors: number;
  /** WebSocket connections, which are not recorded; absent where there were none. */
  readonly webSockets?: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars; null where any call's price is unknown and nothing is known, else the sum of what is known. */
  readonly costUsd: number | null;
  /** True where some calls have no known price, so that `costUsd` is a lower bound. */
  readonly costIncomplete: boolean;
  readonly models: readonly string[];
  readonly exit?: SessionExit;
  /** False while a recorder holds it open or after it died. */
  readonly sealed: boolean;
}

/** A piece of the child's output. `at`: milliseconds since the session's start. */
export interface OutputPiece {
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

/** A tool's execution as an SDK helper or a proxied MCP/HTTP tool reported it. */
export interface ToolRun {
  readonly at: number;
  readonly durationMs: number;
  readonly name: string;
  readonly callId?: string;
  readonly arguments: unknown;
  /** Of a stream: the list of its items. */
  readonly result?: unknown;
  /** What JSON has no word for in the result, by JSON pointer: docs/tools.md. */
  readonly forms?: Readonly<Record<string, string>>;
  readonly error?: string;
  readonly site?: string;
  /** The type of what it raised, such as `ValueError`, and what that was made with. */
  readonly errorType?: string;
  readonly errorArguments?: readonly unknown[];
  /** How it was answered; absent where the tool ran. */
  readonly label?: AnswerLabel;
  /** JSON-RPC method of an MCP message that is no `tools/call`; `name` is the same then. */
  readonly method?: string;
  /** It gave its items one by one. */
  readonly stream?: true;
  /** It gave its result by way of a promise, where the language can tell. */
  readonly async?: true;
  /** `result` only describes it: it cannot be given again. */
  readonly opaque?: true;
  /** The agent went away before it ended. */
  readonly unfinished?: true;
}

/** What was worked out from a finished session, kept beside its log: a cache, which may be deleted at any time. */
export interface DerivedStore {
  /** Undefined where nothing is kept under this name, or what was made by another maker or from another log. */
  read(name: string, maker: string): Uint8Array | undefined;
  /** Does nothing where the home may not be written. */
  write(name: string, maker: string, bytes: Uint8Array): void;
}

/** Reads one session. Exchanges are materialised on demand. */
export interface SessionReader {
  readonly start: SessionStart;
  readonly exit?: SessionExit;
  readonly sealed: boolean;
  /** What was dropped while reading (a torn tail, a corrupt record, a corrupt blob) or not recorded, for the user. */
  readonly warnings: readonly string[];
  /** Count of exchanges. */
  readonly length: number;
  /** The exchange with this `seq`; throws RewindError `corrupt-blob` naming the session and the blob. */
  exchange(seq: number): Exchange;
  exchanges(): Iterable<Exchange>;
  /** The head of its request and the size of the body, where a reader can tell them without reading the body. */
  requestHead?(seq: number): RequestHead & { readonly bodySize: number };
  /** Its request alone, where a reader can give it without unpacking the answer; throws as `exchange` does. */
  request?(seq: number): Exchange['request'];
  /** Its answer alone, where a reader can give it without putting the request together; throws as `exchange` does. */
  answer?(seq: number): Answer;
  readonly output: readonly OutputPiece[];
  readonly tools: readonly ToolRun[];
  readonly webSockets: readonly WebSocketSeen[];
  /** Absent while it is being recorded, and where it is no session of a home. */
  readonly derived?: DerivedStore;
}

/**
 * Appends one session's log. Synchronous writes: when a method returns, its record has left the process, so that
 * `kill -9` loses nothing complete. Redacts before anything is written. One writer a session.
 */
export interface SessionWriter {
  readonly id: string;
  readonly start: SessionStart;
  /** Call before forwarding. `at`: milliseconds since the session's start. */
  request(record: {
    readonly seq: number;
    readonly at: number;
    readonly request: RequestHead & { readonly body: Uint8Array };
    readonly site?: string;
  }): void;
  label(seq: number, label: AnswerLabel, detail?: string): void;
  /** `at`: milliseconds since this request's head, here and below. */
  answerHead(seq: number, at: number, head: AnswerHead): void;
  answerChunk(seq: number, at: number, bytes: Uint8Array): void;
  answerEnd(seq: number, end: Exclude<AnswerEnd, { kind: 'unfinished' }>): void;
  /** The records that `work` writes leave the process at its end, in one write where they fit. */
  together(work: () => void): void;
  output(piece: OutputPiece): void;
  tool(run: ToolRun): void;
  webSocket(seen: WebSocketSeen): void;
  exit(exit: SessionExit): void;
  /** Packs the log, appends the summary line, releases the lock. The writer is dead afterwards. */
  seal(): Promise<SessionSummary>;
  /** Deletes what was written, for a run that nobody needs. The writer is dead afterwards. */
  discard(): void;
}
