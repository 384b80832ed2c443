import type { Session } from '../session.ts';

const ZOOM_A_NOTCH = 1.0018;

/** Wheel and drag over the plot: Ctrl+wheel (or pinch) zooms around the pointer, Shift+wheel and dragging move along. */
export function listenForGestures(
  target: HTMLElement,
  session: Session,
  plotLeft: () => number,
  width: () => number,
): void {
  target.addEventListener(
    'wheel',
    event => {
      const { axis } = session;
      const along = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.metaKey) {
        axis.zoom(
          ZOOM_A_NOTCH ** (event.deltaY * (event.deltaMode === 1 ? 16 : 1)),
          axis.place(event.clientX - plotLeft(), width()),
        );
      } else if (Math.abs(along) > 0 && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) {
        axis.pan((along / width()) * axis.span);
      } else return;
      event.preventDefault();
      session.changed('window');
    },
    { passive: false },
  );
}

/** Calls back while the primary button is held; `moved` tells a drag from a click. */
export function listenForDrag(
  target: HTMLElement,
  handlers: {
    readonly start?: (event: PointerEvent) => void;
    /** Once the pointer has moved far enough sideways to be no click. */
    readonly move?: (event: PointerEvent, dx: number) => void;
    /** Each movement, in any direction. */
    readonly always?: (event: PointerEvent) => void;
    readonly end?: (event: PointerEvent, moved: boolean) => void;
  },
): void {
  target.addEventListener('pointerdown', down => {
    if (down.button !== 0) return;
    handlers.start?.(down);
    let last = down.clientX;
    let moved = false;
    const move = (event: PointerEvent): void => {
      handlers.always?.(event);
      if (!moved && Math.abs(event.clientX - down.clientX) < 4) return;
      if (!moved) target.setPointerCapture(down.pointerId);
      moved = true;
      handlers.move?.(event, event.clientX - last);
      last = event.clientX;
    };
    const end = (event: PointerEvent): void => {
      target.removeEventListener('pointermove', move);
      target.removeEventListener('pointerup', end);
      target.removeEventListener('pointercancel', end);
      if (event.type === 'pointerup') handlers.end?.(event, moved);
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', end);
    target.addEventListener('pointercancel', end);
  });
}
