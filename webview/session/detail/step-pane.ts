import { append, el } from '../dom.ts';
import type { Host } from '../host.ts';
import type { CallDetail, MessageView, SessionView, StepDetail, ToolDetail } from '../messages.ts';
import { withoutEscapes } from '../plain-text.ts';
import type { Session } from '../session.ts';
import { changeCount, changesTab } from './changes-tab.ts';
import { contextTab } from './context-tab.ts';
import { jsonText } from './json-text.ts';
import { MessagesTab } from './messages-tab.ts';
import { type PartActions, partNode, plain, textNode } from './parts.ts';
import { requestTab } from './request-tab.ts';
import { stepHead } from './step-head.ts';
import { Tabs } from './tabs.ts';
import { transportTab } from './transport-tab.ts';

/** Details kept, so that going back and forth shows them at once. */
const KEPT = 40;
/** Arrow keys held down pass over steps; what is passed over is not read. */
const PAUSE = 70;

/** The selected step, whole. */
export class StepPane {
  readonly element = el('section', { class: 'step-pane', 'aria-label': 'Selected step' });
  /** Called when what is shown has changed. */
  onShown: () => void = () => undefined;
  readonly #session: Session;
  readonly #host: Host;
  readonly #readOnly: boolean;
  readonly #details: Map<number, StepDetail>;
  readonly #head = el('div');
  readonly #body = el('div', { class: 'step-body' });
  readonly #tabs: Tabs;
  #messages: MessagesTab | null = null;
  #markdown = true;
  #timer = 0;
  #moved = Number.NEGATIVE_INFINITY;

  /** `details`: what is known of steps already. */
  constructor(
    session: Session,
    host: Host,
    readOnly: boolean,
    details: ReadonlyMap<number, StepDetail> = new Map(),
  ) {
    this.#details = new Map(details);
    this.#session = session;
    this.#host = host;
    this.#readOnly = readOnly;
    this.#tabs = new Tabs(host.state.tab ?? 'messages', tab => {
      host.keep({ tab });
      this.#fillTab();
    });
    append(this.element, this.#head, this.#body);
    session.listen(change => {
      if (change === 'selection') this.show();
    });
  }

  /** Of steps that are the same in another view of the session. */
  detailsFor(view: SessionView): ReadonlyMap<number, StepDetail> {
    const { steps } = this.#session.view;
    const same = (index: number): boolean =>
      JSON.stringify(steps[index]) === JSON.stringify(view.steps[index]);
    return new Map([...this.#details].filter(([index]) => same(index)));
  }

  /** Shows the selected step: at once where its detail is known. */
  show(): void {
    const { step } = this.#session;
    if (!step) {
      this.#head.replaceChildren(el('p', { class: 'empty' }, 'No call to a model was recorded.'));
      this.#body.replaceChildren();
      return;
    }
    const detail = this.#details.get(step.index) ?? null;
    this.#head.replaceChildren(stepHead(step, detail, this.#actions()));
    window.clearTimeout(this.#timer);
    this.element.classList.toggle('waiting', detail === null);
    if (detail) this.#fill(detail);
    else this.#ask(step.index);
  }

  /** At once after a rest; while steps follow each other quickly, only the last is asked for. */
  #ask(step: number): void {
    const rested = performance.now() - this.#moved > PAUSE;
    this.#moved = performance.now();
    if (rested) this.#host.post({ type: 'detail', step });
    else this.#timer = window.setTimeout(() => this.#host.post({ type: 'detail', step }), PAUSE);
  }

  take(detail: StepDetail): void {
    this.#details.set(detail.step, detail);
    const [oldest] = this.#details.keys();
    if (this.#details.size > KEPT && oldest !== undefined) this.#details.delete(oldest);
    if (detail.step === this.#session.selected) this.show();
  }

  takeMessages(step: number, messages: readonly MessageView[]): void {
    if (step !== this.#session.selected) return;
    this.#messages?.add(messages);
    this.onShown();
  }

  get #detail(): StepDetail | null {
    return this.#details.get(this.#session.selected) ?? null;
  }

  #fill(detail: StepDetail): void {
    const scrolled = this.#body.contains(this.#tabs.element);
    if (detail.kind === 'call') {
      if (!scrolled) this.#body.replaceChildren(this.#tabs.element);
      const changes = changeCount(detail);
      this.#tabs.titles = {
        messages: `Messages`,
        changes: changes > 0 ? `Changes (${changes})` : 'Changes',
        context: 'Context',
        request: detail.tools.length > 0 ? `Request (${detail.tools.length} tools)` : 'Request',
        transport: 'Transport',
        printed: 'Output',
      };
      this.#fillTab();
    } else {
      this.#body.replaceChildren(this.#tool(detail));
      this.onShown();
    }
  }

  #fillTab(): void {
    const detail = this.#detail;
    if (detail?.kind !== 'call') return;
    this.#messages = null;
    this.#tabs.fill(this.#tabContent(detail));
    this.onShown();
  }

  #tabContent(detail: CallDetail): HTMLElement {
    const actions = this.#actions();
    switch (this.#tabs.active) {
      case 'changes':
        return changesTab(detail, actions);
      case 'context':
        return contextTab(detail, this.#session);
      case 'request':
        return requestTab(detail, actions);
      case 'transport':
        return transportTab(detail);
      case 'printed':
        return printed(detail, actions);
      default:
        this.#messages = new MessagesTab(detail, actions, (from, to) =>
          this.#host.post({ type: 'messages', step: detail.step, from, to }),
        );
        return this.#messages.element;
    }
  }

  #tool(detail: ToolDetail): HTMLElement {
    const actions = this.#actions();
    const { arguments: args, argumentsAreJson, result, isError } = detail;
    return el(
      'div',
      { class: 'tool-body' },
      el('h3', {}, 'Arguments'),
      argumentsAreJson ? jsonText(args.text) : plain(args.text),
      el('h3', {}, isError ? 'Error' : 'Result'),
      ...(result
        ? result.map(part => partNode(part, actions))
        : [el('p', { class: 'empty' }, 'No later request carried a result.')]),
      ...(detail.printed.text ? [el('h3', {}, 'Printed meanwhile'), printed(detail, actions)] : []),
    );
  }

  #actions(): PartActions & Parameters<typeof stepHead>[2] {
    const step = this.#session.selected;
    return {
      markdown: this.#markdown,
      toggleMarkdown: () => {
        this.#markdown = !this.#markdown;
        this.show();
      },
      readOnly: this.#readOnly,
      openStep: index => this.#session.select(index),
      openDocument: () => this.#host.post({ type: 'openDocument', step }),
      openSite: site => this.#host.post({ type: 'openSite', step, site }),
      debug: () => this.#host.post({ type: 'debug', step }),
      fork: () => this.#host.post({ type: 'fork', step }),
    };
  }
}

function printed({ printed: output }: StepDetail, actions: PartActions): HTMLElement {
  if (output.text === '') return el('p', { class: 'empty' }, 'The agent printed nothing during this step.');
  return textNode({ ...output, text: withoutEscapes(output.text) }, { ...actions, markdown: false });
}
