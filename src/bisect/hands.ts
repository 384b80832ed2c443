import type { SessionReader } from '../sessions/session.ts';
import type { Responder } from '../tape/responder.ts';
import type { MatchRules } from '../tape/rules.ts';
import type { Runner } from '../tape/runner.ts';
import type { WireRequest } from '../wire/exchange.ts';

/** What verifying needs of the world. */
export interface Hands {
  readonly runner: Runner;
  /** A copy of the folder that a run was recorded in, at its commit where that is known, and its command there. */
  workspace(session: SessionReader): Promise<Workspace>;
  readonly rules?: MatchRules;
  /** What the recorder does to a request before it is stored. */
  readonly redact?: (request: WireRequest) => WireRequest;
  /** What it does to a tool's arguments. */
  readonly redactTool?: (value: unknown) => unknown;
  readonly allowEffects?: boolean;
  /** Milliseconds that one run may take. */
  readonly timeoutMs?: number;
  /** Stands before the tape of a control run, and hears what the agent sends. */
  readonly overhear?: (tape: Responder) => Responder;
  /** Told what is being tried. */
  readonly onTrial?: (what: string) => void;
}

export interface Workspace {
  readonly path: string;
  readonly command: readonly string[];
  /** Removes the copy. */
  dispose(): Promise<void>;
}
