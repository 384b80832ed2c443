import { append, el } from '../session/dom.ts';
import { VirtualList } from '../session/virtual-list.ts';
import { siteName } from './matrix.ts';
import type { MutantView } from './messages.ts';
import type { Mutation } from './mutation.ts';
import { lookOf, tallyOf } from './verdicts.ts';

const ROW = 26;

/** Mutants that pass the filters, one a row. */
export function mutantList(mutation: Mutation): VirtualList {
  const list = new VirtualList('mutants', 'Broken answers', ROW, {
    get length() {
      return mutation.shown.length;
    },
    get selected() {
      return mutation.selected;
    },
    select: index => {
      const mutant = mutation.shown[index];
      if (mutant) mutation.select(mutant.id);
    },
    render: (row, index) => fill(row, mutation.shown[index]!),
  });
  mutation.listen(change => {
    if (change === 'selection') list.reveal();
    else list.refresh();
    if (change === 'filter') list.element.scrollTop = 0;
  });
  return list;

  function fill(row: HTMLElement, mutant: MutantView): void {
    const { mark, word } = lookOf(mutant);
    const site = siteName(mutation.view, mutant.site);
    row.setAttribute(
      'aria-label',
      `${word}: ${mutant.operator} at step ${mutant.step}, ${site}. ${mutant.reason}`,
    );
    append(
      row,
      el('span', { class: `mark tally-${tallyOf(mutant)}` }, mark),
      el('span', { class: 'verdict' }, word),
      el('span', { class: 'name' }, mutant.id),
      el('span', { class: 'summary' }, mutant.reason || mutant.summary),
    );
  }
}
