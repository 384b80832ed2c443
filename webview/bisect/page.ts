import { append, el } from '../session/dom.ts';
import type { Host } from '../session/host.ts';
import { onThemeChange } from '../session/palette.ts';
import { splitter } from '../session/splitter.ts';
import type { VirtualList } from '../session/virtual-list.ts';
import { causeCards } from './cause-cards.ts';
import { headline, runHeads } from './headline.ts';
import type { BisectState, BisectView, FromBisectPage, ToBisectPage } from './messages.ts';
import { PairPane } from './pair-pane.ts';
import { rowList } from './row-list.ts';
import { Strip } from './strip.ts';
import { Toolbar } from './toolbar.ts';

export type BisectHost = Host<FromBisectPage, ToBisectPage, BisectState>;

/** What the parts of the page ask of each other. */
export interface PageActions {
  readonly post: (message: FromBisectPage) => void;
  /** Shows a row, and what differs in it. */
  readonly select: (row: number) => void;
  readonly selected: () => number;
}

/** Why two runs diverged: both side by side, and what speaks for each cause. */
export class BisectPage {
  readonly element = el('main', { class: 'page bisect' });
  readonly #host: BisectHost;
  readonly #actions: PageActions;
  readonly #toolbar: Toolbar;
  readonly #pair: PairPane;
  readonly #body = el('div', { class: 'bisect-body' });
  #view: BisectView | null = null;
  #list: VirtualList | null = null;
  #strip: Strip | null = null;
  #row = 0;

  constructor(host: BisectHost) {
    this.#host = host;
    this.#row = host.state.row ?? -1;
    this.#actions = {
      post: message => host.post(message),
      select: row => this.#select(row),
      selected: () => this.#row,
    };
    this.#toolbar = new Toolbar(this.#actions);
    this.#pair = new PairPane(this.#actions);
    append(this.element, this.#toolbar.notice, this.#body);
    onThemeChange(() => this.#strip?.paint());
    this.element.addEventListener('keydown', event => this.#key(event));
  }

  take(message: ToBisectPage): void {
    switch (message.type) {
      case 'bisect':
        this.#show(message.view);
        return;
      case 'pair':
        if (message.row === this.#row) this.#pair.show(message.changes);
        return;
      default:
        this.#toolbar.take(message);
    }
  }

  #show(view: BisectView): void {
    const focused = this.#list?.element.matches(':focus') ?? false;
    this.#view = view;
    if (this.#row < 0 || this.#row >= view.rows.length) this.#row = firstRow(view);
    this.#list = rowList(view, this.#actions);
    this.#strip = new Strip(view, this.#actions);
    this.#toolbar.show(view);
    const found = el(
      'section',
      { class: 'found', 'aria-label': 'Causes', tabindex: -1 },
      ...causeCards(view, this.#actions, {
        open: this.#host.state.ruledOut ?? false,
        onOpen: ruledOut => this.#host.keep({ ruledOut }),
      }),
    );
    const left = el('div', { class: 'both-runs' }, runHeads(view), this.#list.element, this.#pair.element);
    this.#body.replaceChildren(
      headline(view, this.#toolbar.element, this.#actions),
      this.#strip.element,
      el(
        'div',
        { class: 'lower' },
        left,
        splitter(
          'columns',
          'Width of the runs',
          () => left.offsetWidth,
          size => this.#setWidth(size),
        ),
        found,
      ),
    );
    const { listWidth } = this.#host.state;
    if (listWidth !== undefined) this.#setWidth(listWidth);
    document.title = `${view.good.title} and ${view.bad.title}`;
    this.#host.keep({ good: view.good.id, bad: view.bad.id, row: this.#row });
    this.#tellRow();
    if (focused) this.#list.element.focus();
    requestAnimationFrame(() => {
      // Nothing can be scrolled to before the rows have their height.
      this.#list?.paint();
      this.#list?.reveal();
      this.#strip?.paint();
    });
  }

  #select(row: number): void {
    if (!this.#view?.rows[row]) return;
    this.#row = row;
    this.#host.keep({ row });
    this.#list?.reveal();
    this.#strip?.paint();
    this.#tellRow();
  }

  #tellRow(): void {
    const row = this.#view?.rows[this.#row];
    if (!row) return;
    this.#pair.begin(row);
    this.#toolbar.moved(row);
    this.#host.post({ type: 'pair', row: this.#row });
  }

  /** `n` and `p`: the next difference, and the one before. */
  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#view) return;
    const { rows } = this.#view;
    const differs = (_: unknown, i: number): boolean => {
      const kind = rows[i]!.differs;
      return kind !== null && kind !== 'carried';
    };
    const to =
      event.key === 'n'
        ? rows.findIndex((row, i) => i > this.#row && differs(row, i))
        : event.key === 'p'
          ? rows.findLastIndex((row, i) => i < this.#row && differs(row, i))
          : -1;
    if (to === -1) return;
    event.preventDefault();
    this.#select(to);
  }

  #setWidth(wanted: number): number {
    const size = Math.round(Math.min(Math.max(wanted, 200), Math.max(240, window.innerWidth - 260)));
    this.element.style.setProperty('--rw-list-width', `${size}px`);
    this.#host.keep({ listWidth: size });
    return size;
  }
}

/** Where the agents part is what a reader came for. */
const firstRow = ({ divergence }: BisectView): number => divergence?.row ?? 0;
