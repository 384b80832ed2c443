import { append, el } from '../dom.ts';
import type { MessageView, PartView } from '../messages.ts';
import { type PartActions, partNode } from './parts.ts';

export function messageCard(message: MessageView, actions: PartActions): HTMLElement {
  const { role, name, index, isNew, parts } = message;
  const title = `${role}${name === null ? '' : ` ${name}`}`;
  const card = el(
    'article',
    {
      class: `message ${roleClass(role)}${isNew ? ' new' : ''}`,
      'aria-label': `Message ${index}, ${title}${isNew ? ', new' : ''}`,
    },
    el(
      'header',
      {},
      el('span', { class: 'role' }, title),
      el('span', { class: 'message-number' }, `${index}`),
      isNew && el('span', { class: 'new-mark' }, 'new'),
    ),
  );
  append(card, ...partNodes(parts, actions));
  return card;
}

export function answerCard(
  title: string,
  parts: readonly PartView[],
  finish: string | null,
  actions: PartActions,
): HTMLElement {
  const card = el(
    'article',
    { class: 'message answer', 'aria-label': title },
    el(
      'header',
      {},
      el('span', { class: 'role' }, title),
      finish !== null && el('span', { class: 'finish' }, finish),
    ),
  );
  append(card, ...partNodes(parts, actions));
  return card;
}

function partNodes(parts: readonly PartView[], actions: PartActions): readonly HTMLElement[] {
  return parts.length > 0
    ? parts.map(part => partNode(part, actions))
    : [el('p', { class: 'empty' }, 'nothing')];
}

const roleClass = (role: string): string => (/^(system|user|assistant|tool)$/.test(role) ? role : 'other');
