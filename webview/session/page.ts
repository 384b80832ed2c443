import { StepPane } from './detail/step-pane.ts';
import { append, el, onClick } from './dom.ts';
import type { Host } from './host.ts';
import { markWords } from './marked-words.ts';
import type { SessionView, ToPage } from './messages.ts';
import { pageHead, timelineTools } from './page-head.ts';
import { onThemeChange } from './palette.ts';
import { SearchBox } from './search-box.ts';
import { Session } from './session.ts';
import { splitter } from './splitter.ts';
import { stepList } from './step-list.ts';
import { TimeLine } from './timeline/time-line.ts';

/** State is kept a little after the last change: dragging and held keys make many. */
const KEEP_AFTER = 200;

/** Parts of the page that keep the focus when the session grows. */
const FOCUSED = ['.time-line', '#steps', '.search-field'];

interface Place {
  readonly focused: string | null;
  readonly scrolled: number;
}

/** Everything that shows one session. */
export class Page {
  readonly element = el('main', { class: 'page' });
  readonly timeLine: TimeLine;
  readonly session: Session;
  readonly #host: Host;
  readonly #pane: StepPane;
  readonly #search: SearchBox;
  readonly #follow: HTMLElement;
  /** Whether the debugger comes along when the reader moves. */
  #following: boolean;
  /** True while somebody else's move is taken over, which is not to be sent back. */
  #led = false;
  #keepTimer = 0;
  readonly #ignoreTheme: () => void;

  /** `previous`: the page of the same session before it grew, handed over already. */
  constructor(view: SessionView, host: Host, readOnly: boolean, previous: Page | null) {
    this.#host = host;
    const session = new Session(view, host.state);
    this.session = session;
    this.#following = host.state.follow ?? true;
    this.timeLine = new TimeLine(session);
    this.#pane = new StepPane(session, host, readOnly, previous?.detailsFor(view));
    this.#search = new SearchBox(session, host);
    this.#follow = this.#followButton();
    const list = stepList(session);
    const keep = (): void => this.#keepSoon();
    append(this.timeLine.gutterHead, timelineTools(session, keep));
    append(
      this.element,
      pageHead(session, this.#search, this.#follow),
      this.timeLine.element,
      splitter(
        'rows',
        'Height of the time line',
        () => this.timeLine.element.offsetHeight,
        size => this.#setHeight(size),
      ),
      el(
        'div',
        { class: 'lower' },
        list.element,
        splitter(
          'columns',
          'Width of the list of steps',
          () => list.element.offsetWidth,
          size => this.#setWidth(size),
        ),
        this.#pane.element,
      ),
    );
    this.#pane.onShown = () => markWords(this.#pane.element, this.#search.words);
    session.listen(change => {
      if (change === 'selection') this.#moved();
      if (change === 'hits') markWords(this.#pane.element, this.#search.words);
      if (change === 'selection' || change === 'window') keep();
    });
    this.#ignoreTheme = onThemeChange(() => this.timeLine.themeChanged());
    this.element.addEventListener('keydown', event => {
      if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
        event.preventDefault();
        this.#search.focus();
      }
    });
    const { timelineHeight, listWidth } = host.state;
    if (timelineHeight !== undefined) this.#setHeight(timelineHeight);
    else this.element.style.setProperty('--rw-timeline-height', `min(46vh, ${this.timeLine.wholeHeight}px)`);
    if (listWidth !== undefined) this.#setWidth(listWidth);
    this.#pane.show();
    requestAnimationFrame(() => {
      list.reveal();
      this.timeLine.paint();
    });
  }

  take(message: ToPage): void {
    switch (message.type) {
      case 'detail':
        this.#pane.take(message.detail);
        return;
      case 'messages':
        this.#pane.takeMessages(message.step, message.messages);
        return;
      case 'hits':
        this.#search.take(message);
        return;
      case 'select':
        this.#led = true;
        this.session.select(message.step);
        this.#led = false;
        return;
      case 'debugger':
        this.#follow.hidden = !message.attached;
        return;
      default:
        return;
    }
  }

  #moved(): void {
    if (this.#led) return;
    const { selected } = this.session;
    this.#host.post({ type: 'selected', step: selected, follow: this.#following && !this.#follow.hidden });
  }

  #followButton(): HTMLElement {
    const button = el('vscode-button', { appearance: 'secondary', class: 'follow', hidden: true });
    const tell = (): void => {
      button.textContent = this.#following ? 'Moves the debugger' : 'Debugger stays';
      button.title = 'Whether the debugger comes along when another step is selected here';
      button.setAttribute('aria-pressed', String(this.#following));
    };
    tell();
    return onClick(button, () => {
      this.#following = !this.#following;
      this.#host.keep({ follow: this.#following });
      tell();
    });
  }

  #setHeight(wanted: number): number {
    const size = Math.round(Math.min(Math.max(wanted, 80), Math.max(120, window.innerHeight - 160)));
    this.element.style.setProperty('--rw-timeline-height', `${size}px`);
    this.#host.keep({ timelineHeight: size });
    return size;
  }

  #setWidth(wanted: number): number {
    const size = Math.round(Math.min(Math.max(wanted, 120), Math.max(160, window.innerWidth - 220)));
    this.element.style.setProperty('--rw-list-width', `${size}px`);
    this.#host.keep({ listWidth: size });
    return size;
  }

  #keepSoon(): void {
    window.clearTimeout(this.#keepTimer);
    this.#keepTimer = window.setTimeout(() => this.#keep(), KEEP_AFTER);
  }

  #keep(): void {
    const { view, selected, axis, metrics } = this.session;
    this.#host.keep({
      session: view.id,
      step: selected,
      axis: axis.kind,
      window: axis.span < axis.extent ? [axis.from, axis.to] : null,
      metrics,
    });
  }

  /**
   * Makes room for the same session, grown: its place is kept, and whoever was at the end stays there.
   */
  handOver(grown: SessionView): Place {
    this.close();
    this.#keep();
    const { selected, view } = this.session;
    if (selected === view.steps.length - 1) this.#host.keep({ step: grown.steps.length - 1 });
    this.#host.keep({ query: this.#search.text });
    return {
      focused: FOCUSED.find(part => this.element.querySelector(part)?.matches(':focus-within')) ?? null,
      scrolled: this.#pane.element.scrollTop,
    };
  }

  detailsFor(view: SessionView): ReturnType<StepPane['detailsFor']> {
    return this.#pane.detailsFor(view);
  }

  /** Takes the reader to where they were. */
  resume({ focused, scrolled }: Place): void {
    if (focused !== null) this.element.querySelector<HTMLElement>(focused)?.focus();
    this.#pane.element.scrollTop = scrolled;
  }

  /** Ends what outlives its elements. */
  close(): void {
    window.clearTimeout(this.#keepTimer);
    this.#ignoreTheme();
  }
}
