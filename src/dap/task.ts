import { RewindError } from '../errors.ts';
import type { Client } from './client.ts';
import type { Ticker } from './slices.ts';

/** Work shorter than this shows no progress. */
const PATIENCE = 400;

export type Interruption = 'pause' | 'cancel' | 'disconnect';

/** Thrown out of work that somebody stopped. */
export class Interrupted extends RewindError {
  readonly by: Interruption;
  constructor(by: Interruption) {
    super('cancelled', 'cancelled');
    this.by = by;
  }
}

/** One piece of long work: shows its progress where the client can, and can be interrupted. */
export class Task implements Ticker {
  readonly id: string;
  readonly #client: Client;
  readonly #title: string;
  readonly #requestId: number | undefined;
  readonly #message: () => string;
  #shown = false;
  #interruption: Interruption | null = null;

  constructor(
    client: Client,
    id: string,
    title: string,
    message: () => string = () => '',
    requestId?: number,
  ) {
    this.#client = client;
    this.id = id;
    this.#title = title;
    this.#message = message;
    this.#requestId = requestId;
  }

  tick(elapsed: number): void {
    if (this.#interruption) throw new Interrupted(this.#interruption);
    if (!this.#client.can.supportsProgressReporting || elapsed < PATIENCE) return;
    const message = this.#message();
    if (this.#shown) {
      this.#client.send('progressUpdate', { progressId: this.id, message });
      return;
    }
    this.#shown = true;
    this.#client.send('progressStart', {
      progressId: this.id,
      title: this.#title,
      cancellable: true,
      ...(this.#requestId === undefined ? {} : { requestId: this.#requestId }),
      message,
    });
  }

  end(): void {
    if (this.#shown) this.#client.send('progressEnd', { progressId: this.id });
    this.#shown = false;
  }

  interrupt(by: Interruption): void {
    this.#interruption ??= by;
  }

  is({ requestId, progressId }: { requestId?: number; progressId?: string }): boolean {
    return (
      (progressId !== undefined && progressId === this.id) ||
      (requestId !== undefined && requestId === this.#requestId)
    );
  }
}
