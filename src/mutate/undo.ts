import type { Message } from '../providers/call.ts';
import { readCall } from '../providers/read-call.ts';
import { wholeExchanges } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';
import {
  type Conversation,
  conversationOf,
  previousAnswer,
  quotedWords,
  withBody,
  withElements,
  withWords,
} from '../tape/conversation.ts';
import { matchKey } from '../tape/match-key.ts';
import { type MatchRules, NO_RULES } from '../tape/rules.ts';
import type { Answer, Exchange, WireRequest } from '../wire/exchange.ts';
import type { Json } from '../wire/json.ts';
import { saysError } from './error-words.ts';

/**
 * How a conversation went on behind the fault.
 * - `carried`: the agent took the broken answer for good and went on.
 * - `repaired`: it told the model about the trouble, or asked again in other words.
 * - `refused`: it did what was recorded, and told the model what was wrong with what was asked besides.
 * - `hidden`: a tool failed outright, and the agent gave the model something else in its place.
 */
export type Continuation = 'carried' | 'repaired' | 'refused' | 'hidden';

/**
 * Finds the recorded request behind one that carries the fault along. A conversation that extends the broken call has a
 * turn of its own behind it: the broken answer and what the agent made of it. That turn is replaced: by the recorded one
 * where the agent went on as if all were well, by nothing where it asked the model again, which then gives the
 * recorded answer. Other conversations (a sub-agent's caller) carry the broken words; these are put right.
 */
export class Undo {
  readonly #broken: Exchange;
  readonly #key: string;
  readonly #length: number;
  readonly #session: SessionReader;
  readonly #rules: MatchRules;
  readonly #words: readonly (readonly [injected: string, original: string])[];
  #next: Next | null | undefined;
  /** Elements of the agent's own turn, once it has taken one. */
  #turn: number | undefined;
  continuation: Continuation | null = null;

  constructor(session: SessionReader, seq: number, injected: Answer | null, rules: MatchRules = NO_RULES) {
    this.#session = session;
    this.#rules = rules;
    this.#broken = session.exchange(seq);
    const broken = conversationOf(this.#broken.request);
    this.#length = broken?.elements.length ?? 0;
    this.#key = broken ? this.#prefix(this.#broken.request, broken) : '';
    this.#words = injected ? injectedWords(this.#broken, injected) : [];
  }

  /** The recorded request that this one stands for; null where it carries nothing of the fault. */
  undo(request: WireRequest): WireRequest | null {
    return this.#undoTurn(request) ?? this.#undoWords(request);
  }

  #undoTurn(request: WireRequest): WireRequest | null {
    const asked = conversationOf(request);
    if (!asked) return null;
    const stored = previousAnswer(asked) !== undefined && previousAnswer(asked) === this.#answerId();
    const from = stored ? 0 : this.#length;
    if (asked.elements.length <= from) return null;
    if (!stored && this.#prefix(request, asked) !== this.#key) return null;
    const next = this.#recordedNext();
    if (this.#turn === undefined) {
      this.#turn = asked.elements.length - from;
      this.continuation = this.#continuationOf(request, from);
    }
    const rest = asked.elements.slice(from + this.#turn);
    if (this.continuation === 'repaired') {
      if (stored) return this.#broken.request;
      return withElements(request, asked, [...asked.elements.slice(0, from), ...rest]);
    }
    if (!next) return null;
    if (stored) return next.request;
    return withElements(request, asked, [...asked.elements.slice(0, from), ...next.turn, ...rest]);
  }

  #continuationOf(request: WireRequest, from: number): Continuation {
    const turn = messagesOf(request).slice(from);
    const next = this.#recordedNext();
    const results = turn.flatMap(resultTexts);
    const told = results.some(
      ({ text, isError }) => (isError || saysError(text)) && !next?.results.has(text),
    );
    const given = new Set(results.map(({ text }) => text));
    const recorded = [...(next?.results ?? [])];
    if (told && recorded.length > 0 && recorded.every(text => given.has(text))) return 'refused';
    if (told) return 'repaired';
    if (results.length > 0) return 'carried';
    const said = (messages: readonly Message[]): string =>
      JSON.stringify(messages.filter(({ role }) => role !== 'assistant').map(({ parts }) => parts));
    const usual = next ? messagesOf(next.request).slice(from) : [];
    return next && said(turn) === said(usual) ? 'carried' : 'repaired';
  }

  #undoWords(request: WireRequest): WireRequest | null {
    const undone = withWords(request, this.#words);
    if (undone) this.continuation ??= 'carried';
    return undone;
  }

  /** The recorded request that went on from the broken call. */
  #recordedNext(): Next | null {
    if (this.#next !== undefined) return this.#next;
    this.#next = null;
    const id = this.#answerId();
    for (const { seq, request } of wholeExchanges(this.#session)) {
      if (seq <= this.#broken.seq) continue;
      const read = conversationOf(request);
      if (!read) continue;
      const stored = id !== undefined && previousAnswer(read) === id;
      const from = stored ? 0 : this.#length;
      if (read.elements.length <= from) continue;
      if (!stored && this.#prefix(request, read) !== this.#key) continue;
      const results = messagesOf(request).slice(from).flatMap(resultTexts);
      this.#next = {
        request,
        turn: read.elements.slice(from),
        results: new Set(results.map(({ text }) => text)),
      };
      break;
    }
    return this.#next;
  }

  /** The key of a conversation up to the broken call. Settings may change within a conversation; its persona may not. */
  #prefix(request: WireRequest, { body, key, elements }: Conversation): string {
    const { system, instructions, systemInstruction } = body;
    const kept = { system, instructions, systemInstruction, [key]: elements.slice(0, this.#length) };
    return matchKey(withBody(request, JSON.stringify(kept)), this.#rules);
  }

  #answerId(): string | undefined {
    return readCall(this.#broken)?.responseId ?? undefined;
  }
}

/** The recorded request that went on from the broken call, and what it added. */
interface Next {
  readonly request: WireRequest;
  readonly turn: readonly Json[];
  /** Texts of the tool results among it. */
  readonly results: ReadonlySet<string>;
}

const NO_ANSWER: Answer = { chunks: [], end: { kind: 'unfinished' } };

function messagesOf(request: WireRequest): readonly Message[] {
  return readCall({ seq: 0, at: 0, request, answer: NO_ANSWER })?.messages ?? [];
}

function resultTexts({ parts }: Message): readonly { readonly text: string; readonly isError: boolean }[] {
  return parts.flatMap(part =>
    part.type === 'tool_result'
      ? [{ text: part.result.content.map(textOfPart).join('\n'), isError: part.result.isError }]
      : [],
  );
}

const textOfPart = (part: Message['parts'][number]): string =>
  part.type === 'text' ? part.text : JSON.stringify(part);

/** Texts of the broken answer and what they were. */
function injectedWords(broken: Exchange, injected: Answer): readonly (readonly [string, string])[] {
  const textsOf = (answer: Answer): readonly string[] =>
    (readCall({ ...broken, answer })?.output.parts ?? []).flatMap(part =>
      part.type === 'text' ? [part.text] : [],
    );
  return quotedWords(textsOf(broken.answer), textsOf(injected));
}
