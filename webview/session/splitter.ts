import { el } from './dom.ts';
import { listenForDrag } from './timeline/gestures.ts';

/** A bar between two parts: dragged, or moved by arrow keys. `set` gets the wanted size in pixels and says what it became. */
export function splitter(
  direction: 'rows' | 'columns',
  label: string,
  get: () => number,
  set: (size: number) => number,
): HTMLElement {
  const bar = el('div', {
    class: `splitter ${direction}`,
    role: 'separator',
    tabindex: 0,
    'aria-label': label,
    'aria-orientation': direction === 'rows' ? 'horizontal' : 'vertical',
  });
  const change = (size: number): void => bar.setAttribute('aria-valuenow', String(Math.round(set(size))));
  bar.setAttribute('aria-valuenow', String(Math.round(get())));
  let last = 0;
  listenForDrag(bar, {
    start: event => {
      last = direction === 'rows' ? event.clientY : event.clientX;
      bar.setPointerCapture(event.pointerId);
    },
    always: event => {
      const at = direction === 'rows' ? event.clientY : event.clientX;
      change(get() + at - last);
      last = at;
    },
  });
  const [less, more] = direction === 'rows' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight'];
  bar.addEventListener('keydown', event => {
    if (event.key !== less && event.key !== more) return;
    event.preventDefault();
    change(get() + (event.key === more ? 16 : -16));
  });
  return bar;
}
