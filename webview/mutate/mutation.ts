import type { Host } from '../session/host.ts';
import type {
  FromMutationPage,
  MutantView,
  MutationPageState,
  MutationView,
  ToMutationPage,
} from './messages.ts';
import { TALLIES, tallyOf } from './verdicts.ts';

export type MutationHost = Host<FromMutationPage, ToMutationPage, MutationPageState>;

export type Change = 'view' | 'filter' | 'selection';

/** What the page shows, and which part of it: filters and the mutant that is looked at. Kept over a reload. */
export class Mutation {
  #view: MutationView;
  readonly #host: MutationHost;
  readonly #listeners: ((change: Change) => void)[] = [];
  site: number | null;
  family: number | null;
  /** Tallies that are shown; all where empty. */
  verdicts: ReadonlySet<string>;
  query: string;
  #shown: readonly MutantView[] = [];
  #selected: string | null;

  constructor(view: MutationView, host: MutationHost) {
    const { site, family, verdicts, query, mutant } = host.state;
    this.#view = view;
    this.#host = host;
    this.site = site ?? null;
    this.family = family ?? null;
    this.verdicts = new Set(verdicts);
    this.query = query ?? '';
    this.#selected = mutant ?? null;
    this.#sift();
  }

  get view(): MutationView {
    return this.#view;
  }

  /** Mutants that pass the filters, the gravest first. */
  get shown(): readonly MutantView[] {
    return this.#shown;
  }

  /** Row of the list; -1 where none is chosen. */
  get selected(): number {
    return this.#shown.findIndex(({ id }) => id === this.#selected);
  }

  get mutant(): MutantView | null {
    return this.#view.mutants.find(({ id }) => id === this.#selected) ?? null;
  }

  listen(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  /** Results have come, or lines have moved. */
  update(view: MutationView): void {
    this.#view = view;
    if (this.site !== null && this.site >= view.sites.length) this.site = null;
    this.#sift();
    this.#tell('view');
  }

  select(id: string): void {
    this.#selected = id;
    this.#host.keep({ mutant: id });
    this.#tell('selection');
  }

  /** A cell of the matrix, a row, or all; the gravest of what is there is looked at. */
  narrow(site: number | null, family: number | null): void {
    this.site = site;
    this.family = family;
    this.#filtered();
    const [first] = this.#shown;
    if (first && this.selected === -1) this.select(first.id);
  }

  toggle(tally: string): void {
    const next = new Set(this.verdicts);
    if (!next.delete(tally)) next.add(tally);
    this.verdicts = next;
    this.#filtered();
  }

  search(query: string): void {
    this.query = query;
    this.#filtered();
  }

  #filtered(): void {
    this.#sift();
    const { site, family, query } = this;
    this.#host.keep({ site, family, query, verdicts: [...this.verdicts] });
    this.#tell('filter');
  }

  #sift(): void {
    const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
    const order = new Map(TALLIES.map(({ key }, rank) => [key, rank]));
    const found = this.#view.mutants.filter(mutant => {
      if (this.site !== null && mutant.site !== this.site) return false;
      if (this.family !== null && mutant.family !== this.family) return false;
      if (this.verdicts.size > 0 && !this.verdicts.has(tallyOf(mutant))) return false;
      const text = `${mutant.id} ${mutant.verdict ?? ''} ${mutant.reason} ${mutant.detail}`.toLowerCase();
      return words.every(word => text.includes(word));
    });
    const rank = new Map(found.map(mutant => [mutant, order.get(tallyOf(mutant))!]));
    this.#shown = found.toSorted((a, b) => rank.get(a)! - rank.get(b)!);
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}
