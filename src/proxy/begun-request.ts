import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Upload } from '../tape/responder.ts';

/** What may wait for a slow host; the rest of the body, which is kept anyway, follows at its end. Bytes. */
const MOST_WAITING = 1024 * 1024;

/**
 * A request whose head and first bytes have gone to the host, but not its end. Where the connection breaks before that, the
 * host had nothing to act on, and the request can be sent anew.
 */
export class BegunRequest implements Upload {
  readonly outgoing: ClientRequest;
  #sent = 0;
  #full = false;
  #broken = false;
  #answer: IncomingMessage | undefined;
  readonly #keep = (answer: IncomingMessage): void => {
    this.#answer = answer;
  };
  readonly #note = (): void => {
    this.#broken = true;
  };

  constructor(outgoing: ClientRequest) {
    this.outgoing = outgoing;
    outgoing.once('response', this.#keep);
    outgoing.on('error', this.#note);
  }

  /** Whether it can still be brought to its end, or was answered before it (a refusal). */
  get alive(): boolean {
    return this.#answer ? !this.#answer.destroyed : !this.#broken && !this.outgoing.destroyed;
  }

  piece(bytes: Uint8Array): void {
    if (this.#full || this.#broken || this.#answer) return;
    this.outgoing.write(bytes);
    this.#sent += bytes.length;
    this.#full = this.outgoing.writableLength > MOST_WAITING;
  }

  /** Hands what happens next over: listeners are the caller's from here on. */
  takeAnswer(): IncomingMessage | undefined {
    this.outgoing.off('response', this.#keep);
    this.outgoing.off('error', this.#note);
    return this.#answer;
  }

  /** `body`: all of it. */
  end(body: Uint8Array): void {
    this.outgoing.end(body.subarray(this.#sent));
  }

  abandon(): void {
    this.outgoing.on('error', () => undefined);
    this.outgoing.destroy();
  }
}
