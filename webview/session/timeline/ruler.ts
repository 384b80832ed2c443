import { count, duration } from '../amounts.ts';
import { ticks } from '../axis.ts';
import type { StepOutline } from '../messages.ts';
import type { Palette } from '../palette.ts';
import type { Session } from '../session.ts';
import { Surface } from './surface.ts';

export const OVERVIEW_HEIGHT = 18;
export const RULER_HEIGHT = 18;

/** The whole session as a strip with the part in view marked, and the ruler of that part below it. */
export function paintRuler(
  to: CanvasRenderingContext2D,
  session: Session,
  width: number,
  palette: Palette,
): void {
  paintOverview(to, session, width, palette);
  const { axis } = session;
  to.font = `10px ${palette.font}`;
  to.textBaseline = 'middle';
  const y = OVERVIEW_HEIGHT + RULER_HEIGHT / 2 + 1;
  for (const tick of ticks(axis, width)) {
    const x = Math.round(axis.pixel(tick, width)) + 0.5;
    to.fillStyle = palette.line;
    to.fillRect(x, OVERVIEW_HEIGHT + 4, 1, RULER_HEIGHT - 4);
    to.fillStyle = palette.dim;
    to.fillText(axis.kind === 'time' ? duration(tick) : `#${count(tick)}`, x + 4, y);
  }
}

/** The strip without what is in view and selected: it is the same from frame to frame. */
interface Strip {
  readonly canvas: HTMLCanvasElement;
  readonly made: readonly unknown[];
}

const strips = new WeakMap<Session, Strip>();

function paintOverview(
  to: CanvasRenderingContext2D,
  session: Session,
  width: number,
  palette: Palette,
): void {
  const { axis, step } = session;
  const place = (unit: number): number => (unit / axis.extent) * width;
  to.drawImage(strip(session, width, palette), 0, 0, width, OVERVIEW_HEIGHT);
  if (axis.span < axis.extent) {
    const [x, end] = [place(axis.from), place(axis.to)];
    to.fillStyle = palette.background;
    to.globalAlpha = 0.7;
    to.fillRect(0, 0, x, OVERVIEW_HEIGHT - 1);
    to.fillRect(end, 0, width - end, OVERVIEW_HEIGHT - 1);
    to.globalAlpha = 1;
    to.strokeStyle = palette.selected;
    to.lineWidth = 1;
    to.strokeRect(x + 0.5, 1.5, Math.max(2, end - x - 1), OVERVIEW_HEIGHT - 4);
  }
  if (step) {
    to.fillStyle = palette.selected;
    to.fillRect(place(axis.startOf(step)) - 0.5, 0, 2, OVERVIEW_HEIGHT - 1);
  }
  to.fillStyle = palette.line;
  to.fillRect(0, OVERVIEW_HEIGHT, width, 1);
}

function strip(session: Session, width: number, palette: Palette): HTMLCanvasElement {
  const { axis, hits } = session;
  const made = [axis, hits, palette, width, window.devicePixelRatio];
  const known = strips.get(session);
  if (known?.made.every((one, i) => one === made[i])) return known.canvas;
  const surface = new Surface(document.createElement('canvas'));
  paintStrip(surface.begin(width, OVERVIEW_HEIGHT), session, width, palette);
  strips.set(session, { canvas: surface.canvas, made });
  return surface.canvas;
}

function paintStrip(to: CanvasRenderingContext2D, session: Session, width: number, palette: Palette): void {
  const { axis, view, errors, hits } = session;
  const place = (unit: number): number => (unit / axis.extent) * width;
  to.fillStyle = palette.call;
  to.globalAlpha = 0.55;
  let drawn = Number.NEGATIVE_INFINITY;
  for (const one of session.calls) {
    const [x, end] = [place(axis.startOf(one)), place(axis.endOf(one))];
    if (end < drawn + 0.5) continue;
    drawn = Math.max(end, x + 1);
    to.fillRect(x, 5, Math.max(1, end - x), 6);
  }
  to.globalAlpha = 1;
  const mark = (steps: readonly StepOutline[], colour: string, top: number, height: number): void => {
    to.fillStyle = colour;
    let last = Number.NEGATIVE_INFINITY;
    for (const one of steps) {
      const x = place(axis.startOf(one));
      if (x < last + 1) continue;
      last = x;
      to.fillRect(x, top, 2, height);
    }
  };
  mark(errors, palette.error, 3, 10);
  mark(
    hits.map(index => view.steps[index]!),
    palette.hit,
    12,
    4,
  );
}
