import { el } from '../dom.ts';

export const TABS = ['messages', 'changes', 'context', 'request', 'transport', 'printed'] as const;
export type Tab = (typeof TABS)[number];

/** The tabs of a call; only the active one has content. */
export class Tabs {
  readonly element: HTMLElement & { activeid?: string };
  readonly #tabs: Readonly<Record<Tab, HTMLElement>>;
  readonly #views: Readonly<Record<Tab, HTMLElement>>;
  #active: Tab;

  constructor(active: string, onChange: (tab: Tab) => void) {
    this.#active = TABS.find(tab => tab === active) ?? 'messages';
    this.#tabs = byTab(tab => el('vscode-panel-tab', { id: `tab-${tab}` }, tab));
    this.#views = byTab(tab => el('vscode-panel-view', { id: `view-${tab}` }));
    this.element = el(
      'vscode-panels',
      { activeid: `tab-${this.#active}`, 'aria-label': 'Parts of the call' },
      ...Object.values(this.#tabs),
      ...Object.values(this.#views),
    );
    this.element.addEventListener('change', event => {
      if (event.target !== this.element) return;
      const chosen = TABS.find(tab => `tab-${tab}` === this.element.activeid);
      if (!chosen || chosen === this.#active) return;
      this.#active = chosen;
      onChange(chosen);
    });
  }

  get active(): Tab {
    return this.#active;
  }

  set titles(titles: Readonly<Record<Tab, string>>) {
    for (const tab of TABS) {
      if (this.#tabs[tab].textContent === titles[tab]) continue;
      this.#tabs[tab].textContent = titles[tab];
      // The toolkit names a tab after its first text, for good.
      this.#tabs[tab].setAttribute('aria-label', titles[tab]);
    }
  }

  fill(content: HTMLElement): void {
    for (const tab of TABS) this.#views[tab].replaceChildren(...(tab === this.#active ? [content] : []));
  }
}

function byTab(make: (tab: Tab) => HTMLElement): Readonly<Record<Tab, HTMLElement>> {
  return Object.fromEntries(TABS.map(tab => [tab, make(tab)])) as Record<Tab, HTMLElement>;
}
