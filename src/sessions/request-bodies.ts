import type { RawHeaders } from '../wire/headers.ts';
import { type Delta, diffBody } from './body-delta.ts';
import { BodyMemory } from './body-memory.ts';
import { BodyWindow, type Encoded } from './body-window.ts';
import { maskSpans } from './mask.ts';
import type { BodyFields } from './records.ts';
import type { Redactor } from './redaction.ts';
import { ANNOUNCEMENT, mergeSpans, type Span } from './secret-scanner.ts';

export interface StoredRequestBody {
  readonly fields: BodyFields;
  /** What the record carries: the whole body, or what its base does not give. */
  readonly bytes: Uint8Array;
  /** The whole body as it is stored. */
  readonly body: Buffer;
}

/**
 * Masks request bodies and stores each as its difference from an earlier one. Secrets are searched for only in what is
 * new since that one, and a little around it: a body of megabytes that repeats the last one costs two comparisons.
 */
export class RequestBodies {
  readonly #redactor: Redactor;
  readonly #window = new BodyWindow();
  readonly #memory = new BodyMemory();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  store(seq: number, raw: Buffer, headers: RawHeaders): StoredRequestBody {
    const near = this.#window.encode(raw);
    const byPlace = this.#redactor.spansByPlace(raw, headers);
    const found = near ? this.#spansSince(near, raw) : this.#redactor.spansWithin(raw, 0, raw.length);
    const spans = mergeSpans([...byPlace, ...found]);
    const body = maskSpans(raw, spans);
    const delta = near && deltaOf(near, spans, body);
    const kept = this.#memory.copyOf(raw);
    const forgotten = this.#window.remember({
      key: seq,
      raw: kept,
      body: spans.length > 0 ? body : kept,
      spans,
      depth: near ? near.base.depth + 1 : 0,
      version: this.#redactor.version,
    });
    for (const { raw: old } of forgotten) this.#memory.release(old);
    if (!near || !delta) return { fields: { size: body.length }, bytes: body, body };
    return {
      fields: { size: body.length, base: near.base.key, ops: delta.ops },
      bytes: delta.inserted,
      body,
    };
  }

  /**
   * What a search of the whole would find: the base's secrets well inside of what is copied stay, and all else is searched
   * for: what is new, the seams, and the base's secrets near a seam, which may be none here.
   */
  #spansSince({ base, delta }: Encoded, raw: Buffer): Span[] {
    const spans: Span[] = [];
    if (this.#redactor.version > base.version) spans.push(...this.#redactor.spansSince(raw, base.version));
    let at = 0;
    for (let i = 0; i + 2 < delta.ops.length; i += 3) {
      const [insert, from, copy] = [delta.ops[i]!, delta.ops[i + 1]!, delta.ops[i + 2]!];
      if (at > 0 || insert > 0 || from > 0) {
        spans.push(...this.#redactor.spansWithin(raw, at, at + insert + ANNOUNCEMENT));
      }
      at += insert;
      for (const { start, end } of base.spans) {
        if (start >= from + copy || end <= from) continue;
        const span = {
          start: at + Math.max(start, from) - from,
          end: at + Math.min(end, from + copy) - from,
        };
        const inside = start - from >= ANNOUNCEMENT && from + copy - end >= ANNOUNCEMENT;
        if (inside) spans.push(span);
        else spans.push(...this.#redactor.spansWithin(raw, span.start, span.end + 1));
      }
      at += copy;
    }
    spans.push(...this.#redactor.spansWithin(raw, at, raw.length));
    return spans;
  }
}

/** The difference of the plain bodies holds for the masked ones too, unless a mask stands in either. */
function deltaOf({ base, delta }: Encoded, spans: readonly Span[], body: Buffer): Delta {
  return spans.length === 0 && base.spans.length === 0 ? delta : diffBody(base.body, body);
}
