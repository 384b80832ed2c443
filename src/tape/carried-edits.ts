import { readCall } from '../providers/read-call.ts';
import { wholeExchanges } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { Answer, Exchange, WireRequest } from '../wire/exchange.ts';
import { asObject, asString, type Json } from '../wire/json.ts';
import { conversationOf, quotedWords, withBody, withElements, withWords } from './conversation.ts';
import { matchKey } from './match-key.ts';
import { type MatchRules, NO_RULES } from './rules.ts';

/** A recorded answer, changed. */
export interface AnswerEdit {
  readonly session: SessionReader;
  readonly seq: number;
  readonly answer: Answer;
}

/**
 * Puts recorded answers back where a request carries edited ones. Only what the model is supposed to have said is put
 * back: what the agent made of it stays, so that a tool which gave another result is no recorded request.
 */
export class CarriedEdits {
  readonly #edits: readonly CarriedEdit[];

  /** In the order in which the edits were made: a later one is found by a conversation without the earlier ones. */
  constructor(edits: readonly AnswerEdit[], rules: MatchRules = NO_RULES) {
    const made: CarriedEdit[] = [];
    for (const edit of edits) made.push(new CarriedEdit(edit, request => undoneBy(made, request), rules));
    this.#edits = made;
  }

  /** The request as it would be had nothing been edited; null where it carries no edit. */
  undo(request: WireRequest): WireRequest | null {
    const undone = undoneBy(this.#edits, request);
    return undone === request ? null : undone;
  }
}

const undoneBy = (edits: readonly CarriedEdit[], request: WireRequest): WireRequest =>
  edits.reduce((carrying, edit) => edit.undo(carrying) ?? carrying, request);

class CarriedEdit {
  readonly #edit: AnswerEdit;
  readonly #exchange: Exchange;
  readonly #rules: MatchRules;
  readonly #length: number;
  readonly #prefix: string | null;
  readonly #words: readonly (readonly [string, string])[];
  readonly #undoEarlier: (request: WireRequest) => WireRequest;
  #answer: readonly Json[] | null | undefined;

  constructor(edit: AnswerEdit, undoEarlier: (request: WireRequest) => WireRequest, rules: MatchRules) {
    this.#edit = edit;
    this.#rules = rules;
    const exchange = edit.session.exchange(edit.seq);
    this.#exchange = { ...exchange, request: undoEarlier(exchange.request) };
    this.#undoEarlier = undoEarlier;
    this.#length = conversationOf(this.#exchange.request)?.elements.length ?? 0;
    this.#prefix = this.#prefixOf(this.#exchange.request);
    this.#words = quotedWords(textsOf(exchange, exchange.answer), textsOf(exchange, edit.answer));
  }

  undo(request: WireRequest): WireRequest | null {
    return this.#undoAnswer(request) ?? withWords(request, this.#words);
  }

  #undoAnswer(request: WireRequest): WireRequest | null {
    const carried = this.#answerIn(request);
    const recorded = this.#recorded();
    if (!carried || !recorded) return null;
    const asked = conversationOf(request)!;
    return withElements(request, asked, [
      ...asked.elements.slice(0, this.#length),
      ...recorded,
      ...asked.elements.slice(this.#length + carried.length),
    ]);
  }

  /** The answer as the recorded agent carried it; null where it never did. */
  #recorded(): readonly Json[] | null {
    if (this.#answer !== undefined) return this.#answer;
    this.#answer = null;
    for (const { seq, request } of wholeExchanges(this.#edit.session)) {
      if (seq <= this.#exchange.seq) continue;
      this.#answer = this.#answerIn(this.#undoEarlier(request));
      if (this.#answer) break;
    }
    return this.#answer;
  }

  /** What the model said behind the edited call's messages, in a request that goes on from there. */
  #answerIn(request: WireRequest): readonly Json[] | null {
    const elements = conversationOf(request)?.elements.slice(this.#length) ?? [];
    const end = elements.findIndex(element => !isModels(element));
    const said = end < 0 ? elements : elements.slice(0, end);
    return said.length > 0 && this.#prefixOf(request) === this.#prefix ? said : null;
  }

  /** Settings may change within a conversation; its persona may not. */
  #prefixOf(request: WireRequest): string | null {
    const asked = conversationOf(request);
    if (!asked) return null;
    const { system, instructions, systemInstruction } = asked.body;
    const kept = {
      system,
      instructions,
      systemInstruction,
      [asked.key]: asked.elements.slice(0, this.#length),
    };
    return matchKey(withBody(request, JSON.stringify(kept)), this.#rules);
  }
}

/** Messages of the model's; in Responses also calls and reasoning, which are items without a role. */
function isModels(element: Json): boolean {
  const { role, type } = asObject(element);
  if (role !== undefined) return role === 'assistant' || role === 'model';
  return type !== undefined && !/_output$/.test(asString(type) ?? '');
}

function textsOf(exchange: Exchange, answer: Answer): readonly string[] {
  const parts = readCall({ ...exchange, answer })?.output.parts ?? [];
  return parts.flatMap(part => (part.type === 'text' ? [part.text] : []));
}
