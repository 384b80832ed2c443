import type { SessionReader } from '../sessions/session.ts';
import type { Answer } from '../wire/exchange.ts';
import { CallPoint } from './call-point.ts';
import { type AnswerEdit, CarriedEdits } from './carried-edits.ts';
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
  /** Edits of answers, these and those that the recording itself was made with, in the order in which they were made. */
  readonly carried: readonly AnswerEdit[];
  /** Edits of requests, likewise. */
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
  /** `seq` of the request at which the run left the recording; null until then. */
  readonly reached: () => number | null;
}

/**
 * What one run of a fork is answered by: the recording up to the edited step, the edit, the recording again for as long as it
 * has the requests, then `live` where it is given. A fork without an edit asks `live` from its step on. Nothing is asked of
 * `live` before the step is reached: a request that differs earlier is a miss.
 */
export function forkRun(fork: Fork, { carry = true, ...options }: ForkOptions = {}): ForkRun {
  const { session, answers, requests, seq } = fork;
  const carried = new CarriedEdits(fork.carried, options.rules);
  const untouched = answers.size === 0 && !requests.some(edit => edit.session === session);
  let begun: number | null = null;
  const reached = (): number | null =>
    begun ?? tape.report().outcomes.find(({ recorded }) => recorded === seq)?.ask ?? null;
  const tape: Tape = new Tape(session, {
    ...options,
    edits: answers,
    mayGoLive: () => reached() !== null,
    ...(carry ? { undo: request => carried.undo(options.redact?.(request) ?? request) } : {}),
    ...(untouched && options.live ? { until: seq - 1 } : {}),
  });
  const inFront = (recorder: Responder): Responder => {
    if (untouched) {
      const point = new CallPoint(session, seq, options);
      return {
        respond(ask, reply) {
          if (begun === null && point.isAt(ask.request)) begun = ask.seq;
          return recorder.respond(ask, reply);
        },
      };
    }
    return new EditedRequests(recorder, requests, {
      ...options,
      onBegun(edit, ask) {
        if (edit.seq === seq) begun ??= ask;
      },
    });
  };
  return { tape, inFront, reached };
}
