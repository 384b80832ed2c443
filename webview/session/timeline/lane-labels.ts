import { el } from '../dom.ts';
import type { Session } from '../session.ts';
import { LANE_HEIGHT } from './lane-bars.ts';

/** The lanes' names beside their bars; only those in view exist. */
export class LaneLabels {
  readonly element = el('div', { class: 'lane-labels' });
  readonly #session: Session;
  readonly #rows = new Map<number, HTMLElement>();

  constructor(session: Session) {
    this.#session = session;
    this.element.style.height = `${session.view.lanes.length * LANE_HEIGHT}px`;
  }

  show(scrollTop: number, height: number): void {
    const { lanes } = this.#session.view;
    const first = Math.max(0, Math.floor(scrollTop / LANE_HEIGHT) - 1);
    const last = Math.min(lanes.length - 1, Math.ceil((scrollTop + height) / LANE_HEIGHT));
    for (const [lane, row] of this.#rows) {
      if (lane >= first && lane <= last) continue;
      row.remove();
      this.#rows.delete(lane);
    }
    for (let lane = first; lane <= last; lane++) {
      if (!this.#rows.has(lane)) this.#add(lane);
    }
    const current = this.#session.step?.lane;
    for (const [lane, row] of this.#rows) row.classList.toggle('current', lane === current);
  }

  #add(id: number): void {
    const { title, depth } = this.#session.view.lanes[id]!;
    const steps = this.#session.laneSteps[id]!;
    const calls = steps.filter(({ kind }) => kind === 'call').length;
    const tools = steps.length - calls;
    const row = el(
      'div',
      { class: 'lane-label', title },
      el('span', { class: 'lane-title' }, title),
      el(
        'span',
        { class: 'lane-count' },
        `${calls} call${calls === 1 ? '' : 's'}${tools > 0 ? ` · ${tools} tool${tools === 1 ? '' : 's'}` : ''}`,
      ),
    );
    row.style.top = `${id * LANE_HEIGHT}px`;
    row.style.height = `${LANE_HEIGHT}px`;
    row.style.paddingInlineStart = `${10 + Math.min(depth, 4) * 12}px`;
    row.addEventListener('click', () => {
      const first = steps[0];
      if (first) this.#session.select(first.index);
    });
    this.#rows.set(id, row);
    this.element.appendChild(row);
  }
}
