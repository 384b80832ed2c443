import { append, el } from '../session/dom.ts';
import { icon } from '../session/icons.ts';
import { VirtualList } from '../session/virtual-list.ts';
import type { BisectCall, BisectRow, BisectView } from './messages.ts';
import type { PageActions } from './page.ts';

const ROW = 26;

/** Both runs' calls side by side, a pair a row. */
export function rowList(view: BisectView, { select, selected }: PageActions): VirtualList {
  const { rows, divergence } = view;
  return new VirtualList('pairs', 'Calls of both runs', ROW, {
    length: rows.length,
    get selected() {
      return selected();
    },
    select,
    render: (element, index) => {
      const row = rows[index]!;
      const marks = [
        ...(index === divergence?.row ? ['material'] : []),
        ...(index === divergence?.behaviourRow ? ['behaviour'] : []),
      ];
      element.classList.add('pair', differing(row), ...marks);
      element.setAttribute('aria-label', describe(row, marks));
      append(
        element,
        cell('good', row.good),
        el(
          'span',
          { class: 'between', title: titleOf(row, marks) },
          el('span', { class: 'mark' }, markOf(row)),
        ),
        cell('bad', row.bad),
      );
    },
  });
}

const differing = ({ differs }: BisectRow): string => `differs-${differs ?? 'not'}`;

function cell(side: 'good' | 'bad', call: BisectCall | null): HTMLElement {
  if (!call) return el('span', { class: `call ${side} none` }, 'not made');
  return el(
    'span',
    { class: `call ${side}${call.failed ? ' failed' : ''}`, title: `${call.name}\n${call.summary}` },
    el('span', { class: 'number' }, String(call.call)),
    icon(call.failed ? 'error' : 'call'),
    el('span', { class: 'summary' }, call.summary || call.name),
  );
}

/** Told in words, not by colour alone. */
function markOf({ good, bad, differs }: BisectRow): string {
  if (!good) return 'bad only';
  if (!bad) return 'good only';
  return differs ?? '=';
}

const WORDS = {
  request: 'the requests differ',
  answer: 'the answers differ',
  both: 'requests and answers differ',
  carried: 'only what it carries from before differs',
} as const;

function titleOf({ good, bad, differs }: BisectRow, marks: readonly string[]): string {
  const what = !good
    ? 'only the bad run made this call'
    : !bad
      ? 'only the good run made this call'
      : differs
        ? WORDS[differs]
        : 'the same';
  return [
    what,
    ...(marks.includes('material') ? ['first divergence'] : []),
    ...(marks.includes('behaviour') ? ['from here on the agents act otherwise'] : []),
  ].join('; ');
}

function describe(row: BisectRow, marks: readonly string[]): string {
  const side = (name: string, call: BisectCall | null): string =>
    call ? `${name} call ${call.call}${call.failed ? ', failed' : ''}: ${call.summary}` : `${name}: not made`;
  return `${titleOf(row, marks)}. ${side('Good', row.good)}. ${side('Bad', row.bad)}`;
}
