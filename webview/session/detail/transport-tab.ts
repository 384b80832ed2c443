import { count, counted, duration, size } from '../amounts.ts';
import { el } from '../dom.ts';
import type { CallDetail } from '../messages.ts';
import { factTable } from './request-tab.ts';

/** The exchange itself: attempts, arrival of the answer's bytes, headers as they were sent (credentials are never recorded). */
export function transportTab(detail: CallDetail): HTMLElement {
  const { url, status, attempts, requestHeaders, answerHeaders } = detail;
  return el(
    'div',
    { class: 'transport' },
    factTable([
      ['request', url],
      ['answer', status],
      ...(attempts.length > 1
        ? attempts.map(
            ({ at, ms, status: got, error }, i) =>
              [
                `attempt ${i + 1}`,
                `${got ?? 'no answer'} at ${duration(at)}, ${ms === null ? 'unfinished' : duration(ms)}${error === null ? '' : `: ${error}`}`,
              ] as const,
          )
        : []),
    ]),
    ...chunks(detail),
    el('h3', {}, 'Request headers'),
    factTable(requestHeaders),
    el('h3', {}, 'Answer headers'),
    factTable(answerHeaders),
  );
}

function chunks({ chunks: points, chunkCount }: CallDetail): readonly HTMLElement[] {
  const last = points.at(-1);
  if (!last || chunkCount < 2) return [];
  const total = points.reduce((sum, { bytes }) => sum + bytes, 0);
  const first = points[0]!.at;
  const strip = el('div', { class: 'chunks', 'aria-hidden': 'true' });
  const peak = Math.max(...points.map(({ bytes }) => bytes));
  for (const { at, bytes } of points) {
    const tick = el('span', { class: 'chunk' });
    tick.style.left = `${(100 * at) / Math.max(last.at, 1)}%`;
    tick.style.height = `${20 + (80 * bytes) / peak}%`;
    strip.append(tick);
  }
  return [
    el('h3', {}, `${counted(chunkCount, 'chunk')}, ${size(total)}`),
    strip,
    el(
      'p',
      { class: 'dim' },
      `First bytes after ${duration(first)}, last after ${duration(last.at)}, one every ${duration((last.at - first) / Math.max(1, chunkCount - 1))} or so (${count(Math.round(total / chunkCount))} bytes each).`,
    ),
  ];
}
