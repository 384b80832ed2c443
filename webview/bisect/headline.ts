import { append, el, linkButton } from '../session/dom.ts';
import type { BisectView, RunView } from './messages.ts';
import type { PageActions } from './page.ts';

/** The sentence that says it, and what can be done. */
export function headline(view: BisectView, tools: HTMLElement, { select }: PageActions): HTMLElement {
  const { divergence } = view;
  const sentence = el('h1', {});
  if (!divergence) append(sentence, 'No divergence: both runs do the same');
  else {
    const { row, step, behaviour, behaviourRow } = divergence;
    append(sentence, 'First divergence at ');
    append(
      sentence,
      place(`call ${step}`, 'material', () => select(row)),
    );
    if (behaviour === null || behaviourRow === null) append(sentence, '; the agents act the same');
    else if (behaviour === step) append(sentence, ', in behaviour too');
    else {
      append(sentence, ', in behaviour at ');
      append(
        sentence,
        place(`call ${behaviour}`, 'behaviour', () => select(behaviourRow)),
      );
    }
  }
  const said =
    divergence &&
    el(
      'div',
      { class: 'outcome' },
      divergence.good === divergence.bad
        ? el('p', {}, `Then ${divergence.good ?? 'no such call'}, in both`)
        : el(
            'div',
            { class: 'change inline' },
            el('span', { class: 'change-name' }, 'Then'),
            el('del', {}, divergence.good ?? 'no such call'),
            ' → ',
            el('ins', {}, divergence.bad ?? 'no such call'),
          ),
    );
  return el('header', { class: 'page-head' }, el('div', { class: 'page-title' }, sentence, said), tools);
}

function place(text: string, kind: string, run: () => void): HTMLElement {
  const button = linkButton(text, run, 'Show it');
  button.classList.add('place', kind);
  return button;
}

/** Above the columns: which run is which. */
export function runHeads({ good, bad }: BisectView): HTMLElement {
  return el(
    'div',
    { class: 'run-heads' },
    runHead('good', good),
    el('span', { class: 'between' }),
    runHead('bad', bad),
  );
}

function runHead(side: 'good' | 'bad', { title, facts }: RunView): HTMLElement {
  return el(
    'div',
    { class: `run-head ${side}`, title: `${title}\n${facts}` },
    el('h2', {}, el('span', { class: 'side' }, side), ' ', title),
    el('p', { class: 'dim' }, facts),
  );
}
