import { count } from './amounts.ts';
import { append, el, onClick } from './dom.ts';
import type { Host } from './host.ts';
import { icon } from './icons.ts';
import type { ToPage } from './messages.ts';
import type { Session } from './session.ts';

const PAUSE = 160;

/** Finds steps by words: the extension looks, hits come as they are found. Enter and Shift+Enter go from one to the next. */
export class SearchBox {
  readonly element: HTMLElement;
  readonly #field: HTMLElement & { value?: string };
  readonly #status = el('span', { class: 'search-status', role: 'status', 'aria-live': 'polite' });
  readonly #session: Session;
  readonly #host: Host;
  /** The query whose hits are shown. */
  #query = '';
  #timer = 0;

  constructor(session: Session, host: Host) {
    this.#session = session;
    this.#host = host;
    this.#field = el('vscode-text-field', {
      type: 'search',
      placeholder: 'Search steps',
      'aria-label': 'Search steps',
      class: 'search-field',
    });
    this.element = el('div', { class: 'search', role: 'search' });
    append(
      this.element,
      this.#field,
      this.#status,
      onClick(iconButton('up', 'Previous hit (Shift+Enter)'), () => this.#go(-1)),
      onClick(iconButton('down', 'Next hit (Enter)'), () => this.#go(1)),
    );
    this.#field.addEventListener('input', () => this.#soon());
    this.#field.addEventListener('keydown', event => {
      if (event.key === 'Enter') this.#go(event.shiftKey ? -1 : 1);
      else if (event.key === 'Escape') this.#clear();
      else return;
      event.preventDefault();
    });
    const { query } = host.state;
    if (query) {
      this.#field.setAttribute('value', query);
      this.#ask(query);
    }
    session.listen(change => {
      if (change === 'selection') this.#tell(true, 1, 1);
    });
  }

  get words(): readonly string[] {
    return this.#query.toLowerCase().split(/\s+/).filter(Boolean);
  }

  /** As it stands in the field. */
  get text(): string {
    return this.#field.value ?? '';
  }

  focus(): void {
    this.#field.focus();
  }

  take({ query, steps, scanned, done }: Extract<ToPage, { type: 'hits' }>): void {
    if (query !== this.#query) return;
    this.#session.setHits(steps);
    this.#tell(done, scanned, this.#session.view.steps.length);
  }

  #soon(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#ask(this.#field.value ?? ''), PAUSE);
  }

  #ask(query: string): void {
    if (query === this.#query) return;
    this.#query = query;
    this.#host.keep({ query });
    this.#host.post({ type: 'search', query });
    if (query.trim() === '') {
      this.#session.setHits([]);
      this.#status.textContent = '';
    }
  }

  #clear(): void {
    this.#field.value = '';
    this.#ask('');
  }

  #go(by: 1 | -1): void {
    const { hits, selected } = this.#session;
    const next = by > 0 ? hits.find(step => step > selected) : hits.findLast(step => step < selected);
    const step = next ?? (by > 0 ? hits[0] : hits.at(-1));
    if (step !== undefined) this.#session.select(step);
  }

  #tell(done: boolean, scanned: number, all: number): void {
    if (this.#query.trim() === '') return;
    const { hits, selected } = this.#session;
    const at = hits.indexOf(selected);
    const place = at === -1 ? count(hits.length) : `${count(at + 1)} of ${count(hits.length)}`;
    const progress = done ? '' : ` · ${Math.round((100 * scanned) / Math.max(1, all))} %`;
    this.#status.textContent = done && hits.length === 0 ? 'none' : `${place}${progress}`;
  }
}

export function iconButton(name: Parameters<typeof icon>[0], label: string): HTMLElement {
  const button = el('vscode-button', { appearance: 'icon', 'aria-label': label, title: label });
  button.append(icon(name));
  return button;
}
