import type { RawHeaders } from '../wire/headers.ts';

/** A run's hosts and clients have some dozens; lines with a new value each time (a date, a request id) make up the rest. */
const MOST = 512;

/**
 * Header lines and paths as they were masked before: an agent sends the same ones with every call. All are forgotten when a
 * secret is learned, which may stand in any of them.
 */
export class MaskedLines {
  readonly #version: () => number;
  readonly #values = new Map<string, string>();
  readonly #paths = new Map<string, string>();
  #at = 0;

  /** `version` changes when a secret was learned. */
  constructor(version: () => number) {
    this.#version = version;
  }

  /** The masked value; undefined where the line is new. */
  of([name, value]: RawHeaders[number]): string | undefined {
    this.#forgetOld();
    return this.#values.get(`${name}:${value}`);
  }

  remember([name, value]: RawHeaders[number], masked: string): void {
    this.#forgetOld();
    if (this.#values.size >= MOST) this.#values.clear();
    this.#values.set(`${name}:${value}`, masked);
  }

  path(path: string): string | undefined {
    this.#forgetOld();
    return this.#paths.get(path);
  }

  rememberPath(path: string, masked: string): void {
    this.#forgetOld();
    if (this.#paths.size >= MOST) this.#paths.clear();
    this.#paths.set(path, masked);
  }

  #forgetOld(): void {
    const version = this.#version();
    if (version === this.#at) return;
    this.#at = version;
    this.#values.clear();
    this.#paths.clear();
  }
}
