import { write } from 'node:fs';

/**
 * Writes to one of our own standard streams, in order and with back-pressure. Not `process.stdout`: its writes to a pipe
 * block the event loop, and with it the proxy, while a slow reader makes up its mind; and a descriptor that others share
 * must not be made non-blocking.
 */
export class DescriptorWriter {
  readonly #descriptor: number;
  #last: Promise<boolean> = Promise.resolve(true);

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Resolves with false once the reader is gone. */
  write(bytes: Uint8Array): Promise<boolean> {
    this.#last = this.#last.then(open => open && this.#writeAll(bytes));
    return this.#last;
  }

  /** Resolves when everything so far is written. */
  async flushed(): Promise<void> {
    await this.#last;
  }

  async #writeAll(bytes: Uint8Array): Promise<boolean> {
    let rest = bytes;
    while (rest.length > 0) {
      const { written, error } = await this.#writeSome(rest);
      if (error?.code === 'EAGAIN') {
        await new Promise(resolve => setTimeout(resolve, 5)); // someone else made it non-blocking
      } else if (error) {
        return false; // EPIPE; EIO after the terminal is gone; ENOSPC: the agent would have met the same
      }
      rest = rest.subarray(written);
    }
    return true;
  }

  #writeSome(bytes: Uint8Array): Promise<{ written: number; error: NodeJS.ErrnoException | null }> {
    return new Promise(resolve => {
      write(this.#descriptor, bytes, 0, bytes.length, null, (error, written) =>
        resolve({ written: error ? 0 : written, error }),
      );
    });
  }
}
