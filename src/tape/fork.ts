import type { SessionReader } from '../sessions/session.ts';
import type { Answer } from '../wire/exchange.ts';
import { CarriedEdits } from './carried-edits.ts';
import { EditedRequests, type RequestEdit } from './edited-requests.ts';
import type { Responder } from './responder.ts';
import { Tape, type TapeOptions } from './tape.ts';

/** A recording that is followed, and what is different from some step on. */
export interface Fork {
  readonly session: SessionReader;
  /** Index of the step where it leaves the recording, and the `seq` of that call. */
  readonly step: number;
  readonly seq: number;
  /** Answers to give in place of the recorded ones, by `seq`. */
  readonly answers: ReadonlyMap<number, Answer>;
  /** In the order in which they were made. */
  readonly requests: readonly RequestEdit[];
}

export interface ForkOptions extends Omit<TapeOptions, 'until' | 'edits' | 'undo'> {
  /**
   * Whether a request that differs from a recorded one only by carrying an edited answer gets the recorded answer to it
   * (CARRIED). True unless given.
   */
  readonly carry?: boolean;
}

export interface ForkRun {
  /** Answers the fork. */
  readonly tape: Tape;
  /** Stands between the agent and the recorder. */
  readonly inFront: (recorder: Responder) => Responder;
}

/**
 * What one run of a fork is answered by: the recording up to the edited step, the edit, the recording again for as long as it
 * has the requests, then `live` where it is given. A fork without an edit asks `live` from its step on.
 */
export function forkRun(fork: Fork, { carry = true, ...options }: ForkOptions = {}): ForkRun {
  const { session, answers, requests, seq } = fork;
  const carried = new CarriedEdits(session, answers, options.rules);
  const untouched = answers.size === 0 && requests.length === 0;
  const tape = new Tape(session, {
    ...options,
    edits: answers,
    ...(carry ? { undo: request => carried.undo(options.redact?.(request) ?? request) } : {}),
    ...(untouched && options.live ? { until: seq - 1 } : {}),
  });
  const inFront = (recorder: Responder): Responder =>
    requests.length === 0 ? recorder : new EditedRequests(recorder, requests, options.rules, options.redact);
  return { tape, inFront };
}
