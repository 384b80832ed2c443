import type { Client } from './client.ts';
import { type Interruption, Task } from './task.ts';

/** The long pieces of work that are under way. */
export class Tasks {
  readonly #client: Client;
  readonly #running = new Set<Task>();
  #ids = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Work that may be long: shown to the client, and ended by `interrupt`, which makes it throw `Interrupted`. */
  async run<T>(
    title: string,
    work: (task: Task) => Promise<T>,
    message?: () => string,
    requestId?: number,
  ): Promise<T> {
    const task = new Task(this.#client, `rewind-${++this.#ids}`, title, message, requestId);
    this.#running.add(task);
    try {
      return await work(task);
    } finally {
      this.#running.delete(task);
      task.end();
    }
  }

  interrupt(by: Interruption, which: (task: Task) => boolean = () => true): void {
    for (const task of this.#running) if (which(task)) task.interrupt(by);
  }
}
