import { changeNode } from '../session/detail/changes-tab.ts';
import { append, el, linkButton } from '../session/dom.ts';
import type { ChangeView } from '../session/messages.ts';
import type { BisectRow } from './messages.ts';
import type { PageActions } from './page.ts';

/** What differs in the selected row's calls. */
export class PairPane {
  readonly element = el('section', { class: 'pair-pane', 'aria-label': 'The selected calls', tabindex: 0 });
  readonly #actions: PageActions;
  readonly #changes = el('div', { class: 'pair-changes' });

  constructor(actions: PageActions) {
    this.#actions = actions;
  }

  /** Another row: its changes come a little later. */
  begin({ good, bad }: BisectRow): void {
    const { post, selected } = this.#actions;
    const open = (side: 'good' | 'bad') => (): void => post({ type: 'openStep', side, row: selected() });
    const head = el('h3', {});
    if (good) append(head, linkButton(`Good call ${good.call}`, open('good'), 'Open its time line'));
    if (good && bad) append(head, ' and ');
    if (bad)
      append(head, linkButton(`${good ? 'bad' : 'Bad'} call ${bad.call}`, open('bad'), 'Open its time line'));
    this.#changes.replaceChildren();
    this.element.replaceChildren(head, this.#changes);
    this.element.scrollTop = 0;
    const only = good ?? bad;
    if (!good || !bad)
      append(this.#changes, el('p', { class: 'empty' }, `Only this run made it: ${only?.summary}`));
  }

  /** Null: only one run made the call, which is said already. */
  show(changes: readonly ChangeView[] | null): void {
    if (changes === null) return;
    const nodes = changes.map(changeNode);
    this.#changes.replaceChildren(
      ...(nodes.length > 0 ? nodes : [el('p', { class: 'empty' }, 'The same in both runs.')]),
    );
  }
}
