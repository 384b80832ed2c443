import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FromPage, ToPage } from '../../webview/session/messages.ts';
import type { SiteFrame } from '../wire/call-site.ts';
import { SessionSearch } from './session-search.ts';
import { sessionView } from './session-view.ts';
import { messageViews, stepDetail } from './step-detail.ts';
import type { ReadTimeline } from './timelines.ts';

/** What the page can ask of the editor around it. */
export interface PageActions {
  post(message: ToPage): void;
  selected(step: number, follow: boolean): void;
  openSite(frame: SiteFrame): void;
  openDocument(step: number): void;
  debug(step: number): void;
  fork(step: number): void;
}

/** Milliseconds of a turn that a search may take. */
const SLICE = 8;

/** Answers one session page: sends the session, then what it asks for. Knows no editor. */
export class SessionConversation {
  readonly #read: ReadTimeline;
  readonly #actions: PageActions;
  readonly #readOnly: boolean;
  readonly #title: string | undefined;
  readonly #search: SessionSearch;
  /** Counts searches: a newer one ends those before it. */
  #searches = 0;
  #select: number | null = null;
  #ready = false;

  /** `title`: what the list of sessions calls it, where it stands there. */
  constructor(read: ReadTimeline, actions: PageActions, readOnly: boolean, title?: string) {
    this.#read = read;
    this.#actions = actions;
    this.#readOnly = readOnly;
    this.#title = title;
    this.#search = new SessionSearch(read.timeline);
  }

  /** Ends what is under way. */
  close(): void {
    this.#searches++;
  }

  /** Sends the session. The page says `ready` once it listens. */
  begin(): void {
    this.#ready = true;
    const view = sessionView(this.#read.timeline, this.#title);
    this.#actions.post({ type: 'session', view, readOnly: this.#readOnly });
    if (this.#select !== null) this.select(this.#select);
  }

  /** Moves the page to a step; remembered until it is ready. */
  select(step: number): void {
    this.#select = step;
    if (!this.#ready) return;
    this.#select = null;
    this.#actions.post({ type: 'select', step });
  }

  /** What the page says is checked: it shows hostile text. */
  take(message: FromPage): void {
    const { timeline, sites } = this.#read;
    if ('step' in message && !at(timeline.steps, message.step)) return;
    switch (message.type) {
      case 'ready':
        this.begin();
        return;
      case 'detail': {
        const detail = stepDetail(timeline, sites, message.step);
        if (detail) this.#actions.post({ type: 'detail', detail });
        return;
      }
      case 'messages': {
        const messages = messageViews(timeline, message.step, Number(message.from), Number(message.to));
        this.#actions.post({ type: 'messages', step: message.step, messages });
        return;
      }
      case 'search':
        void this.#find(String(message.query));
        return;
      case 'selected':
        this.#actions.selected(message.step, message.follow);
        return;
      case 'openSite': {
        const frame = at(sites.frames(timeline.steps[message.step]!), message.site);
        if (frame) this.#actions.openSite(frame);
        return;
      }
      case 'openDocument':
        this.#actions.openDocument(message.step);
        return;
      case 'debug':
        this.#actions.debug(message.step);
        return;
      case 'fork':
        this.#actions.fork(message.step);
        return;
    }
  }

  async #find(query: string): Promise<void> {
    const turn = ++this.#searches;
    if (query.trim() === '') return;
    const steps: number[] = [];
    let scanned = 0;
    let until = performance.now() + SLICE;
    const tell = (done: boolean): void =>
      this.#actions.post({ type: 'hits', query, steps: [...steps], scanned, done });
    for (const hit of this.#search.find(query)) {
      scanned++;
      if (hit !== null) steps.push(hit);
      if (performance.now() < until) continue;
      tell(false);
      await nextTurn();
      if (turn !== this.#searches) return;
      until = performance.now() + SLICE;
    }
    tell(true);
  }
}

/** Lists have more names than their numbers. */
function at<Item>(list: readonly Item[], index: number): Item | undefined {
  return Number.isSafeInteger(index) ? list[index] : undefined;
}
