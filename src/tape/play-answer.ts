import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../wire/exchange.ts';
import type { Ask, Reply } from './responder.ts';

/** `instant`, or how many times faster than recorded (1 = as recorded). */
export type Speed = 'instant' | number;

/** What came of giving an answer. `left`: the agent hung up before the last body byte was given. */
export type Played = 'whole' | 'left';

/** How much longer than recorded an answer that the agent gave up on is held open, in milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Gives a recorded answer as it was: the same head, the same chunks, the same end. A recorded reset is a reset again
 * after the same byte.
 *
 * Where the recorded agent hung up first, the answer is given as far as it went and then held open: an agent
 * that timed out times out again, one that had read enough hangs up again. One that waits five seconds longer
 * than the recorded one did gets a closed connection, so that no run hangs for ever.
 */
export async function playAnswer(answer: Answer, ask: Ask, reply: Reply, speed: Speed): Promise<Played> {
  const { signal } = ask;
  let hungUp: Promise<void> | undefined;
  const due = (at: number, factor: number): Promise<void> => until(ask.arrived + at / factor, signal);

  // Nothing is awaited that need not be: an instant answer to an agent that reads is given before this returns.
  if (answer.head) {
    if (speed !== 'instant') await due(answer.headAt ?? 0, speed);
    if (signal.aborted) return 'left';
    reply.head(answer.head);
  }
  for (const chunk of answer.chunks) {
    if (speed !== 'instant') await due(chunk.at, speed);
    if (signal.aborted) return 'left';
    const room = reply.chunk(chunk.bytes);
    if (!room) continue;
    hungUp ??= hangUp(signal);
    await Promise.race([room, hungUp]);
  }

  const { end } = answer;
  if (end.kind === 'unfinished') throw new Error('an unfinished answer cannot be played');
  if (end.kind !== 'client-gone' && speed !== 'instant') await due(end.at, speed);
  if (signal.aborted) return 'whole';
  if (end.kind === 'complete') reply.end(end.trailers);
  else if (end.kind === 'reset') reply.fail('reset', end.message);
  else if (end.kind === 'closed') reply.fail('close', end.message);
  else {
    await until(ask.arrived + end.at + PATIENCE_MS, signal);
    if (!signal.aborted) reply.fail('close', 'the recorded agent hung up here; this one did not');
  }
  return 'whole';
}

function hangUp(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Waits for a moment of `performance.now()`, or until the agent hangs up. */
async function until(moment: number, signal: AbortSignal): Promise<void> {
  const delay = moment - performance.now();
  if (delay <= 0 || signal.aborted) return;
  try {
    await sleep(delay, undefined, { signal });
  } catch {
    // The only way for the timer to reject is the abort, which the caller looks for.
  }
}
