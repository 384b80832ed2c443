import { append, el } from '../dom.ts';
import type { StepOutline } from '../messages.ts';
import { readPalette } from '../palette.ts';
import type { Session } from '../session.ts';
import { describeStep } from './describe.ts';
import { listenForDrag, listenForGestures } from './gestures.ts';
import { timelineKey } from './keys.ts';
import { LANE_HEIGHT, paintBranches, paintLane, stepAt } from './lane-bars.ts';
import { LaneLabels } from './lane-labels.ts';
import { METRIC_ROWS } from './metric-rows.ts';
import { type OutputHit, outputInNumbers, stepInNumbers } from './number-hits.ts';
import { OVERVIEW_HEIGHT, paintRuler, RULER_HEIGHT } from './ruler.ts';
import { Surface } from './surface.ts';
import { Tip } from './tip.ts';

/** Kept free at the right for the lanes' scroll bar. */
const SCROLLBAR = 12;

/**
 * Lanes over time, and below them what each call took. Three canvases share one axis: overview and ruler, lanes (which scroll),
 * numbers. For the keyboard and screen readers it is one slider over the steps.
 */
export class TimeLine {
  readonly element: HTMLElement;
  /** Called with how long a frame took to draw, in milliseconds: for the benchmark. */
  onPaint: ((ms: number) => void) | null = null;
  readonly #session: Session;
  readonly #labels: LaneLabels;
  readonly #tip = new Tip();
  readonly #scroller: HTMLElement;
  readonly #cursor = el('div', { class: 'cursor' });
  readonly #ruler = new Surface(el('canvas', { class: 'ruler' }));
  readonly #lanes = new Surface(el('canvas', { class: 'lanes-canvas' }));
  readonly #numbers = new Surface(el('canvas', { class: 'numbers-canvas' }));
  readonly #metricGutter: HTMLElement;
  #palette = readPalette();
  #frame = 0;
  /** The style sheet's: less in a narrow page. */
  #gutter = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#labels = new LaneLabels(session);
    this.#scroller = el('div', { class: 'lanes' }, this.#labels.element, this.#lanes.canvas);
    this.#metricGutter = el(
      'div',
      { class: 'metric-gutter' },
      ...METRIC_ROWS.map(row => this.#metricLabel(row)),
    );
    this.element = el(
      'section',
      { class: 'time-line', 'aria-label': 'Time line' },
      el('div', { class: 'ruler-row' }, el('div', { class: 'gutter-head' }), this.#ruler.canvas),
      this.#scroller,
      el('div', { class: 'metrics' }, this.#metricGutter, this.#numbers.canvas),
      this.#cursor,
      this.#tip.element,
    );
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'slider');
    this.element.setAttribute('aria-valuemin', '0');
    this.element.setAttribute('aria-valuemax', String(Math.max(0, session.view.steps.length - 1)));
    this.#listen();
    this.#tell();
    session.listen(change => {
      if (change === 'selection') {
        this.#tell();
        this.#revealLane();
      }
      this.repaint();
    });
    new ResizeObserver(() => this.#resized()).observe(this.element);
  }

  /** Where the tool tip and the buttons of the gutter go. */
  get gutterHead(): HTMLElement {
    return this.element.querySelector<HTMLElement>('.gutter-head')!;
  }

  /** All lanes and rows of numbers without scrolling, in pixels. */
  get wholeHeight(): number {
    const numbers = METRIC_ROWS.reduce((sum, row) => sum + row.height, 0);
    return OVERVIEW_HEIGHT + RULER_HEIGHT + this.#session.view.lanes.length * LANE_HEIGHT + numbers + 6;
  }

  repaint(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.paint();
    });
  }

  themeChanged(): void {
    this.#palette = readPalette();
    this.repaint();
  }

  paint(): void {
    const began = performance.now();
    const session = this.#session;
    const width = this.#width;
    if (this.#gutter === 0 || width < 20) return;
    const palette = this.#palette;
    paintRuler(this.#ruler.begin(width, OVERVIEW_HEIGHT + RULER_HEIGHT), session, width, palette);
    this.#paintLanes(width);
    this.#paintNumbers(width);
    this.#placeCursor(width);
    this.onPaint?.(performance.now() - began);
  }

  get #width(): number {
    return this.element.clientWidth - this.#gutter - SCROLLBAR;
  }

  #resized(): void {
    this.#gutter = this.gutterHead.offsetWidth;
    this.repaint();
  }

  #paintLanes(width: number): void {
    const { scrollTop, clientHeight: height } = this.#scroller;
    const session = this.#session;
    const to = this.#lanes.begin(width, Math.max(1, height));
    const first = Math.max(0, Math.floor(scrollTop / LANE_HEIGHT));
    const last = Math.min(session.view.lanes.length - 1, Math.floor((scrollTop + height) / LANE_HEIGHT));
    to.fillStyle = this.#palette.line;
    for (let lane = first; lane <= last; lane++) {
      to.globalAlpha = 0.5;
      to.fillRect(0, (lane + 1) * LANE_HEIGHT - scrollTop - 1, width, 1);
    }
    to.globalAlpha = 1;
    paintBranches(to, session, scrollTop, width, height, this.#palette);
    for (let lane = first; lane <= last; lane++) {
      paintLane(to, session, lane, lane * LANE_HEIGHT - scrollTop, width, this.#palette);
    }
    this.#labels.show(scrollTop, height);
  }

  #paintNumbers(width: number): void {
    const session = this.#session;
    this.#metricGutter.parentElement!.hidden = !session.metrics;
    if (!session.metrics) return;
    const height = METRIC_ROWS.reduce((sum, row) => sum + row.height, 0);
    const to = this.#numbers.begin(width, height);
    let top = 0;
    for (const row of METRIC_ROWS) {
      to.fillStyle = this.#palette.line;
      to.globalAlpha = 0.5;
      to.fillRect(0, top + row.height - 1, width, 1);
      to.globalAlpha = 1;
      row.paint(to, session, { top, width, height: row.height }, this.#palette);
      top += row.height;
    }
  }

  #placeCursor(width: number): void {
    const { step, axis } = this.#session;
    const x = step ? axis.pixel(axis.startOf(step), width) : -1;
    this.#cursor.hidden = x < 0 || x > width;
    this.#cursor.style.transform = `translateX(${Math.round(this.#gutter + x)}px)`;
  }

  #tell(): void {
    const { step, view } = this.#session;
    this.element.setAttribute('aria-valuenow', String(Math.max(0, this.#session.selected)));
    this.element.setAttribute('aria-valuetext', step ? describeStep(step, view.steps.length) : 'no steps');
  }

  #metricLabel(row: (typeof METRIC_ROWS)[number]): HTMLElement {
    const label = el(
      'div',
      { class: 'metric-label' },
      el('span', { class: 'metric-name' }, row.label),
      el('span', { class: 'metric-note' }, row.note(this.#session)),
      row.legend && legendOf(row.legend),
    );
    label.style.height = `${row.height}px`;
    return label;
  }

  #revealLane(): void {
    const lane = this.#session.step?.lane ?? 0;
    const { scrollTop, clientHeight } = this.#scroller;
    const top = lane * LANE_HEIGHT;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + LANE_HEIGHT > scrollTop + clientHeight)
      this.#scroller.scrollTop = top + LANE_HEIGHT - clientHeight;
  }

  #listen(): void {
    const session = this.#session;
    const left = (): number => this.element.getBoundingClientRect().left + this.#gutter;
    const width = (): number => this.#width;
    listenForGestures(this.element, session, left, width);
    this.#scroller.addEventListener('scroll', () => this.repaint(), { passive: true });
    this.element.addEventListener('keydown', event => {
      if (timelineKey(session, event)) event.preventDefault();
    });
    for (const canvas of [this.#lanes.canvas, this.#numbers.canvas]) {
      listenForDrag(canvas, {
        start: () => this.#tip.hide(),
        move: (_, dx) => {
          session.axis.pan((-dx / this.#width) * session.axis.span);
          session.changed('window');
        },
        end: (event, moved) => {
          const step = moved ? null : this.#stepUnder(event);
          if (step) session.select(step.index);
        },
      });
      canvas.addEventListener('dblclick', event => this.#zoomTo(this.#stepUnder(event)));
      canvas.addEventListener('pointermove', event => this.#hover(event));
      canvas.addEventListener('pointerleave', () => this.#tip.hide());
    }
    listenForDrag(this.#ruler.canvas, {
      start: event => this.#centre(event.clientX - left()),
      move: event => this.#centre(event.clientX - left()),
    });
  }

  /** The overview's place becomes the middle of the view. */
  #centre(pixel: number): void {
    const { axis } = this.#session;
    if (axis.span >= axis.extent) return;
    const middle = (pixel / this.#width) * axis.extent;
    axis.show(middle - axis.span / 2, middle + axis.span / 2);
    this.#session.changed('window');
  }

  #zoomTo(step: StepOutline | null): void {
    if (!step) return;
    const { axis } = this.#session;
    const length = Math.max(axis.endOf(step) - axis.startOf(step), axis.extent / 5000);
    axis.show(axis.startOf(step) - length, axis.endOf(step) + length);
    this.#session.changed('window');
  }

  #hover(event: PointerEvent): void {
    if (event.buttons !== 0) return;
    const step = this.#stepUnder(event);
    const output = step ? null : this.#outputUnder(event);
    if (step) this.#tip.step(step, event.clientX, event.clientY);
    else if (output) this.#tip.text(output.title, output.lines, event.clientX, event.clientY);
    else this.#tip.hide();
    this.element.classList.toggle('over-step', step !== null);
  }

  #stepUnder(event: MouseEvent): StepOutline | null {
    const { left, top } = (event.target as HTMLElement).getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    if (event.target === this.#numbers.canvas) return stepInNumbers(this.#session, x, y, this.#width);
    const place = y + this.#scroller.scrollTop;
    const lane = Math.floor(place / LANE_HEIGHT);
    return stepAt(this.#session, lane, x, place - lane * LANE_HEIGHT, this.#width);
  }

  #outputUnder(event: MouseEvent): OutputHit | null {
    if (event.target !== this.#numbers.canvas) return null;
    const { left, top } = this.#numbers.canvas.getBoundingClientRect();
    return outputInNumbers(this.#session, event.clientX - left, event.clientY - top, this.#width);
  }
}

function legendOf(names: NonNullable<(typeof METRIC_ROWS)[number]['legend']>): HTMLElement {
  const legend = el('span', { class: 'legend' });
  for (const [name, colour] of names)
    append(legend, el('span', { class: `swatch swatch-${colour}` }), `${name} `);
  return legend;
}
