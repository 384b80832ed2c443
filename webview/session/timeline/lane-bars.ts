import type { Axis } from '../axis.ts';
import { upperBound } from '../axis.ts';
import type { CallOutline, StepOutline } from '../messages.ts';
import type { Palette } from '../palette.ts';
import type { Session } from '../session.ts';

export const LANE_HEIGHT = 34;
const CALL = { top: 5, height: 14 };
const TOOL = { top: 21, height: 8 };

/** Of each lane's steps on an axis, the latest end up to each: what ends before the view begins need not be looked at. */
const latestEnds = new WeakMap<Axis, Map<number, Float64Array>>();

function endsOf(axis: Axis, lane: number, steps: readonly StepOutline[]): Float64Array {
  const lanes = latestEnds.get(axis) ?? new Map<number, Float64Array>();
  latestEnds.set(axis, lanes);
  let ends = lanes.get(lane);
  if (!ends) {
    ends = new Float64Array(steps.length);
    let latest = 0;
    for (const [i, step] of steps.entries()) {
      latest = Math.max(latest, axis.endOf(step));
      ends[i] = latest;
    }
    lanes.set(lane, ends);
  }
  return ends;
}

/** Draws one lane's calls and tools; many within one pixel become one bar. */
export function paintLane(
  to: CanvasRenderingContext2D,
  session: Session,
  lane: number,
  top: number,
  width: number,
  palette: Palette,
): void {
  const { axis } = session;
  const steps = session.laneSteps[lane]!;
  const drawn = { call: Number.NEGATIVE_INFINITY, tool: Number.NEGATIVE_INFINITY };
  const first = upperBound(endsOf(axis, lane, steps), axis.from);
  for (let i = Math.max(0, first - 1); i < steps.length; i++) {
    const step = steps[i]!;
    const x = axis.pixel(axis.startOf(step), width);
    if (x > width) {
      // A tool step stands behind the call that asked for it, whenever it began.
      if (step.kind === 'call') break;
      continue;
    }
    const end = axis.pixel(axis.endOf(step), width);
    const special = step.failed || step.index === session.selected;
    if (end < drawn[step.kind] + 0.75 && !special) continue;
    drawn[step.kind] = Math.max(end, x + 1);
    const streams = step.kind === 'call' && step.ttftMs !== null && step.ms !== null;
    paintStep(
      to,
      session,
      step,
      {
        x: Math.max(x, -4),
        end: Math.min(end, width + 4),
        firstByte: streams ? axis.pixel(axis.firstByteOf(step), width) : null,
        lastAttempt: retried(step) ? axis.pixel(axis.within(step, step.retryMs), width) : null,
      },
      top,
      palette,
    );
  }
}

interface BarPlace {
  readonly x: number;
  readonly end: number;
  readonly firstByte: number | null;
  readonly lastAttempt: number | null;
}

const retried = (step: StepOutline): step is CallOutline =>
  step.kind === 'call' && step.retries > 0 && !step.failed;

function paintStep(
  to: CanvasRenderingContext2D,
  session: Session,
  step: StepOutline,
  { x, end, firstByte, lastAttempt }: BarPlace,
  laneTop: number,
  palette: Palette,
): void {
  const place = step.kind === 'call' ? CALL : TOOL;
  const top = laneTop + place.top;
  const gap = end - x > 5 ? 1 : 0;
  const width = Math.max(2, end - x - gap);
  const { failed } = step;
  to.fillStyle = failed ? palette.error : step.kind === 'call' ? palette.call : palette.tool;
  if (firstByte !== null) {
    // Waiting for the first byte is pale; streaming is full.
    const split = Math.min(width, Math.max(0, firstByte - x));
    to.globalAlpha = 0.38;
    box(to, x, top, width, place.height);
    to.globalAlpha = 1;
    if (width - split > 0.5) box(to, x + split, top, width - split, place.height);
  } else {
    to.globalAlpha = step.ms === null ? 0.45 : step.kind === 'call' ? 0.85 : 0.9;
    box(to, x, top, width, place.height);
    to.globalAlpha = 1;
  }
  if (lastAttempt !== null) {
    // Attempts that failed, before the one that counts.
    to.fillStyle = palette.error;
    box(to, x, top, Math.max(2, Math.min(width, lastAttempt - x)), place.height);
  }
  if (palette.highContrast && width > 3) outline(to, x, top, width, place.height, palette.text, 1);
  if (session.hitSet.has(step.index)) {
    to.fillStyle = palette.hit;
    to.fillRect(x, top + place.height + 1, width, 2);
  }
  if (failed && width < 3) {
    to.fillStyle = palette.error;
    to.fillRect(x - 0.5, top - 2, 3, place.height + 4);
  }
  if (step.index === session.selected)
    outline(to, x - 1.5, top - 1.5, width + 3, place.height + 3, palette.selected, 2);
  if (width > 44) caption(to, step, { x, top, width, height: place.height }, firstByte, palette);
}

function box(to: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
  if (width < 4) {
    to.fillRect(x, y, width, height);
    return;
  }
  to.beginPath();
  to.roundRect(x, y, width, height, 2);
  to.fill();
}

function outline(
  to: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
  line: number,
): void {
  to.strokeStyle = colour;
  to.lineWidth = line;
  to.beginPath();
  to.roundRect(x, y, width, height, 3);
  to.stroke();
}

/** The step's name, in the colour that reads well on the pale part of the bar and on the full one. */
function caption(
  to: CanvasRenderingContext2D,
  step: StepOutline,
  {
    x,
    top,
    width,
    height,
  }: { readonly x: number; readonly top: number; readonly width: number; readonly height: number },
  firstByte: number | null,
  palette: Palette,
): void {
  to.font = `${step.kind === 'tool' ? 8.5 : 10}px ${palette.font}`;
  to.textBaseline = 'middle';
  const split = firstByte === null ? x : Math.min(x + width, Math.max(x, firstByte));
  const write = (colour: string, from: number, until: number): void => {
    if (until - from < 1) return;
    to.save();
    to.beginPath();
    to.rect(from, top - 1, until - from - 1, height + 2);
    to.clip();
    to.fillStyle = colour;
    to.fillText(step.name, Math.max(x, 0) + 4, top + height / 2 + 0.5);
    to.restore();
  };
  write(palette.text, x, split);
  write(palette.background, split, x + width);
}

/** The step at a place in a lane; near enough counts. */
export function stepAt(
  session: Session,
  lane: number,
  pixel: number,
  y: number,
  width: number,
): StepOutline | null {
  const { axis } = session;
  const steps = session.laneSteps[lane] ?? [];
  const wanted = y < TOOL.top - 1 ? 'call' : 'tool';
  let best: { step: StepOutline; distance: number } | null = null;
  const first = upperBound(endsOf(axis, lane, steps), axis.place(pixel - 8, width));
  for (let i = Math.max(0, first - 1); i < steps.length; i++) {
    const step = steps[i]!;
    const x = axis.pixel(axis.startOf(step), width);
    if (x > pixel + 8) {
      if (step.kind === 'call') break;
      continue;
    }
    const end = Math.max(x + 2, axis.pixel(axis.endOf(step), width));
    const outside = pixel < x ? x - pixel : pixel > end ? pixel - end : 0;
    const distance = outside + (step.kind === wanted ? 0 : 4);
    if (outside <= 6 && (!best || distance <= best.distance)) best = { step, distance };
  }
  return best?.step ?? null;
}

/** Lines from the calls that led to other lanes down to where those begin. */
export function paintBranches(
  to: CanvasRenderingContext2D,
  session: Session,
  scrollTop: number,
  width: number,
  height: number,
  palette: Palette,
): void {
  const { axis, view } = session;
  to.strokeStyle = palette.line;
  to.lineWidth = 1;
  for (const lane of view.lanes) {
    const parent = lane.parentStep === null ? undefined : view.steps[lane.parentStep];
    const first = session.laneSteps[lane.id]?.[0];
    if (!parent || !first) continue;
    const y1 = parent.lane * LANE_HEIGHT - scrollTop + CALL.top + CALL.height;
    const y2 = lane.id * LANE_HEIGHT - scrollTop + CALL.top + CALL.height / 2;
    if (Math.max(y1, y2) < 0 || Math.min(y1, y2) > height) continue;
    const x1 = axis.pixel(axis.endOf(parent), width);
    const x2 = axis.pixel(axis.startOf(first), width);
    if (Math.max(x1, x2) < 0 || Math.min(x1, x2) > width) continue;
    const x = Math.min(x1, x2) - 1.5;
    to.beginPath();
    to.moveTo(x, y1);
    to.lineTo(x, y2 - 4);
    to.quadraticCurveTo(x, y2, x + 4, y2);
    to.lineTo(Math.max(x + 4, x2), y2);
    to.stroke();
  }
}
