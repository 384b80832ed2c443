import { hash } from 'node:crypto';
import type { Call, Part } from '../providers/call.ts';
import { canonicalJson } from '../tape/canonical-json.ts';
import type { Draft } from './draft.ts';
import { callerOf } from './lane-caller.ts';

/** A lane in the making. */
export interface LaneDraft {
  readonly id: number;
  readonly title: string;
  readonly persona: string;
  readonly calls: Draft[];
  /** The call that led to this lane; null at the start. */
  readonly parent: Draft | null;
  /** Only the time says that `parent` led to it. */
  readonly guessed: boolean;
}

/** Who led to a lane. An agent that asked for tools and was never heard of again began nothing, unless more than the time says so. */
export function leadTo({ parent, guessed, calls }: LaneDraft, lanes: readonly LaneDraft[]): Draft | null {
  if (!parent || !guessed) return parent;
  return lanes[parent.lane]!.calls.at(-1)!.at > calls[0]!.at ? parent : null;
}

/** A message list's place in the tree of all message lists. */
interface Node {
  readonly next: Map<string, Node>;
  /** Calls whose list ends here. */
  readonly calls: Draft[];
}

/** A shortened history is looked for in so many of an agent's latest lanes. */
const LANES_COMPARED = 32;

interface Placement {
  readonly parent: Draft | null;
  readonly lane: LaneDraft | null;
  readonly history: Draft['context']['history'];
}

/**
 * Puts each call into a lane, in the order of their beginning. A call goes on in the lane of the call that it
 * names, whose tools it answers, whose messages it extends, or whose history it shortened. Anything else begins a lane: a sub-agent, a
 * branch from a point that went on otherwise, the same question again.
 */
export class LaneBook {
  readonly lanes: LaneDraft[] = [];
  readonly #root: Node = { next: new Map(), calls: [] };
  readonly #byResponse = new Map<string, Draft>();
  /** Tool-call id → the call that made it; null where several did, as models do that count from `call_0`. */
  readonly #byToolCall = new Map<string, Draft | null>();
  readonly #embeddings = new Map<string, LaneDraft>();
  readonly #personas = new Map<string, readonly LaneDraft[]>();
  /** Lanes whose last answer asked for tools. */
  readonly #askers = new Set<LaneDraft>();

  place(draft: Draft, call: Call): void {
    const { parent, lane, history } = this.#find(draft, call);
    const known = parent && history === 'extended' && draft.continues === null ? parent.messages : 0;
    const added = call.messages.slice(known);
    draft.parent = parent;
    draft.context = { added: added.length, history };
    const from = known === 0 ? 0 : parent!.history.length;
    const own = draft.history.slice(from);
    const brought = own.filter((_, i) => draft.brought[from + i]);
    draft.broughtKey = hash('sha256', brought.join(), 'base64url');
    // Where the provider keeps the history, it is what this conversation was sent so far.
    const carried = draft.continues !== null && parent ? [parent.historyKey, ...own] : draft.history;
    draft.historyKey = hash('sha256', carried.join(), 'base64url');
    draft.results = added.flatMap(message =>
      message.parts.flatMap(part => (part.type === 'tool_result' ? [part.result] : [])),
    );
    const home = lane ?? this.#begin(draft, call, parent);
    draft.lane = home.id;
    home.calls.push(draft);
    // An agent whose prompt or tools change in the middle is still found.
    const alike = this.#personas.get(draft.persona) ?? [];
    if (!alike.includes(home)) this.#personas.set(draft.persona, [...alike.slice(1 - LANES_COMPARED), home]);
    this.answered(draft);
    this.#remember(draft);
  }

  /** What the latest attempt of a call that has its place gave: the ids by which later calls name it. */
  answered(draft: Draft): void {
    const home = this.lanes[draft.lane]!;
    if (home.calls.at(-1) === draft) {
      if (asksForTools(draft)) this.#askers.add(home);
      else this.#askers.delete(home);
    }
    const { responseId, output } = draft.answer.call;
    if (responseId !== null) this.#byResponse.set(responseId, draft);
    for (const part of output.parts) {
      const id = part.type === 'tool_call' ? part.call.id : null;
      if (id === null) continue;
      const known = this.#byToolCall.get(id);
      this.#byToolCall.set(id, known === undefined || known === draft ? draft : null);
    }
  }

  /**
   * Whether a call that repeats `failed` goes on from what was asked only after that had failed: the agent did not try the call
   * again, it began its conversation anew and got as far once more.
   */
  isBegunAnew(draft: Draft, call: Call, failed: Draft): boolean {
    if (draft.operation === 'embeddings') return false;
    const parent = this.#goesOnFrom(draft, call);
    return parent !== null && parent.at >= failed.answer.endsAt;
  }

  #goesOnFrom(draft: Draft, call: Call): Draft | null {
    const named = draft.continues === null ? undefined : this.#byResponse.get(draft.continues);
    return named ?? this.#asker(call) ?? this.#longestPrefix(draft);
  }

  #find(draft: Draft, call: Call): Placement {
    if (draft.operation === 'embeddings') {
      const lane = this.#embeddings.get(draft.model ?? '') ?? null;
      return { parent: lane?.calls.at(-1) ?? null, lane, history: 'start' };
    }
    const parent = this.#goesOnFrom(draft, call);
    if (parent) {
      const lane = this.lanes[parent.lane]!;
      const grown = draft.continues !== null || draft.messages > parent.messages;
      const history = grown ? 'extended' : 'rewritten';
      return { parent, lane: lane.calls.at(-1) === parent ? lane : null, history };
    }
    const rewritten = this.#rewritten(draft) ?? this.#summarised(draft, call);
    if (rewritten) return { parent: rewritten.calls.at(-1)!, lane: rewritten, history: 'rewritten' };
    return { parent: null, lane: null, history: 'start' };
  }

  /** The call that asked for the tools whose results came in last, where their ids say so beyond doubt. */
  #asker(call: Call): Draft | null {
    const tail = call.messages.slice(
      call.messages.findLastIndex(message => message.role === 'assistant') + 1,
    );
    for (const part of tail.flatMap(message => message.parts)) {
      const asker = part.type === 'tool_result' ? this.#byToolCall.get(part.result.id ?? '') : null;
      if (asker) return asker;
    }
    return null;
  }

  /**
   * The call with the longest list that this one properly extends (the same list again extends nothing); of equals,
   * one of the same agent, then one whose lane is still open.
   */
  #longestPrefix(draft: Draft): Draft | null {
    let node: Node | undefined = this.#root;
    let found: readonly Draft[] = [];
    for (const digest of draft.history.slice(0, -1)) {
      node = node.next.get(digest);
      if (!node) break;
      if (node.calls.length > 0) found = node.calls;
    }
    const rank = (call: Draft): number =>
      (call.persona === draft.persona ? 0 : 2) + (this.lanes[call.lane]!.calls.at(-1) === call ? 0 : 1);
    return found.toSorted((a, b) => rank(a) - rank(b) || b.at - a.at)[0] ?? null;
  }

  /** The lane whose history was summarised or cut to make this one: the same agent, at rest, later messages in common. */
  #rewritten(draft: Draft): LaneDraft | null {
    const candidates = this.#personas.get(draft.persona)?.slice(-LANES_COMPARED) ?? [];
    return (
      candidates.findLast(({ calls }) => {
        const last = calls.at(-1)!;
        return last.answer.endsAt <= draft.at && sharesBehindPrefix(last.history, draft.history);
      }) ?? null
    );
  }

  /**
   * The lane whose history gave way to a summary, before the answer that asked for the tools whose results come in: the same
   * agent, and the very calls. Only where results carry no ids, as Gemini's once did not.
   */
  #summarised(draft: Draft, { messages }: Call): LaneDraft | null {
    const at = messages.findLastIndex(({ role }) => role === 'assistant');
    const results = messages.slice(at + 1).flatMap(({ parts }) => parts);
    const nameless = results.some(part => part.type === 'tool_result' && part.result.id === null);
    const asked = at < 0 || !nameless ? '' : askedIn(messages[at]!.parts);
    if (asked === '') return null;
    const candidates = this.#personas.get(draft.persona) ?? [];
    return (
      candidates.findLast(lane => {
        const last = lane.calls.at(-1)!;
        return last.answer.endsAt <= draft.at && askedIn(last.answer.call.output.parts) === asked;
      }) ?? null
    );
  }

  #begin(draft: Draft, call: Call, branchedFrom: Draft | null): LaneDraft {
    const { title, persona } = draft;
    const askers = branchedFrom ? [] : [...this.#askers].map(lane => lane.calls.at(-1)!);
    const caller = callerOf(draft, call, askers);
    const lane = {
      id: this.lanes.length,
      title,
      persona,
      calls: [],
      parent: branchedFrom ?? caller?.call ?? null,
      guessed: caller?.guessed ?? false,
    };
    this.lanes.push(lane);
    if (draft.operation === 'embeddings') this.#embeddings.set(draft.model ?? '', lane);
    return lane;
  }

  #remember(draft: Draft): void {
    // A list that the provider continues is only the end of the conversation.
    if (draft.operation === 'embeddings' || draft.continues !== null) return;
    let node = this.#root;
    for (const digest of draft.history) {
      const next = node.next.get(digest) ?? { next: new Map(), calls: [] };
      node.next.set(digest, next);
      node = next;
    }
    node.calls.push(draft);
  }
}

/** Few-shot prompts share their beginning; a shortened history shares what came later. */
function sharesBehindPrefix(before: readonly string[], after: readonly string[]): boolean {
  let prefix = 0;
  while (prefix < before.length && before[prefix] === after[prefix]) prefix++;
  const later = new Set(before.slice(prefix));
  return after.slice(prefix).some(digest => later.has(digest));
}

/** The tool calls in these parts, as one text; empty where there are none. */
function askedIn(parts: readonly Part[]): string {
  const calls = parts.flatMap(part => (part.type === 'tool_call' ? [part.call] : []));
  return calls.map(call => `${call.name}(${canonicalJson(call.arguments ?? call.argumentsText)})`).join();
}

function asksForTools({ answer }: Draft): boolean {
  return answer.call.output.parts.some(part => part.type === 'tool_call');
}
