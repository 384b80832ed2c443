import { append, el, linkButton, onClick } from '../session/dom.ts';
import type { BisectRow, BisectView, ToBisectPage } from './messages.ts';
import type { PageActions } from './page.ts';

type Told = Extract<ToBisectPage, { type: 'working' | 'told' | 'problem' }>;

/** What can be done with the two runs, what is being done, and what went wrong. */
export class Toolbar {
  readonly element: HTMLElement;
  /** Stands above everything else. */
  readonly notice = el('div', { class: 'notices' });
  readonly #actions: PageActions;
  readonly #status = el('span', { class: 'status', role: 'status' });
  readonly #cancel: HTMLElement;
  readonly #verify: HTMLElement;
  readonly #debug: HTMLElement;
  readonly #copy: HTMLElement;
  #working = false;
  #canVerify = false;

  constructor(actions: PageActions) {
    const { post, selected } = actions;
    this.#actions = actions;
    const button = (text: string, title: string, run: () => void, appearance = 'secondary'): HTMLElement =>
      onClick(el('vscode-button', { appearance, title }, text), run);
    this.#verify = button(
      'Verify',
      'Run both agents again on recorded answers: the good value must heal the bad run, the bad one break the good. No network, no cost',
      () => this.#startVerifying(false),
      'primary',
    );
    this.#cancel = button('Cancel', 'Stop running', () => post({ type: 'cancel' }));
    this.#debug = button('Debug here', 'Both runs in the debugger, stopped at the selected calls', () =>
      post({ type: 'debug', row: selected() }),
    );
    this.#copy = button('Copy as Markdown', 'For a pull request', () => post({ type: 'copy' }));
    this.#cancel.hidden = true;
    this.element = el(
      'div',
      { class: 'page-tools', role: 'toolbar', 'aria-label': 'The two runs' },
      this.#status,
      this.#cancel,
      this.#verify,
      this.#debug,
      this.#copy,
    );
    // Until there is something to show, what is being done stands alone.
    append(this.notice, this.#status);
  }

  show({ divergence, trusted, tried }: BisectView): void {
    this.#forgetProblems();
    this.element.prepend(this.#status);
    this.#verify.hidden = divergence === null || !trusted || this.#working;
    this.#verify.textContent = tried ? 'Verify again' : 'Verify';
    this.#debug.hidden = !trusted;
    this.#canVerify = trusted && divergence !== null;
  }

  moved({ good, bad }: BisectRow): void {
    const calls = [
      ...(good ? [`call ${good.call} of the good run`] : []),
      ...(bad ? [`call ${bad.call} of the bad one`] : []),
    ];
    this.#debug.title = `In the debugger, stopped at ${calls.join(' and ')}`;
  }

  take(message: Told): void {
    switch (message.type) {
      case 'working': {
        const { what } = message;
        const verifying = what !== null && this.#canVerify;
        this.#working = what !== null;
        if (what !== null || this.#status.dataset.kind === 'working')
          this.#say(what === null ? '' : `${what} …`);
        this.#status.dataset.kind = what === null ? '' : 'working';
        this.#cancel.hidden = !verifying;
        this.#verify.hidden = what !== null || !this.#canVerify;
        return;
      }
      case 'told':
        this.#say(message.what);
        return;
      case 'problem':
        this.#complain(message);
    }
  }

  #forgetProblems(): void {
    for (const problem of this.notice.querySelectorAll('.problem')) problem.remove();
  }

  #say(text: string): void {
    this.#status.textContent = text;
  }

  #startVerifying(allowEffects: boolean): void {
    this.#forgetProblems();
    this.#actions.post({ type: 'verify', allowEffects });
  }

  #complain({ message, hint, effects }: Extract<Told, { type: 'problem' }>): void {
    const box = el('div', { class: 'problem', role: 'alert' }, el('strong', {}, message));
    const links = el('p', { class: 'problem-links' });
    // The engine speaks of its option; here it is a button.
    if (effects)
      append(
        links,
        linkButton('Run them again all the same', () => this.#startVerifying(true)),
      );
    else if (hint !== null) append(box, el('p', {}, hint));
    append(
      links,
      linkButton('Close', () => box.remove()),
    );
    append(box, links);
    this.#forgetProblems();
    append(this.notice, box);
  }
}
