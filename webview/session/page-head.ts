import { count, counted, duration, money } from './amounts.ts';
import { append, el, onClick } from './dom.ts';
import { iconButton, type SearchBox } from './search-box.ts';
import type { Session } from './session.ts';

/** Title and totals of the session, and search. */
export function pageHead(session: Session, search: SearchBox, follow: HTMLElement): HTMLElement {
  const { view } = session;
  const { totals } = view;
  const facts = [
    counted(totals.calls, 'call'),
    ...(totals.tools > 0 ? [counted(totals.tools, 'tool step')] : []),
    ...(view.lanes.length > 1 ? [counted(view.lanes.length, 'lane')] : []),
    `${count(totals.inputTokens)} → ${count(totals.outputTokens)} tokens`,
    money(totals.costUsd, totals.costIncomplete),
    duration(view.durationMs),
    totals.models.slice(0, 3).join(', ') +
      (totals.models.length > 3 ? ` and ${totals.models.length - 3} more` : ''),
  ].filter(Boolean);
  const line = el('p', { class: 'session-facts' }, facts.join(' · '));
  if (totals.errors > 0)
    append(line, el('span', { class: 'failed' }, ` · ${counted(totals.errors, 'error')}`));
  if (view.exit !== null) append(line, el('span', { class: view.failed ? 'failed' : '' }, ` · ${view.exit}`));
  if (view.live) append(line, el('span', { class: 'live' }, ' · recording'));
  return el(
    'header',
    { class: 'page-head' },
    el('div', { class: 'page-title' }, el('h1', { title: view.command }, view.title), line),
    el('div', { class: 'page-tools' }, follow, search.element),
    ...view.warnings.map(warning => el('p', { class: 'warning', role: 'note' }, warning)),
  );
}

/** What the time line's axis shows, and zoom. */
export function timelineTools(session: Session, keep: () => void): HTMLElement {
  const axis = el('button', { class: 'axis-button', type: 'button' });
  const tell = (): void => {
    axis.textContent = session.axis.kind === 'time' ? 'Time' : 'Steps';
    axis.setAttribute('aria-label', `Axis: ${session.axis.kind}. Press to change`);
    axis.title = 'What runs from left to right: time, or one step after the other';
  };
  tell();
  onClick(axis, () => {
    session.setAxis(session.axis.kind === 'time' ? 'steps' : 'time');
    tell();
    keep();
  });
  const zoom = (factor: number) => (): void => {
    const { axis: shown, step } = session;
    const inView = step && shown.startOf(step) >= shown.from && shown.startOf(step) <= shown.to;
    shown.zoom(factor, inView ? shown.startOf(step) : shown.from + shown.span / 2);
    session.changed('window');
  };
  const numbers = el(
    'button',
    {
      class: 'axis-button',
      type: 'button',
      'aria-pressed': session.metrics,
      title: 'Show or hide the rows of numbers',
    },
    'Numbers',
  );
  onClick(numbers, () => {
    session.metrics = !session.metrics;
    numbers.setAttribute('aria-pressed', String(session.metrics));
    session.changed('layout');
    keep();
  });
  return el(
    'div',
    { class: 'timeline-tools', role: 'toolbar', 'aria-label': 'Time line' },
    axis,
    numbers,
    onClick(iconButton('zoomOut', 'Zoom out (-)'), zoom(1.6)),
    onClick(iconButton('zoomIn', 'Zoom in (+)'), zoom(1 / 1.6)),
    onClick(iconButton('fit', 'Show all (0)'), () => {
      session.axis.show(0, session.axis.extent);
      session.changed('window');
    }),
  );
}
