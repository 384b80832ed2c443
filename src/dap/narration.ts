import { RewindError } from '../errors.ts';
import type { Client } from './client.ts';
import { errorText } from './error-text.ts';
import { exitCode } from './exit-code.ts';
import { plainLine } from './hostile-text.ts';
import type { LiveRecording } from './live-recording.ts';
import { PrintedSoon } from './printed-soon.ts';
import type { Recording } from './recording.ts';
import type { Sources } from './sources.ts';
import { Transcript } from './transcript.ts';

/** All that a walk tells the debug console: each step and what was printed, once; notes, warnings and faults. */
export class Narration {
  readonly #client: Client;
  readonly #sources: Sources;
  readonly #recording: () => Recording | LiveRecording;
  readonly #onFault: (fault: unknown) => void;
  readonly #printed = new PrintedSoon(() => this.#printNow());
  #transcript: Transcript;
  #quiet = false;
  #stopped = false;

  constructor(
    client: Client,
    sources: Sources,
    recording: () => Recording | LiveRecording,
    onFault: (fault: unknown) => void,
  ) {
    this.#client = client;
    this.#sources = sources;
    this.#recording = recording;
    this.#onFault = onFault;
    this.#transcript = new Transcript(client);
  }

  /** Everything up to and with step `to`, so far as it was not told before. */
  pass(to: number): void {
    this.#transcript.pass(this.#recording(), to, this.#sources);
  }

  /** The agent has printed something. */
  printed(): void {
    this.#printed.tell();
  }

  /** Nothing of another run was told yet. */
  anew(): void {
    this.#transcript = new Transcript(this.#client);
    this.#stopped = false;
  }

  /** What a run repeats is not told again, until `resume`. `undo`: goes on where this one stood. */
  hush(): { readonly undo: () => void } {
    const transcript = this.#transcript;
    this.#quiet = true;
    this.anew();
    return {
      undo: () => {
        this.#transcript = transcript;
      },
    };
  }

  /** `known`: everything up to and with this step was told of another run. */
  resume(known = -1): void {
    if (known >= 0) this.#transcript.skip(this.#recording().timeline, known);
    this.#quiet = false;
  }

  /** One line, as hostile as it may be. */
  note(text: string, category: 'console' | 'important' = 'console', link: object = {}): void {
    this.#client.send('output', { category, output: `${plainLine(text)}\n`, ...link });
  }

  warn(text: string): void {
    this.note(text, 'important');
  }

  fault(error: unknown): void {
    const known = error instanceof RewindError;
    if (!known) this.#onFault(error);
    this.warn(
      known ? errorText(error) : `Rewind failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  /** The agent has ended; the walk goes on. */
  exited(): void {
    const { exit } = this.#recording().session();
    if (exit) this.#client.send('exited', { exitCode: exitCode(exit) });
  }

  /** The agent has ended, and there is no step. */
  nothing(): void {
    this.pass(-1);
    this.warn('The agent ended without a call to a model.');
  }

  /** Until `anew`, what is still printed is not told. */
  stop(): void {
    this.#stopped = true;
    this.#printed.stop();
  }

  #printNow(): void {
    const recording = this.#recording();
    if (this.#stopped || this.#quiet || !recording.isLive) return;
    this.#transcript.passOutput(recording.session().output, recording.lastKnown + 1);
  }
}
