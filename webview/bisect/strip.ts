import { el } from '../session/dom.ts';
import { readPalette } from '../session/palette.ts';
import { Surface } from '../session/timeline/surface.ts';
import type { BisectRow, BisectView } from './messages.ts';
import type { PageActions } from './page.ts';

const HEIGHT = 38;
const LANE = 13;
const GAP = 4;
/** A few calls do not fill the line. */
const WIDEST = 56;
/** What matters most is drawn where several calls share a pixel. */
const RANK = { not: 0, carried: 1, answer: 2, request: 2, both: 3, failed: 4 } as const;

/** Both runs from left to right, the good one above: all of them at once, however long. A click goes there. */
export class Strip {
  readonly element: HTMLElement;
  readonly #canvas = el('canvas', { 'aria-hidden': true });
  readonly #surface = new Surface(this.#canvas);
  readonly #view: BisectView;
  readonly #actions: PageActions;

  constructor(view: BisectView, actions: PageActions) {
    this.#view = view;
    this.#actions = actions;
    this.element = el('div', { class: 'strip', title: 'Both runs, the good one above' }, this.#canvas);
    this.element.addEventListener('click', event => {
      const { left } = this.element.getBoundingClientRect();
      const { length } = view.rows;
      const row = Math.floor((event.clientX - left) / this.#each);
      actions.select(Math.max(0, Math.min(length - 1, row)));
    });
    new ResizeObserver(() => this.paint()).observe(this.element);
  }

  /** Pixels of a row. */
  get #each(): number {
    return Math.min(WIDEST, this.element.clientWidth / this.#view.rows.length);
  }

  paint(): void {
    const width = this.element.clientWidth;
    const { rows, divergence } = this.#view;
    if (width === 0 || rows.length === 0) return;
    const context = this.#surface.begin(width, HEIGHT);
    const palette = readPalette();
    const each = this.#each;
    const gap = each > 6 ? 2 : each > 3 ? 1 : 0;
    const colours = {
      not: palette.cached,
      carried: palette.call,
      answer: palette.wait,
      request: palette.tool,
      both: palette.error,
      failed: palette.error,
    };
    (['good', 'bad'] as const).forEach((side, lane) => {
      const top = 5 + lane * (LANE + GAP);
      let [column, best] = [-1, -1];
      rows.forEach((row, i) => {
        if (!row[side]) return;
        const kind = kindOf(row, side);
        const x = Math.floor(i * each);
        // Calls that share a pixel: the one that matters most.
        if (x === column && RANK[kind] <= best) return;
        [column, best] = [x, RANK[kind]];
        context.fillStyle = colours[kind];
        context.fillRect(x, top, Math.max(1, Math.floor((i + 1) * each) - x - gap), LANE);
      });
    });
    const line = (row: number | null | undefined, colour: string, thick: number): void => {
      if (row === null || row === undefined || row < 0) return;
      context.fillStyle = colour;
      context.fillRect(Math.min(width - thick, Math.max(0, Math.floor(row * each) - 1)), 0, thick, HEIGHT);
    };
    line(divergence?.behaviourRow, palette.warning, 2);
    line(divergence?.row, palette.error, 2);
    const at = Math.floor(this.#actions.selected() * each);
    context.strokeStyle = palette.selected;
    context.lineWidth = 2;
    context.strokeRect(Math.max(1, at - 1), 2, Math.max(4, each - gap + 2), HEIGHT - 4);
  }
}

function kindOf(row: BisectRow, side: 'good' | 'bad'): keyof typeof RANK {
  if (row[side]?.failed) return 'failed';
  return row.differs ?? 'not';
}
