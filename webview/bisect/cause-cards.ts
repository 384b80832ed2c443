import { counted } from '../session/amounts.ts';
import { changeNode } from '../session/detail/changes-tab.ts';
import { append, el, linkButton } from '../session/dom.ts';
import type { BisectView, CauseView } from './messages.ts';
import type { PageActions } from './page.ts';

interface Fold {
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}

/** What a status rests on, for those who meet it for the first time. */
const MEANS: Readonly<Record<CauseView['status'], string>> = {
  VERIFIED: 'Run again: the good value heals the bad run, and the bad one breaks the good run',
  ISOLATED: 'This one difference makes the requests different',
  JOINT: 'Several differences at once: the recordings cannot tell which of them did it',
  SUGGESTED: 'It differs, and it cannot be shown that nothing else does',
  INCONCLUSIVE: 'Nothing recorded explains it, or a run does not repeat itself',
};

/** Causes, the likeliest first, then what lies behind them and what it was not. */
export function causeCards(view: BisectView, actions: PageActions, fold: Fold): readonly HTMLElement[] {
  const { causes, later, ruledOut, notes, trusted, added, divergence } = view;
  const undo =
    added === null
      ? []
      : [
          el(
            'p',
            { class: 'added', role: 'status' },
            `Added to rewind.config.json: ${added} `,
            linkButton('Undo', () => actions.post({ type: 'unignore' }), 'Take the rule out again'),
          ),
        ];
  if (!divergence && notes.length === 0) {
    const none = 'Ids, key order, chunking and headers are no difference, nor is what your rules ignore.';
    return [...undo, el('p', { class: 'empty' }, none)];
  }
  const cards = causes.map((cause, i) => card(cause, i, trusted, actions));
  return [
    ...undo,
    ...cards,
    ...(later.length > 0 ? [el('h3', {}, 'Later differences'), laterList(later, actions)] : []),
    ...(ruledOut.length > 0 ? [ruledOutList(ruledOut, fold)] : []),
    ...(notes.length > 0
      ? [el('h3', {}, 'Notes'), el('ul', {}, ...notes.map(note => el('li', {}, note)))]
      : []),
  ];
}

function card(cause: CauseView, index: number, trusted: boolean, { post, select }: PageActions): HTMLElement {
  const { id, status, family, step, row, field, detail, change, facts, site, rule, together, verification } =
    cause;
  const name = `cause-${index}`;
  const place = el('p', { class: 'cause-place' });
  append(
    place,
    row === null ? `call ${step}` : linkButton(`call ${step}`, () => select(row), 'Show the calls'),
  );
  for (const word of [field, family]) if (word) append(place, ' · ', el('span', {}, word));
  if (site) {
    append(
      place,
      ' · ',
      linkButton(
        `${site.shortFile}:${site.line}`,
        () => post({ type: 'openSite', cause: index }),
        `${site.file}:${site.line} ${site.function}`,
      ),
    );
  }
  const body = el('article', {
    class: `cause ${status.toLowerCase()}${index === 0 ? ' first' : ''}`,
    'aria-labelledby': name,
  });
  append(
    body,
    el(
      'header',
      {},
      el('h2', { id: name }, id),
      el('span', { class: 'cause-status', title: MEANS[status] }, status),
    ),
    place,
    el('p', { class: 'cause-detail' }, detail),
    change && changeNode(change),
    together.length > 0 &&
      el('p', {}, `Verified together with ${together.join(', ')}: none of them does it alone.`),
    facts.length > 0 && el('ul', { class: 'facts' }, ...facts.map(fact => el('li', {}, fact))),
    status !== 'VERIFIED' && verification !== '' && el('p', { class: 'dim' }, `Proof: ${verification}`),
  );
  if (rule !== null && trusted) {
    const link = linkButton(
      'Add ignore rule',
      () => post({ type: 'ignore', cause: index }),
      `rewind.config.json, match: ${rule}`,
    );
    append(body, el('p', { class: 'cause-links' }, link, el('span', { class: 'dim' }, ` ${rule}`)));
  }
  return body;
}

function laterList(later: BisectView['later'], { select }: PageActions): HTMLElement {
  return el(
    'ul',
    { class: 'later' },
    ...later.map(({ id, row, detail }) =>
      el('li', {}, row === null ? id : linkButton(id, () => select(row), 'Show the calls'), ` ${detail}`),
    ),
  );
}

function ruledOutList(ruledOut: BisectView['ruledOut'], { open, onOpen }: Fold): HTMLElement {
  const details = el(
    'details',
    { class: 'ruled-out', open },
    el('summary', {}, `Ruled out: ${counted(ruledOut.length, 'cause')}`),
    el('dl', {}, ...ruledOut.flatMap(({ id, why }) => [el('dt', {}, id), el('dd', {}, why)])),
  );
  details.addEventListener('toggle', () => onOpen(details.open));
  return details;
}
