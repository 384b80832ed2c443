import { counted } from '../amounts.ts';
import { append, el, linkButton } from '../dom.ts';
import type { CallDetail, MessageView } from '../messages.ts';
import { answerCard, messageCard } from './message-card.ts';
import { type PartActions, partNode } from './parts.ts';

const PAGE = 30;

/** A call as a conversation: instructions and history folded, what is new, and the answer. */
export class MessagesTab {
  readonly element = el('div', { class: 'messages' });
  readonly #detail: CallDetail;
  readonly #actions: PartActions;
  readonly #ask: (from: number, to: number) => void;
  readonly #earlier = el('div', { class: 'earlier' });
  readonly #list = el('div', { class: 'message-list' });
  #first: number;

  constructor(detail: CallDetail, actions: PartActions, ask: (from: number, to: number) => void) {
    this.#detail = detail;
    this.#actions = actions;
    this.#ask = ask;
    const fresh = detail.messages.filter(({ isNew }) => isNew);
    // Before what is new, the history is one line.
    this.#first = fresh[0]?.index ?? detail.messageCount;
    append(
      this.#list,
      ...fresh.filter(({ role }) => role !== 'system').map(message => messageCard(message, actions)),
    );
    append(
      this.element,
      detail.system.length > 0 && this.#system(),
      this.#earlier,
      this.#list,
      ...this.#answers(),
    );
    this.#showEarlier();
  }

  /** Earlier messages that were asked for. */
  add(messages: readonly MessageView[]): void {
    const [first] = messages;
    const last = messages.at(-1);
    if (!first || !last || last.index + 1 !== this.#first) return;
    this.#first = first.index;
    this.#list.prepend(...messages.map(message => messageCard(message, this.#actions)));
    this.#showEarlier();
  }

  #showEarlier(): void {
    this.#earlier.replaceChildren();
    if (this.#first === 0) return;
    const from = Math.max(0, this.#first - PAGE);
    append(
      this.#earlier,
      el('span', {}, `${counted(this.#first, 'earlier message')}`),
      linkButton(from === 0 ? 'show' : `show ${this.#first - from}`, () => this.#ask(from, this.#first)),
    );
  }

  #system(): HTMLElement {
    const box = el('details', { class: 'folded system' });
    const text = this.#detail.system.map(part => ('text' in part ? part.text : '')).join(' ');
    box.append(
      el(
        'summary',
        {},
        el('span', { class: 'folded-title' }, 'System prompt'),
        el('span', { class: 'preview' }, text.slice(0, 300).replace(/\s+/g, ' ')),
      ),
    );
    box.addEventListener(
      'toggle',
      () => append(box, ...this.#detail.system.map(part => partNode(part, this.#actions))),
      {
        once: true,
      },
    );
    return box;
  }

  #answers(): readonly HTMLElement[] {
    const { answer, alternatives, finishReason, troubles, problems } = this.#detail;
    const cards = [
      ...(answer.length > 0 || troubles.length === 0
        ? [answerCard('answer', answer, finishReason, this.#actions)]
        : []),
      ...alternatives.map((parts, i) => answerCard(`choice ${i + 2}`, parts, null, this.#actions)),
    ];
    const notes = problems.map(problem => el('p', { class: 'rest' }, `Not understood: ${problem}`));
    return [...cards, ...notes];
  }
}
