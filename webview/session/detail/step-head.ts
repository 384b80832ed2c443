import { count, duration, money } from '../amounts.ts';
import { append, el, linkButton } from '../dom.ts';
import { icon } from '../icons.ts';
import type { StepDetail, StepOutline } from '../messages.ts';
import { speedOf } from '../session.ts';

export interface HeadActions {
  openSite(site: number): void;
  openDocument(): void;
  debug(): void;
  fork(): void;
  openStep(step: number): void;
  readonly readOnly: boolean;
  /** Whether texts are shown as Markdown. */
  readonly markdown: boolean;
  toggleMarkdown(): void;
}

/** Name, place in the code, numbers and troubles of a step. `detail`: null until it has come. */
export function stepHead(step: StepOutline, detail: StepDetail | null, actions: HeadActions): HTMLElement {
  const head = el('header', { class: 'step-head' });
  const title = el(
    'h2',
    {},
    icon(step.kind),
    el('span', { class: 'step-number' }, `${step.index}`),
    step.name,
  );
  if (step.kind === 'call' && step.label !== null) append(title, el('span', { class: 'badge' }, step.label));
  const buttons = el('div', { class: 'step-buttons' });
  append(
    buttons,
    linkButton(
      actions.markdown ? 'Plain text' : 'Markdown',
      () => actions.toggleMarkdown(),
      'How texts are shown',
    ),
  );
  append(
    buttons,
    linkButton('Open as document', () => actions.openDocument()),
  );
  if (!actions.readOnly)
    append(
      buttons,
      linkButton('Debug from here', () => actions.debug()),
      linkButton('Fork', () => actions.fork(), 'Runs the agent anew up to this step, and on from there'),
    );
  append(
    head,
    el('div', { class: 'step-title' }, title, buttons),
    sites(detail, actions),
    numbers(step, detail, actions),
  );
  for (const trouble of detail?.troubles ?? []) {
    append(
      head,
      el(
        'p',
        { class: 'trouble', role: 'note' },
        icon('error'),
        el('strong', {}, trouble.name),
        ' ',
        trouble.message,
      ),
    );
  }
  return head;
}

function sites(detail: StepDetail | null, actions: HeadActions): HTMLElement | null {
  const [first, ...callers] = detail?.sites ?? [];
  if (!first) return null;
  const line = el('p', { class: 'sites' });
  [first, ...callers.slice(0, 2)].forEach((site, i) => {
    const name = `${site.shortFile}:${site.line}`;
    const place = actions.readOnly
      ? el('span', {}, name)
      : linkButton(name, () => actions.openSite(i), site.file);
    append(line, i > 0 && ' ‹ ', place, site.function && el('span', { class: 'dim' }, ` ${site.function}`));
  });
  return line;
}

function numbers(step: StepOutline, detail: StepDetail | null, actions: HeadActions): HTMLElement {
  const list = el('dl', { class: 'numbers' });
  const add = (name: string, value: string | HTMLElement | null): void => {
    if (value === null || value === '') return;
    append(list, el('div', {}, el('dt', {}, name), el('dd', {}, value)));
  };
  add('began', duration(step.at));
  add('took', step.ms === null ? 'unfinished' : duration(step.ms));
  if (step.kind === 'tool') {
    add(
      'asked by',
      linkButton(`step ${step.from}`, () => actions.openStep(step.from)),
    );
    const to = detail?.kind === 'tool' ? detail.to : null;
    if (to !== null)
      add(
        'result in',
        linkButton(`step ${to}`, () => actions.openStep(to)),
      );
    if (detail?.kind === 'tool' && detail.timeIsGap) add('time', 'between the two calls');
    return list;
  }
  const { tokens, ttftMs, costUsd, context, retries } = step;
  const speed = speedOf(step);
  add('first byte', ttftMs === null ? null : duration(ttftMs));
  add('tokens in', tokens && count(tokens.input));
  add('cached', tokens && tokens.cached > 0 ? count(tokens.cached) : null);
  add('tokens out', tokens && count(tokens.output));
  add('reasoning', tokens && tokens.reasoning > 0 ? count(tokens.reasoning) : null);
  add('speed', speed === null ? null : `${speed < 10 ? speed.toFixed(1) : count(speed)} tok/s`);
  add('cost', costUsd === null ? null : money(costUsd));
  add('messages', `${count(context.messages)} (+${count(context.added)})`);
  add('attempts', retries > 0 ? String(retries + 1) : null);
  return list;
}
