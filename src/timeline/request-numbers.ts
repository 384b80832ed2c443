import { hash } from 'node:crypto';
import type { Call } from '../providers/call.ts';

/**
 * Numbers for the contents of a request's parts. Equal numbers of one session: equal contents. Other numbers say nothing:
 * the same values may stand in another order.
 */
export interface RequestNumbers {
  readonly model: number;
  readonly system: number;
  readonly tools: number;
  readonly parameters: number;
}

/** Numbers contents as they come, so that parts of two calls can be compared without reading either. */
export class RequestNumbering {
  readonly #known = new Map<string, number>();

  of({ requestModel, system, tools, parameters }: Call): RequestNumbers {
    return {
      model: this.#number(requestModel),
      system: this.#number(system),
      tools: this.#number(tools),
      parameters: this.#number(parameters),
    };
  }

  #number(value: unknown): number {
    const text = JSON.stringify(value);
    const key = text.length < 64 ? text : hash('sha256', text, 'base64url');
    const known = this.#known.get(key) ?? this.#known.size;
    this.#known.set(key, known);
    return known;
  }
}
