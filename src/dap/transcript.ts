import { StringDecoder } from 'node:string_decoder';
import type { OutputPiece } from '../sessions/session.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { Client } from './client.ts';
import { printedText } from './hostile-text.ts';
import type { Recording } from './recording.ts';
import type { Sources } from './sources.ts';
import { count, stepLine } from './wording.ts';

type Told = Pick<Recording, 'timeline' | 'sites' | 'isSettled'>;

/** So many steps of one move are listed in the console. */
const LISTED = 100;

/**
 * Tells the debug console what happened: each step as a line with a link, and what the agent printed, once, when the
 * cursor first passes it forwards.
 */
export class Transcript {
  readonly #client: Client;
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  #steps = 0;
  #pieces = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Everything up to and with step `to`, so far as it was not told before. */
  pass(recording: Told, to: number, sources: Sources): void {
    const { timeline, sites } = recording;
    const hidden = Math.max(0, to + 1 - this.#steps - LISTED);
    if (hidden > 0) {
      this.#print(timeline, this.#steps + hidden - 1);
      this.#steps += hidden;
      this.#client.send('output', {
        category: 'console',
        output: `${count(hidden)} earlier steps were passed without being listed here; \`list 0 ${to}\` lists them\n`,
      });
    }
    for (; this.#steps <= to; this.#steps++) {
      const step = timeline.steps[this.#steps]!;
      this.#client.send('output', {
        category: 'console',
        output: `${stepLine(step, recording.isSettled(step.index))}\n`,
        ...sources.linkTo(step, sites),
      });
      this.#print(timeline, this.#steps);
    }
    // A run that ended has printed more since its last call.
    if (to === timeline.steps.length - 1) this.#print(timeline, to);
  }

  /** What an agent that runs has printed until now, where all steps before it were told. */
  passOutput(output: readonly OutputPiece[], steps: number): void {
    if (this.#steps >= steps) this.#printUntil(output, Number.POSITIVE_INFINITY);
  }

  /** Everything up to and with step `to` was told by an earlier run. */
  skip({ steps, session: { output } }: Timeline, to: number): void {
    this.#steps = to + 1;
    const until = steps[to + 1]?.at ?? Number.POSITIVE_INFINITY;
    while (this.#pieces < output.length && output[this.#pieces]!.at < until) this.#pieces++;
  }

  /** What the agent printed until the step behind `index` began. */
  #print({ session, steps }: Timeline, index: number): void {
    this.#printUntil(session.output, steps[index + 1]?.at ?? Number.POSITIVE_INFINITY);
  }

  #printUntil(output: readonly OutputPiece[], until: number): void {
    while (this.#pieces < output.length && output[this.#pieces]!.at < until) {
      const { stream } = output[this.#pieces]!;
      let text = '';
      let piece: OutputPiece | undefined;
      while (text.length < 65_536) {
        piece = output[this.#pieces];
        if (piece?.stream !== stream || piece.at >= until) break;
        text += this.#decoders[stream].write(Buffer.from(piece.bytes));
        this.#pieces++;
      }
      if (text) this.#client.send('output', { category: stream, output: printedText(text) });
    }
  }
}
