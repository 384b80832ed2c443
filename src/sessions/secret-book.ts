import { hasBreak, isBreak } from './breaks.ts';
import { isMasked } from './mask.ts';
import { ANNOUNCEMENT, mergeSpans, REACH, SecretScanner, type Span } from './secret-scanner.ts';

/** Shorter values stand in ordinary text too often to be masked there. */
const SHORTEST = 8;
/** `ollama`, `not-needed`, `placeholder`: what people write where a key is asked for and none is needed. */
const DUMMY = /^(?=.{1,19}$)[a-z]+(?:[-_. ][a-z]+)*$/i;
/** A vendor that sets a new cookie with each answer must not make a long session slow. */
const MOST = 2048;

const PRIVATE_KEY = Buffer.from('-----BEGIN ');

/** The secrets a session has shown in credential positions, in every form in which they may come back. */
export class SecretBook {
  readonly #known = new Set<string>();
  readonly #forms: Buffer[] = [];
  readonly #broken: Buffer[] = [];
  readonly #scanner = new SecretScanner();
  readonly #patterns: readonly RegExp[];

  /** `patterns`: the user's own, with the flags `dg`. */
  constructor(patterns: readonly RegExp[] = []) {
    this.#patterns = patterns;
  }

  /** Whether a stream must be held back line by line: a pattern may match anything but a line break. */
  get byLine(): boolean {
    return this.#patterns.length > 0;
  }

  /** Grows with every form learned. */
  get version(): number {
    return this.#forms.length;
  }

  /** Forms with a byte in them at which a stream is let go (see `mask-stream.ts`). */
  get brokenForms(): readonly Buffer[] {
    return this.#broken;
  }

  learn(value: string): void {
    const secret = value.trim();
    if (secret.length < SHORTEST || DUMMY.test(secret) || isMasked(secret)) return;
    if (this.#known.has(secret) || this.#known.size >= MOST) return;
    this.#known.add(secret);
    for (const form of formsOf(secret)) {
      const bytes = Buffer.from(form);
      this.#forms.push(bytes);
      if (hasBreak(bytes)) this.#broken.push(bytes);
      this.#scanner.addValue(bytes);
    }
  }

  find(bytes: Buffer, from?: number, to?: number): Span[] {
    const spans = this.#scanner.find(bytes, from, to);
    return this.byLine ? mergeSpans([...spans, ...this.#byPattern(bytes)]) : spans;
  }

  /**
   * From where on a secret that reaches `at` could begin: the start of the run of bytes that `at` stands in and what may
   * announce it, a private key's first line, a value with white space in it.
   */
  reachBack(bytes: Buffer, at: number): number {
    const furthest = Math.max(0, at - REACH);
    let from = at;
    while (from > furthest && !isBreak(bytes[from - 1]!)) from--;
    for (const form of this.#broken) from = Math.min(from, at - form.length);
    const begin = bytes.subarray(furthest, at).lastIndexOf(PRIVATE_KEY);
    if (begin >= 0) from = Math.min(from, furthest + begin);
    return Math.max(0, from - ANNOUNCEMENT);
  }

  #byPattern(bytes: Buffer): Span[] {
    const text = bytes.toString('latin1');
    return this.#patterns.flatMap(pattern =>
      [...text.matchAll(pattern)].map(({ indices }) => ({ start: indices![0]![0], end: indices![0]![1] })),
    );
  }

  /** Only the values learned since `version`, in bytes that were searched for the older ones. */
  findNewer(bytes: Buffer, version: number): Span[] {
    return this.#forms.slice(version).flatMap(form => {
      const spans: Span[] = [];
      for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + form.length)) {
        spans.push({ start: at, end: at + form.length });
      }
      return spans;
    });
  }
}

/** As it is, percent-encoded, as JSON text once and twice, and inside base64 at any of the three alignments. */
function formsOf(secret: string): Set<string> {
  const encoded = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const forms = [
    secret,
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, hex => hex.toLowerCase()),
    encoded.replaceAll('%20', '+'),
    json,
    json.replaceAll('/', '\\/'),
    JSON.stringify(json).slice(1, -1),
  ];
  const bytes = Buffer.from(secret);
  for (const shift of [0, 1, 2]) {
    const base64 = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // Characters that neighbours share are left out.
    const own = base64.slice([0, 2, 3][shift], Math.floor(((shift + bytes.length) * 8) / 6));
    forms.push(own, own.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return new Set(forms.filter(({ length }) => length >= SHORTEST));
}
