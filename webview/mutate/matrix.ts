import { el } from '../session/dom.ts';
import type { MutantView, MutationView } from './messages.ts';
import type { Mutation } from './mutation.ts';
import { TALLIES, tallyOf } from './verdicts.ts';

/** In the place of a family: the call site's name, which stands for all of its row. */
const ALL = -1;

/** Call sites × families of faults. A cell says by shape, number and colour what came of them, and shows those alone. */
export class Matrix {
  readonly element = el('div', { class: 'matrix-box' });
  readonly #mutation: Mutation;
  #table: HTMLElement | null = null;

  constructor(mutation: Mutation) {
    this.#mutation = mutation;
    this.element.addEventListener('click', event => this.#clicked(event.target as HTMLElement));
    this.element.addEventListener('keydown', event => this.#key(event));
    mutation.listen(change => {
      if (change === 'view') this.#draw();
      if (change !== 'selection') this.#mark();
    });
    this.#draw();
    this.#mark();
  }

  #draw(): void {
    const { view } = this.#mutation;
    const focused = this.#place(document.activeElement as HTMLElement | null);
    const cells = Map.groupBy(view.mutants, ({ site, family }) => `${site} ${family}`);
    const head = el(
      'tr',
      { role: 'row' },
      el('th', { role: 'columnheader', scope: 'col' }, 'call site'),
      ...view.families.map(family =>
        el('th', { role: 'columnheader', scope: 'col' }, family.replace('-', ' ')),
      ),
    );
    const rows = view.sites.map((_, site) =>
      el(
        'tr',
        { role: 'row' },
        this.#siteCell(view, site),
        ...view.families.map((family, column) =>
          cellOf(cells.get(`${site} ${column}`) ?? [], site, column, `${siteName(view, site)}, ${family}`),
        ),
      ),
    );
    const label = 'Call sites and families of faults';
    this.#table = el('table', { class: 'matrix', role: 'grid', 'aria-label': label }, el('thead', {}, head));
    this.#table.append(el('tbody', {}, ...rows));
    this.element.replaceChildren(this.#table);
    const first = this.#cell(focused?.[0] ?? 0, focused?.[1] ?? 0);
    first?.setAttribute('tabindex', '0');
    if (focused) first?.focus();
  }

  #siteCell(view: MutationView, site: number): HTMLElement {
    const { text, state } = view.sites[site]!;
    const note = { same: '', edited: 'edited since', gone: 'no longer there' }[state];
    return el(
      'th',
      { role: 'rowheader', scope: 'row', tabindex: -1, 'data-site': site, 'data-family': ALL, title: text },
      el('span', { class: 'site-name' }, siteName(view, site)),
      ' ',
      note !== '' && el('span', { class: 'badge stale' }, `${note} `),
      el('code', { class: 'site-text' }, text),
    );
  }

  /** Which cells the list is narrowed to. */
  #mark(): void {
    const { site, family } = this.#mutation;
    for (const cell of this.element.querySelectorAll<HTMLElement>('[data-family]')) {
      const [row, column] = this.#place(cell)!;
      const chosen = site === row && (family ?? ALL) === column;
      cell.setAttribute('aria-selected', String(chosen));
    }
  }

  #clicked(target: HTMLElement): void {
    const place = this.#place(target.closest<HTMLElement>('[data-family]'));
    if (place) this.#choose(...place);
  }

  /** The same cell again shows all. */
  #choose(site: number, family: number): void {
    const column = family === ALL ? null : family;
    const again = this.#mutation.site === site && this.#mutation.family === column;
    this.#mutation.narrow(again ? null : site, again ? null : column);
    this.#focus(site, family);
  }

  #key(event: KeyboardEvent): void {
    const place = this.#place(event.target as HTMLElement);
    if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
    const [site, family] = place;
    const { sites, families } = this.#mutation.view;
    const to: Readonly<Record<string, readonly [number, number]>> = {
      ArrowDown: [Math.min(site + 1, sites.length - 1), family],
      ArrowUp: [Math.max(site - 1, 0), family],
      ArrowRight: [site, Math.min(family + 1, families.length - 1)],
      ArrowLeft: [site, Math.max(family - 1, ALL)],
      Home: [site, ALL],
      End: [site, families.length - 1],
    };
    const target = to[event.key];
    if (target) this.#focus(...target);
    else if (event.key === 'Enter' || event.key === ' ') this.#choose(site, family);
    else return;
    event.preventDefault();
  }

  #focus(site: number, family: number): void {
    for (const cell of this.element.querySelectorAll('[tabindex="0"]')) cell.setAttribute('tabindex', '-1');
    const cell = this.#cell(site, family);
    cell?.setAttribute('tabindex', '0');
    cell?.focus();
  }

  #cell(site: number, family: number): HTMLElement | null {
    return this.element.querySelector(`[data-site="${site}"][data-family="${family}"]`);
  }

  #place(cell: HTMLElement | null): readonly [number, number] | null {
    if (cell?.dataset.family === undefined || !this.element.contains(cell)) return null;
    return [Number(cell.dataset.site), Number(cell.dataset.family)];
  }
}

/** `order-agent.ts:34` */
export function siteName({ sites }: MutationView, site: number): string {
  const { file, shortFile, line } = sites[site]!;
  return file === null ? shortFile : `${shortFile}:${line}`;
}

function cellOf(mutants: readonly MutantView[], site: number, family: number, name: string): HTMLElement {
  const counts = Map.groupBy(mutants, tallyOf);
  const parts = TALLIES.flatMap(tally => {
    const found = counts.get(tally.key)?.length ?? 0;
    return found > 0 ? [{ ...tally, found }] : [];
  });
  const said = parts.map(({ found, word }) => `${found} ${word}`).join(', ') || 'nothing to break';
  const worst = parts[0]?.group === 'left-out' ? 'left-out' : (parts[0]?.key ?? 'none');
  return el(
    'td',
    {
      role: 'gridcell',
      tabindex: -1,
      class: `cell cell-${worst}`,
      'data-site': site,
      'data-family': family,
      'aria-label': `${name}: ${said}`,
      title: said,
    },
    ...parts.map(({ key, mark, found }) =>
      el('span', { class: `count tally-${key}` }, el('span', { class: 'mark' }, mark), String(found)),
    ),
  );
}
