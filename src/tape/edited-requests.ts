import { isDeepStrictEqual } from 'node:util';
import { type Path, valueAt, withValueAt } from '../providers/editing/json-place.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { isObject, type Json, parseJson } from '../wire/json.ts';
import { conversationOf, withBody } from './conversation.ts';
import { matchKey, plainBody } from './match-key.ts';
import type { Ask, Reply, Responder } from './responder.ts';
import { type MatchRules, NO_RULES } from './rules.ts';

/** A value of a request's JSON body, changed. */
export interface RequestEdit {
  /** The request where it begins: the `nth` (from 0) one with this match key. */
  readonly key: string;
  readonly nth: number;
  readonly path: Path;
  /** Undefined where there was none. */
  readonly before: Json | undefined;
  readonly after: Json;
}

/**
 * Changes an agent's requests on their way: the one that was edited, and every later one of its conversation in which the
 * same place holds the same value, since the agent knows nothing of the edit. Stands in front of the recorder, so that what is
 * recorded is what was asked.
 */
export class EditedRequests implements Responder {
  readonly #inner: Responder;
  readonly #edits: readonly Edit[];

  constructor(
    inner: Responder,
    edits: readonly RequestEdit[],
    rules: MatchRules = NO_RULES,
    redact: (request: WireRequest) => WireRequest = request => request,
  ) {
    this.#inner = inner;
    this.#edits = edits.map(edit => new Edit(edit, rules, redact));
  }

  respond(ask: Ask, reply: Reply): Promise<void> {
    const request = this.#edits.reduce((changed, edit) => edit.apply(changed), ask.request);
    return this.#inner.respond(request === ask.request ? ask : { ...ask, request }, reply);
  }

  async close(): Promise<void> {
    await this.#inner.close?.();
  }
}

class Edit {
  readonly #edit: RequestEdit;
  readonly #rules: MatchRules;
  readonly #redact: (request: WireRequest) => WireRequest;
  #seen = 0;
  #opening: Json | undefined;
  #begun = false;

  constructor(edit: RequestEdit, rules: MatchRules, redact: (request: WireRequest) => WireRequest) {
    this.#edit = edit;
    this.#rules = rules;
    this.#redact = redact;
  }

  apply(request: WireRequest): WireRequest {
    const { key, nth, path, before, after } = this.#edit;
    const opening = conversationOf(request)?.elements[0];
    if (!this.#begun) {
      if (matchKey(this.#redact(request), this.#rules) !== key || this.#seen++ < nth) return request;
      this.#begun = true;
      this.#opening = opening;
    } else if (!isDeepStrictEqual(opening, this.#opening)) return request;
    const body = parseJson(plainBody(request));
    if (!body.ok || !isObject(body.value)) return request;
    if (!isDeepStrictEqual(valueAt(body.value, path), before)) return request;
    return withBody(request, JSON.stringify(withValueAt(body.value, path, after)));
  }
}
