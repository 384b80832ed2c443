import { isDeepStrictEqual } from 'node:util';
import { type Path, valueAt, withValueAt } from '../providers/editing/json-place.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { isObject, type Json, parseJson } from '../wire/json.ts';
import { CallPoint, type PointOptions } from './call-point.ts';
import { conversationOf, withBody } from './conversation.ts';
import { plainBody } from './match-key.ts';
import type { Ask, Reply, Responder } from './responder.ts';
import { answerTool, type RunTool, type ToolAsk, type ToolOutcome } from './tool.ts';

/** A value of a recorded request's JSON body, changed. */
export interface RequestEdit {
  readonly session: SessionReader;
  readonly seq: number;
  /** The request as earlier edits left it. */
  readonly request: WireRequest;
  readonly path: Path;
  /** Undefined where there was none. */
  readonly before: Json | undefined;
  readonly after: Json;
}

export interface EditOptions extends PointOptions {
  /** Told when an edit first changes a request; `ask`: the request's `seq`. */
  readonly onBegun?: (edit: RequestEdit, ask: number) => void;
}

/**
 * Changes an agent's requests on their way: the one that was edited, and every later one of its conversation in which the
 * same place holds the same value, since the agent knows nothing of the edit. Stands in front of the recorder, so that what is
 * recorded is what was asked.
 */
export class EditedRequests implements Responder {
  readonly #inner: Responder;
  readonly #edits: readonly Edit[];

  constructor(inner: Responder, edits: readonly RequestEdit[], options: EditOptions) {
    this.#inner = inner;
    this.#edits = edits.map(edit => new Edit(edit, options));
  }

  respond(ask: Ask, reply: Reply): Promise<void> {
    const request = this.#edits.reduce((changed, edit) => edit.apply(changed, ask.seq), ask.request);
    return this.#inner.respond(request === ask.request ? ask : { ...ask, request }, reply);
  }

  tool(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    return answerTool(this.#inner, ask, run);
  }

  async close(): Promise<void> {
    await this.#inner.close?.();
  }
}

class Edit {
  readonly #edit: RequestEdit;
  readonly #point: CallPoint;
  readonly #onBegun: EditOptions['onBegun'];
  #opening: Json | undefined;
  #begun = false;

  constructor(edit: RequestEdit, options: EditOptions) {
    this.#edit = edit;
    this.#point = new CallPoint(edit.session, edit.seq, options, edit.request);
    this.#onBegun = options.onBegun;
  }

  apply(request: WireRequest, ask: number): WireRequest {
    const { path, before, after } = this.#edit;
    const opening = conversationOf(request)?.elements[0];
    if (!this.#begun) {
      if (!this.#point.isAt(request)) return request;
      this.#begun = true;
      this.#opening = opening;
      this.#onBegun?.(this.#edit, ask);
    } else if (!isDeepStrictEqual(opening, this.#opening)) return request;
    const body = parseJson(plainBody(request));
    if (!body.ok || !isObject(body.value)) return request;
    if (!isDeepStrictEqual(valueAt(body.value, path), before)) return request;
    return withBody(request, JSON.stringify(withValueAt(body.value, path, after)));
  }
}
