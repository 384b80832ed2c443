import { duration, short } from './amounts.ts';
import { append, el } from './dom.ts';
import { icon } from './icons.ts';
import type { StepOutline } from './messages.ts';
import type { Session } from './session.ts';
import { describeStep } from './timeline/describe.ts';
import { VirtualList } from './virtual-list.ts';

const ROW = 24;

/** A failure mended by a retry is told, and what came of it. */
function summaryOf({ troubles, failed, summary }: StepOutline): string {
  const [first] = troubles;
  if (first === undefined) return summary;
  return failed ? `${first}: ${summary}` : `(${first}) ${summary}`;
}

/** All steps in order, one a row. */
export function stepList(session: Session): VirtualList {
  const { steps, lanes } = session.view;
  const list = new VirtualList('steps', 'Steps', ROW, {
    length: steps.length,
    get selected() {
      return session.selected;
    },
    select: index => session.select(index),
    render: (row, index) => fill(row, steps[index]!),
  });
  session.listen(change => {
    if (change === 'selection') list.reveal();
    if (change === 'hits') list.refresh();
  });
  return list;

  function fill(row: HTMLElement, step: StepOutline): void {
    const depth = lanes[step.lane]!.depth * 2 + (step.kind === 'tool' ? 1 : 0);
    row.classList.add(step.kind);
    row.classList.toggle('hit', session.hitSet.has(step.index));
    row.classList.toggle('failed', step.failed);
    row.setAttribute('aria-label', `${describeStep(step, steps.length)}: ${step.summary}`);
    const indent = el('span', { class: 'indent' });
    indent.style.width = `${Math.min(depth, 8) * 10}px`;
    append(
      row,
      el('span', { class: 'number' }, String(step.index)),
      indent,
      icon(step.failed ? 'error' : step.kind),
      el('span', { class: 'name' }, step.name),
      el('span', { class: 'summary' }, summaryOf(step)),
      step.kind === 'call' && step.tokens
        ? el('span', { class: 'tokens' }, `${short(step.tokens.input)}→${short(step.tokens.output)}`)
        : null,
      el('span', { class: 'took' }, step.ms === null ? '–' : duration(step.ms)),
    );
  }
}
