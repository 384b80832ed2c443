import { count, counted, short } from '../amounts.ts';
import { append, el } from '../dom.ts';
import type { CallDetail, CallOutline } from '../messages.ts';
import type { Session } from '../session.ts';

/** Bars of the growth chart at most; more calls share one. */
const BARS = 240;

/** What fills the context of this call, and how it grew along its lane. */
export function contextTab(detail: CallDetail, session: Session): HTMLElement {
  const call = session.view.steps[detail.step] as CallOutline;
  return el('div', { class: 'context' }, ...composition(detail, call), ...growth(call, session));
}

function composition({ shares }: CallDetail, call: CallOutline): readonly HTMLElement[] {
  const total = shares.reduce((sum, { characters }) => sum + characters, 0);
  if (total === 0) return [el('p', { class: 'empty' }, 'Nothing was sent.')];
  const tokens = call.tokens?.input ?? null;
  const bar = el('div', { class: 'share-bar', 'aria-hidden': 'true' });
  const rows = shares.map(({ kind, characters }) => {
    const share = characters / total;
    const name = kind.replace(' ', '-');
    const piece = el('div', { class: `share share-${name}`, title: `${kind}: ${percent(share)}` });
    piece.style.flexGrow = String(characters);
    bar.append(piece);
    return el(
      'tr',
      {},
      el('th', { scope: 'row' }, el('span', { class: `swatch share-${name}` }), kind),
      el('td', {}, percent(share)),
      el('td', {}, `${count(characters)} characters`),
      el('td', {}, tokens === null ? '' : `≈ ${count(Math.round(share * tokens))} tokens`),
    );
  });
  const title =
    tokens === null ? 'What fills the context' : `What fills the context: ${count(tokens)} tokens`;
  return [el('h3', {}, title), bar, el('table', { class: 'shares' }, el('tbody', {}, ...rows))];
}

const percent = (share: number): string =>
  share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`;

function growth(call: CallOutline, session: Session): readonly HTMLElement[] {
  const calls = session.laneSteps[call.lane]!.filter(step => step.kind === 'call');
  const known = calls.some(({ tokens }) => tokens !== null);
  const sizeOf = (one: CallOutline): number => (known ? (one.tokens?.input ?? 0) : one.context.messages);
  const unit = known ? 'tokens' : 'messages';
  const peak = Math.max(1, ...calls.map(sizeOf));
  const every = Math.ceil(calls.length / BARS);
  const chart = el('div', {
    class: 'growth',
    role: 'group',
    'aria-label': `Context of each call of this lane, in ${unit}`,
  });
  for (let i = 0; i < calls.length; i += every) {
    const bunch = calls.slice(i, i + every);
    const current = bunch.includes(call);
    const one = current ? call : bunch.reduce((a, b) => (sizeOf(b) > sizeOf(a) ? b : a));
    chart.append(growthBar(one, sizeOf(one), peak, current, unit, session));
  }
  const rewritten = calls.filter(({ context }) => context.history === 'rewritten').length;
  const { messages, added, history } = call.context;
  const said = `${counted(messages, 'message')}, ${count(added)} new${history === 'rewritten' ? '; the history before was rewritten' : ''}.`;
  return [
    el('h3', {}, `How it grew in this lane, up to ${short(peak)} ${unit}`),
    chart,
    el(
      'p',
      { class: 'dim' },
      said,
      rewritten > 0 && ` Rewritten ${counted(rewritten, 'time')} in this lane.`,
    ),
  ];
}

function growthBar(
  call: CallOutline,
  size: number,
  peak: number,
  current: boolean,
  unit: string,
  session: Session,
): HTMLElement {
  const label = `Step ${call.index}: ${count(size)} ${unit}${call.context.history === 'rewritten' ? ', history rewritten' : ''}`;
  const bar = el('button', {
    type: 'button',
    class: `growth-bar${current ? ' current' : ''}${call.context.history === 'rewritten' ? ' rewritten' : ''}`,
    title: label,
    'aria-label': label,
    'aria-current': current,
    tabindex: current ? 0 : -1,
  });
  const fill = el('span');
  fill.style.height = `${Math.max(2, (100 * size) / peak)}%`;
  append(bar, fill);
  bar.addEventListener('click', () => session.select(call.index));
  return bar;
}
