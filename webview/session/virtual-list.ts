import { el } from './dom.ts';

export interface ListSource {
  readonly length: number;
  /** Fills an empty row. */
  render(row: HTMLElement, index: number): void;
  /** What a click, Enter or an arrow key selects. */
  select(index: number): void;
  readonly selected: number;
}

/** Rows kept beyond what is in view. */
const SPARE = 6;

/** A list box of equal rows, of which only those in view exist. */
export class VirtualList {
  readonly element: HTMLElement;
  readonly #source: ListSource;
  readonly #rowHeight: number;
  readonly #inner = el('div', { class: 'virtual-rows', role: 'presentation' });
  readonly #rows = new Map<number, HTMLElement>();
  readonly #id: string;
  #frame = 0;
  #height = 0;

  constructor(id: string, label: string, rowHeight: number, source: ListSource) {
    this.#id = id;
    this.#source = source;
    this.#rowHeight = rowHeight;
    this.element = el(
      'div',
      { id, class: 'virtual-list', role: 'listbox', tabindex: 0, 'aria-label': label },
      this.#inner,
    );
    this.element.addEventListener('scroll', () => this.#soon(), { passive: true });
    this.element.addEventListener('keydown', event => this.#key(event));
    this.element.addEventListener('click', event => {
      const row = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
      if (row) source.select(Number(row.dataset.row));
    });
    new ResizeObserver(() => this.#resized()).observe(this.element);
  }

  /** All rows anew: what they show has changed. */
  refresh(): void {
    for (const row of this.#rows.values()) row.remove();
    this.#rows.clear();
    this.#soon();
  }

  /** Another row is selected. */
  reveal(): void {
    const { selected } = this.#source;
    const { scrollTop, clientHeight } = this.element;
    const top = selected * this.#rowHeight;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.#rowHeight > scrollTop + clientHeight) {
      this.element.scrollTop = top + this.#rowHeight - clientHeight;
    }
    this.#soon();
  }

  paint(): void {
    const { length, selected } = this.#source;
    this.#inner.style.height = `${length * this.#rowHeight}px`;
    const { scrollTop, clientHeight } = this.element;
    const first = Math.max(0, Math.floor(scrollTop / this.#rowHeight) - SPARE);
    const last = Math.min(length - 1, Math.ceil((scrollTop + clientHeight) / this.#rowHeight) + SPARE);
    for (const [index, row] of this.#rows) {
      if (index >= first && index <= last) continue;
      row.remove();
      this.#rows.delete(index);
    }
    for (let index = first; index <= last; index++) {
      const row = this.#rows.get(index) ?? this.#add(index);
      const current = index === selected;
      row.classList.toggle('selected', current);
      row.setAttribute('aria-selected', String(current));
    }
    if (this.#rows.has(selected))
      this.element.setAttribute('aria-activedescendant', `${this.#id}-${selected}`);
    else this.element.removeAttribute('aria-activedescendant');
  }

  #add(index: number): HTMLElement {
    const row = el('div', {
      id: `${this.#id}-${index}`,
      class: 'row',
      role: 'option',
      'data-row': index,
      'aria-setsize': this.#source.length,
      'aria-posinset': index + 1,
    });
    row.style.transform = `translateY(${index * this.#rowHeight}px)`;
    row.style.height = `${this.#rowHeight}px`;
    this.#source.render(row, index);
    this.#rows.set(index, row);
    this.#inner.appendChild(row);
    return row;
  }

  /** A row that was in view stays in view. */
  #resized(): void {
    const top = this.#source.selected * this.#rowHeight;
    const { scrollTop, clientHeight } = this.element;
    const shown = top >= scrollTop && top + this.#rowHeight <= scrollTop + this.#height;
    this.#height = clientHeight;
    if (shown) this.reveal();
    else this.#soon();
  }

  #soon(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.paint();
    });
  }

  #key(event: KeyboardEvent): void {
    const { selected, length } = this.#source;
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.#rowHeight) - 1);
    const to: Readonly<Record<string, number>> = {
      ArrowDown: selected + 1,
      ArrowUp: selected - 1,
      PageDown: selected + page,
      PageUp: selected - page,
      Home: 0,
      End: length - 1,
    };
    const target = to[event.key];
    if (target === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#source.select(Math.max(0, Math.min(length - 1, target)));
  }
}
