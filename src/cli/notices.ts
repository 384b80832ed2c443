import { safeText } from './safe-text.ts';
import { err } from './terminal.ts';

/** What a run has to tell beside its result, each thing once; shown at the end, so that the agent's output stays whole. */
export class Notices {
  readonly #messages = new Set<string>();

  add(message: string): void {
    this.#messages.add(message);
  }

  list(): readonly string[] {
    return [...this.#messages];
  }

  print(): void {
    for (const message of this.#messages) err.line(`${err.colours.yellow('note:')} ${safeText(message)}`);
  }
}
