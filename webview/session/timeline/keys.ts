import type { Session } from '../session.ts';

/** Keys of the time line; false where a key means nothing to it. */
export function timelineKey(session: Session, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { axis, selected, step } = session;
  const go = (index: number | null): boolean => {
    if (index !== null) session.select(index);
    return true;
  };
  const zoom = (factor: number): boolean => {
    axis.zoom(factor, step ? axis.startOf(step) : axis.from + axis.span / 2);
    session.changed('window');
    return true;
  };
  switch (event.key) {
    case 'ArrowRight':
      return go(event.shiftKey ? session.inLane(1) : selected + 1);
    case 'ArrowLeft':
      return go(event.shiftKey ? session.inLane(-1) : selected - 1);
    case 'ArrowDown':
      return go(session.nearestInLane((step?.lane ?? 0) + 1));
    case 'ArrowUp':
      return go(session.nearestInLane((step?.lane ?? 0) - 1));
    case 'PageDown':
      return go(selected + 20);
    case 'PageUp':
      return go(selected - 20);
    case 'Home':
      return go(0);
    case 'End':
      return go(session.view.steps.length - 1);
    case '+':
    case '=':
      return zoom(1 / 1.5);
    case '-':
      return zoom(1.5);
    case '0':
      axis.show(0, axis.extent);
      session.changed('window');
      return true;
    case 'e':
      return go(
        session.errors.find(({ index }) => index > selected)?.index ?? session.errors[0]?.index ?? null,
      );
    default:
      return false;
  }
}
