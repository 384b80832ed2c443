import { wholeExchanges } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';
import { canonicalJson } from '../tape/canonical-json.ts';
import { type Conversation, conversationOf, withElements } from '../tape/conversation.ts';
import { answerBody, type WireRequest } from '../wire/exchange.ts';
import type { Json } from '../wire/json.ts';
import { saysError } from './error-words.ts';
import type { Fault } from './operator.ts';
import type { Continuation } from './undo.ts';

interface Recorded {
  readonly conversation: Conversation;
  readonly keys: readonly string[];
}

/**
 * Undo for a broken tool: the agent's next request carries what it made of the tool's answer where the recorded one
 * carries the tool's own. Such messages are put right, so that the recorded answers still fit; what they say is the
 * agent's first reaction, and all that can be known of it without a model.
 */
export class UndoResults {
  readonly #recorded: readonly Recorded[];
  /** What a message became on the way, as canonical JSON, and what it was. */
  readonly #known = new Map<string, Json>();
  readonly #failure: boolean;
  /** What the tool's service said, without white space, as it stands inside a JSON string. */
  readonly #injected: string;
  continuation: Continuation | null = null;

  /** `since`: the last recorded request before the tool. */
  constructor(session: SessionReader, since: number, { answer, failure }: Fault) {
    this.#failure = failure ?? false;
    const text = answer === 'hang' ? '' : Buffer.from(answerBody(answer)).toString('utf8');
    this.#injected = bare(JSON.stringify(text).slice(1, -1));
    this.#recorded = [...wholeExchanges(session)].flatMap(({ seq, request }) => {
      const conversation = seq > since ? conversationOf(request) : null;
      return conversation ? [{ conversation, keys: conversation.elements.map(keyOf) }] : [];
    });
  }

  /** The recorded request that this one stands for; null where no recorded one is like it. */
  undo(request: WireRequest): WireRequest | null {
    const asked = conversationOf(request);
    if (!asked) return null;
    const elements = asked.elements.map(element => this.#known.get(keyOf(element)) ?? element);
    const keys = elements.map(keyOf);
    const nearest = this.#nearest(asked.key, keys);
    if (!nearest) return null;
    const right = elements.map((element, i) => {
      const was = nearest.conversation.elements[i]!;
      if (keys[i] === nearest.keys[i]) return element;
      this.#known.set(keyOf(asked.elements[i]!), was);
      this.#react(asked.elements[i]!, was);
      return was;
    });
    return withElements(request, asked, right);
  }

  /** As long, with the same first message, and with the fewest others that differ. */
  #nearest(key: string, keys: readonly string[]): Recorded | null {
    let best: Recorded | null = null;
    let fewest = Number.POSITIVE_INFINITY;
    for (const each of this.#recorded) {
      if (each.conversation.key !== key || each.keys.length !== keys.length) continue;
      const differ = each.keys.filter((other, i) => other !== keys[i]).length;
      // A conversation of which nothing is known is another one; a single prompt may be all there is.
      if (differ >= fewest || (differ === keys.length && keys.length > 1)) continue;
      best = each;
      fewest = differ;
    }
    return best;
  }

  /** Words of trouble count where they are the agent's own, or where the tool's service meant them. */
  #react(said: Json, was: Json): void {
    if (this.continuation === 'repaired') return;
    const text = JSON.stringify(said);
    const passedOn = this.#injected !== '' && bare(text).includes(this.#injected);
    const told = saysError(text) && !saysError(JSON.stringify(was)) && (this.#failure || !passedOn);
    this.continuation = told ? 'repaired' : this.#failure && !passedOn ? 'hidden' : 'carried';
  }
}

const bare = (text: string): string => text.replace(/\\[nrt]|\s/g, '');

const keyOf = (element: Json): string => canonicalJson(element);
