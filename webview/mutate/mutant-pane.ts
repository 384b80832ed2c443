import { duration } from '../session/amounts.ts';
import { changeNode, wordsNode } from '../session/detail/changes-tab.ts';
import { append, el, linkButton, onClick } from '../session/dom.ts';
import { icon } from '../session/icons.ts';
import { siteName } from './matrix.ts';
import type { MutantDetail, MutantView, ReactionStep } from './messages.ts';
import type { Mutation, MutationHost } from './mutation.ts';
import { lookOf, tallyOf } from './verdicts.ts';

/** The mutant that is looked at: what was broken, where, and what the agent did about it. */
export class MutantPane {
  readonly element = el('section', { class: 'mutant-pane', 'aria-label': 'The broken answer', tabindex: -1 });
  readonly #mutation: Mutation;
  readonly #host: MutationHost;
  #detail: MutantDetail | null = null;
  /** Of what the detail was asked: a mutant's run. */
  #asked = '';

  constructor(mutation: Mutation, host: MutationHost) {
    this.#mutation = mutation;
    this.#host = host;
    mutation.listen(change => {
      if (change !== 'filter') this.#show();
    });
    this.#show();
  }

  take(detail: MutantDetail): void {
    if (detail.id !== this.#mutation.mutant?.id) return;
    this.#detail = detail;
    this.#draw();
  }

  #show(): void {
    const { mutant } = this.#mutation;
    const run = `${mutant?.id} ${mutant?.verdict} ${mutant?.durationMs}`;
    if (mutant && run !== this.#asked) {
      if (this.#detail?.id !== mutant.id) this.#detail = null;
      this.#host.post({ type: 'mutant', id: mutant.id });
    }
    this.#asked = run;
    this.#draw();
  }

  #draw(): void {
    const { mutant } = this.#mutation;
    if (!mutant) {
      this.element.replaceChildren(el('p', { class: 'empty' }, 'Choose a broken answer to look at it.'));
      return;
    }
    const detail = this.#detail;
    this.element.classList.toggle('waiting', detail === null);
    const focused = (document.activeElement as HTMLElement | null)?.dataset.action;
    this.element.replaceChildren(this.#head(mutant));
    append(this.element, ...(detail ? this.#body(mutant, detail) : []));
    if (focused) this.element.querySelector<HTMLElement>(`[data-action="${focused}"]`)?.focus();
  }

  #head(mutant: MutantView): HTMLElement {
    const { mark, word } = lookOf(mutant);
    const { id, accepted, verdict, reason, durationMs } = mutant;
    const { mayRun, running } = this.#mutation.view;
    const idle = running === null;
    const unhandled = ['unsafe', 'silent', 'crashed', 'hung'].includes(verdict ?? '');
    const button = (action: string, label: string, run: () => void): HTMLElement =>
      onClick(el('button', { class: 'action', type: 'button', 'data-action': action }, label), run);
    return el(
      'header',
      { class: 'mutant-head' },
      el(
        'h2',
        {},
        el(
          'span',
          { class: `pill tally-${tallyOf(mutant)}` },
          el('span', { class: 'mark' }, mark),
          el('span', { class: 'word' }, ` ${word}`),
        ),
        ' ',
        el('span', { class: 'mutant-id' }, id),
      ),
      reason !== '' && el('p', { class: 'reason' }, reason),
      el('p', { class: 'dim' }, `${mutant.summary}: ${mutant.detail}`),
      el(
        'p',
        { class: 'dim' },
        linkButton(siteName(this.#mutation.view, mutant.site), () =>
          this.#host.post({ type: 'openSite', site: mutant.site }),
        ),
        ` · step ${mutant.step}`,
        durationMs === null ? null : ` · ran ${duration(durationMs)}`,
        mutant.reused ? ' · known from an earlier run' : null,
      ),
      el(
        'div',
        { class: 'actions' },
        (mayRun || verdict !== null) &&
          button('debug', 'Debug this mutant', () => this.#host.post({ type: 'debug', id })),
        mayRun && idle && button('run', 'Run again', () => this.#host.post({ type: 'run', ids: [id] })),
        mayRun &&
          (unhandled || accepted) &&
          button('accept', accepted ? 'No longer accept' : 'Accept as expected', () =>
            this.#host.post({ type: 'accept', id, accepted: !accepted }),
          ),
        verdict !== null &&
          button('session', 'Open time line', () => this.#host.post({ type: 'openSession', id })),
      ),
    );
  }

  #body(mutant: MutantView, detail: MutantDetail): readonly (HTMLElement | null)[] {
    const { state } = this.#mutation.view.sites[mutant.site]!;
    return [
      detail.note === null ? null : el('p', { class: 'note' }, detail.note),
      ...(detail.source.length > 0
        ? [
            el('h3', {}, state === 'edited' ? 'Source, edited since the run' : 'Source'),
            sourceNode(detail.source),
          ]
        : []),
      ...(detail.answer.length > 0
        ? [el('h3', {}, 'Recorded answer → broken answer'), ...detail.answer.map(changeNode)]
        : []),
      ...(detail.reaction.length > 0
        ? [el('h3', {}, 'What the agent did'), reactionNode(detail.reaction)]
        : []),
      ...(detail.note !== null
        ? []
        : detail.run
          ? [el('h3', {}, 'Unbroken run → this run'), wordsNode(detail.run)]
          : [
              el('h3', {}, 'Unbroken run → this run'),
              el('p', { class: 'empty' }, 'No difference that can be seen.'),
            ]),
    ];
  }
}

function sourceNode(lines: MutantDetail['source']): HTMLElement {
  return el(
    'pre',
    { class: 'source', tabindex: 0, dir: 'ltr' },
    ...lines.map(({ line, text, here }) =>
      el(
        'span',
        { class: here ? 'source-line here' : 'source-line', 'aria-current': here ? 'true' : null },
        el('span', { class: 'source-number' }, String(line)),
        `${text}\n`,
      ),
    ),
  );
}

function reactionNode(steps: readonly ReactionStep[]): HTMLElement {
  return el(
    'ol',
    { class: 'reaction' },
    ...steps.map(({ kind, name, summary, failed, label, other }) =>
      el(
        'li',
        { class: failed ? 'failed-step' : null },
        icon(failed ? 'error' : kind),
        el('span', { class: 'name' }, name),
        label !== null && label !== 'EXACT' && el('span', { class: 'badge' }, label),
        other && el('span', { class: 'badge' }, 'not in the recording'),
        el('span', { class: 'summary' }, summary),
      ),
    ),
  );
}
