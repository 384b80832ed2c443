import { count, counted } from '../amounts.ts';
import { append, el, linkButton } from '../dom.ts';
import type { CallDetail, ChangeView, Cut, MessageView, WordView } from '../messages.ts';
import { messageCard } from './message-card.ts';
import type { PartActions } from './parts.ts';

/** What this call was sent, and said, otherwise than the lane's call before it. */
export function changesTab(detail: CallDetail, actions: PartActions): HTMLElement {
  const { previous, changes } = detail;
  if (previous === null) {
    return el(
      'div',
      { class: 'changes' },
      el('p', { class: 'empty' }, 'The first call of its lane: there is none before it.'),
    );
  }
  const asked = changes.filter(({ section }) => !isAnswer(section));
  const answered = changes.filter(({ section }) => isAnswer(section));
  const fresh = detail.messages.filter(({ isNew, role }) => isNew && role !== 'system');
  const head = el('p', { class: 'changes-head' }, 'Compared with ');
  append(
    head,
    linkButton(`step ${previous}`, () => actions.openStep(previous)),
    ', the lane’s call before.',
  );
  return el(
    'div',
    { class: 'changes' },
    head,
    ...request(asked, fresh, actions),
    ...group('Answer', answered),
  );
}

const isAnswer = (section: string): boolean => /^(output|finish reason|error)$/.test(section);

function request(
  changes: readonly ChangeView[],
  fresh: readonly MessageView[],
  actions: PartActions,
): readonly HTMLElement[] {
  const rewritten = changes.some(({ section }) => section === 'messages');
  const added = rewritten ? [] : fresh;
  if (changes.length === 0 && added.length === 0) {
    return [el('h3', {}, 'Request'), el('p', { class: 'empty' }, 'Asked the same again.')];
  }
  return [
    ...group('Request', changes),
    ...(added.length > 0
      ? [
          el('h3', {}, counted(added.length, 'new message')),
          el('div', { class: 'message-list' }, ...added.map(message => messageCard(message, actions))),
        ]
      : []),
  ];
}

function group(title: string, changes: readonly ChangeView[]): readonly HTMLElement[] {
  return changes.length > 0 ? [el('h3', {}, title), ...changes.map(changeNode)] : [];
}

export function changeNode({ section, field, before, after, words }: ChangeView): HTMLElement {
  const name = field ? `${section} · ${field}` : section;
  if (isShort(before) && isShort(after)) {
    return el(
      'div',
      { class: 'change inline' },
      el('span', { class: 'change-name' }, name),
      before && el('del', {}, before.text),
      before && after && ' → ',
      after && el('ins', {}, after.text),
    );
  }
  return el(
    'div',
    { class: 'change' },
    el('div', { class: 'change-name' }, name),
    words ? wordsNode(words) : sides(before?.text ?? null, after?.text ?? null),
  );
}

const isShort = (side: Cut | null): boolean =>
  side === null || (side.text.length <= 60 && !side.text.includes('\n'));

/** Insertions and deletions are marked by element, not by colour alone. */
export function wordsNode(words: readonly WordView[]): HTMLElement {
  const text = el('pre', { class: 'plain diff', tabindex: 0, dir: 'auto' });
  for (const { kind, text: run, gap, gapAt } of words) {
    if (kind === 'removed') append(text, el('del', {}, run));
    else if (kind === 'added') append(text, el('ins', {}, run));
    else if (gap === undefined || gapAt === undefined) append(text, run);
    else
      append(
        text,
        run.slice(0, gapAt),
        el('span', { class: 'gap' }, ` … ${count(gap)} characters unchanged … `),
        run.slice(gapAt),
      );
  }
  return text;
}

function sides(before: string | null, after: string | null): HTMLElement {
  return el(
    'pre',
    { class: 'plain diff', tabindex: 0, dir: 'auto' },
    before !== null && el('del', {}, before),
    before !== null && after !== null && '\n',
    after !== null && el('ins', {}, after),
  );
}

/** For the tab's title; new messages count as one change each. */
export function changeCount({ changes, messages, previous }: CallDetail): number {
  if (previous === null) return 0;
  const rewritten = changes.some(({ section }) => section === 'messages');
  return (
    changes.length + (rewritten ? 0 : messages.filter(({ isNew, role }) => isNew && role !== 'system').length)
  );
}
