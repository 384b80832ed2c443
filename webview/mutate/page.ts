import { count, counted, duration } from '../session/amounts.ts';
import { append, el, onClick } from '../session/dom.ts';
import { splitter } from '../session/splitter.ts';
import { Matrix } from './matrix.ts';
import type { MutationView, RunningView, ToMutationPage } from './messages.ts';
import { mutantList } from './mutant-list.ts';
import { MutantPane } from './mutant-pane.ts';
import { Mutation, type MutationHost } from './mutation.ts';
import { TALLIES, tallyOf } from './verdicts.ts';

const SEARCH_AFTER = 120;

/** Everything that shows one mutation run. */
export class MutationPage {
  readonly element = el('main', { class: 'page mutation-page' });
  readonly #host: MutationHost;
  readonly #mutation: Mutation;
  readonly #pane: MutantPane;
  readonly #headline = el('p', { class: 'headline' });
  readonly #facts = el('p', { class: 'session-facts' });
  readonly #title = el('h1', {});
  readonly #tools = el('div', { class: 'page-tools' });
  readonly #chips = el('div', { class: 'chips', role: 'group', 'aria-label': 'Show verdicts' });
  readonly #progress = el('div', { class: 'run-progress', role: 'status', 'aria-live': 'off' });
  readonly #found = el('span', { class: 'dim found', role: 'status', 'aria-live': 'polite' });
  #running: RunningView | null;

  constructor(view: MutationView, host: MutationHost) {
    this.#host = host;
    this.#mutation = new Mutation(view, host);
    this.#running = view.running;
    this.#pane = new MutantPane(this.#mutation, host);
    const list = mutantList(this.#mutation);
    const width = (): number => list.element.getBoundingClientRect().width;
    append(
      this.element,
      el(
        'header',
        { class: 'page-head' },
        el('div', { class: 'page-title' }, this.#title, this.#headline, this.#facts),
        this.#tools,
        this.#progress,
      ),
      new Matrix(this.#mutation).element,
      el('div', { class: 'filters' }, this.#chips, this.#search(), this.#found),
      el(
        'div',
        { class: 'lower' },
        list.element,
        splitter('columns', 'Width of the list', width, wanted => {
          const size = Math.max(160, Math.min(wanted, this.element.clientWidth - 240));
          document.body.style.setProperty('--rw-list-width', `${size}px`);
          host.keep({ listWidth: size });
          return size;
        }),
        this.#pane.element,
      ),
    );
    const { listWidth } = host.state;
    if (listWidth) document.body.style.setProperty('--rw-list-width', `${listWidth}px`);
    this.#mutation.listen(change => {
      if (change !== 'selection') this.#draw();
    });
    this.#draw();
    const [first] = this.#mutation.shown;
    if (first && !this.#mutation.mutant) this.#mutation.select(first.id);
    else list.reveal();
  }

  take(message: ToMutationPage): void {
    if (message.type === 'mutation') {
      this.#running = message.view.running;
      this.#mutation.update(message.view);
      const [first] = this.#mutation.shown;
      if (first && !this.#mutation.mutant) this.#mutation.select(first.id);
    } else if (message.type === 'running') {
      const flipped = (this.#running === null) !== (message.running === null);
      this.#running = message.running;
      if (flipped) this.#mutation.update({ ...this.#mutation.view, running: message.running });
      else this.#drawProgress();
    } else if (message.type === 'mutant') this.#pane.take(message.detail);
    else if (message.type === 'site') this.#mutation.narrow(message.site, null);
  }

  #draw(): void {
    const { view, shown, verdicts, site, family } = this.#mutation;
    const tallies = Map.groupBy(view.mutants, tallyOf);
    const found = (key: string): number => tallies.get(key)?.length ?? 0;
    const bad = found('silent') + found('unsafe') > 0;
    const ran = view.mutants.length - found('not-run');
    this.#title.textContent = view.title;
    this.#headline.textContent =
      ran === 0 ? 'No answer broken yet' : headlineOf(found('silent'), found('unsafe'));
    this.#headline.classList.toggle('bad', bad);
    this.#facts.textContent = `${count(ran)} of ${counted(view.mutants.length, 'broken answer')} run${
      view.ranAt === null ? '' : ` · last on ${new Date(view.ranAt).toLocaleString()}`
    }`;
    this.#drawTools();
    this.#drawProgress();
    const focused = (document.activeElement as HTMLElement | null)?.dataset.tally;
    this.#chips.replaceChildren(
      ...TALLIES.filter(({ key }) => found(key) > 0 || verdicts.has(key)).map(({ key, mark, word }) =>
        onClick(
          el(
            'button',
            { class: 'chip', type: 'button', 'data-tally': key, 'aria-pressed': verdicts.has(key) },
            el('span', { class: `mark tally-${key}`, 'aria-hidden': true }, mark),
            ` ${count(found(key))} ${word}`,
          ),
          () => this.#mutation.toggle(key),
        ),
      ),
    );
    if (focused) this.#chips.querySelector<HTMLElement>(`[data-tally="${focused}"]`)?.focus();
    const narrowed = site !== null || family !== null;
    this.#found.replaceChildren(`${count(shown.length)} shown`);
    if (narrowed) {
      const all = el('button', { class: 'link', type: 'button' }, 'Show all call sites');
      append(
        this.#found,
        ' · ',
        onClick(all, () => this.#mutation.narrow(null, null)),
      );
    }
  }

  #drawTools(): void {
    const { view, shown } = this.#mutation;
    const tool = (label: string, run: () => void, appearance = 'secondary'): HTMLElement =>
      onClick(el('vscode-button', { appearance }, label), run);
    const ids = shown.map(({ id }) => id);
    const some = shown.length < view.mutants.length && shown.length > 0;
    this.#tools.replaceChildren();
    if (view.mayRun && this.#running === null) {
      append(
        this.#tools,
        tool('Run all', () => this.#host.post({ type: 'run', ids: null }), 'primary'),
        some && tool(`Run these ${count(shown.length)}`, () => this.#host.post({ type: 'run', ids })),
      );
    }
    append(
      this.#tools,
      this.#running !== null && tool('Stop', () => this.#host.post({ type: 'stop' }), 'primary'),
      tool('Export JSON', () => this.#host.post({ type: 'export', format: 'json' })),
      tool('Export page', () => this.#host.post({ type: 'export', format: 'html' })),
    );
  }

  #drawProgress(): void {
    const running = this.#running;
    this.#progress.hidden = running === null;
    if (running === null) return;
    const { done, total, leftMs } = running;
    const text =
      total === null
        ? 'The agent runs unbroken first, three times'
        : `${count(done)} of ${count(total)}${leftMs === null ? '' : `, ${duration(leftMs)} left`}`;
    this.#progress.replaceChildren(
      el('progress', { max: total ?? 1, value: total === null ? null : done, 'aria-label': 'Progress' }),
      ` ${text}`,
    );
  }

  #search(): HTMLElement {
    const field = el('vscode-text-field', {
      type: 'search',
      placeholder: 'Filter',
      class: 'search-field',
      value: this.#mutation.query,
    }) as HTMLElement & { value?: string };
    // The toolkit writes a name of its own over it when the field comes into the page.
    requestAnimationFrame(() => field.setAttribute('aria-label', 'Filter broken answers'));
    let timer = 0;
    field.addEventListener('input', () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => this.#mutation.search(field.value ?? ''), SEARCH_AFTER);
    });
    return el('div', { role: 'search' }, field);
  }
}

function headlineOf(silent: number, unsafe: number): string {
  const first = silent === 0 ? 'No silent failure' : counted(silent, 'silent failure');
  return unsafe === 0 ? first : `${first} · ${count(unsafe)} unsafe`;
}
