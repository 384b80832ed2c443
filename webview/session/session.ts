import { Axis, type AxisKind } from './axis.ts';
import type { CallOutline, PageState, SessionView, StepOutline } from './messages.ts';

/** What changed in the page's session, for those who draw it. */
export type Change = 'session' | 'selection' | 'window' | 'hits' | 'layout';

/** The session in view, the selected step and the part of the axis in view. One object; all parts of the page listen to it. */
export class Session {
  readonly view: SessionView;
  /** Steps of each lane, in order. */
  readonly laneSteps: readonly (readonly StepOutline[])[];
  /** Of each lane, the latest end up to each of its steps: rising, for finding what is in view. */
  readonly calls: readonly CallOutline[];
  readonly errors: readonly StepOutline[];
  readonly peaks: Peaks;
  axis: Axis;
  selected: number;
  hits: readonly number[] = [];
  hitSet: ReadonlySet<number> = new Set();
  metrics: boolean;
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(view: SessionView, state: PageState) {
    this.view = view;
    const lanes: StepOutline[][] = view.lanes.map(() => []);
    for (const step of view.steps) lanes[step.lane]?.push(step);
    this.laneSteps = lanes;
    this.calls = view.steps.filter(step => step.kind === 'call');
    this.errors = view.steps.filter(({ failed, troubles }) => failed || troubles.length > 0);
    this.peaks = peaksOf(this.calls);
    const same = state.session === view.id;
    this.axis = new Axis(state.axis ?? 'time', view);
    if (same && state.window) this.axis.show(...state.window);
    this.selected = Math.min(same ? (state.step ?? 0) : 0, view.steps.length - 1);
    this.metrics = state.metrics ?? true;
  }

  get step(): StepOutline | undefined {
    return this.view.steps[this.selected];
  }

  listen(listener: (change: Change) => void): void {
    this.#listeners.add(listener);
  }

  changed(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  select(index: number): void {
    const bounded = Math.max(0, Math.min(index, this.view.steps.length - 1));
    if (bounded === this.selected || this.view.steps.length === 0) return;
    this.selected = bounded;
    if (this.axis.reveal(this.view.steps[bounded]!)) this.changed('window');
    this.changed('selection');
  }

  setAxis(kind: AxisKind): void {
    if (kind === this.axis.kind) return;
    this.axis = new Axis(kind, this.view);
    this.changed('window');
  }

  setHits(hits: readonly number[]): void {
    this.hits = hits;
    this.hitSet = new Set(hits);
    this.changed('hits');
  }

  /** The next step of the selected one's lane, or the one before. */
  inLane(by: 1 | -1): number | null {
    const { step } = this;
    const steps = step ? this.laneSteps[step.lane]! : [];
    return steps[steps.indexOf(step!) + by]?.index ?? null;
  }

  /** The step of a neighbouring lane that is nearest in time. */
  nearestInLane(lane: number): number | null {
    const steps = this.laneSteps[lane];
    const { step } = this;
    if (!steps || !step) return null;
    let best: StepOutline | null = null;
    for (const one of steps) {
      if (!best || Math.abs(one.at - step.at) < Math.abs(best.at - step.at)) best = one;
    }
    return best?.index ?? null;
  }
}

/** What the highest bar of each row stands for. */
export interface Peaks {
  readonly ms: number;
  readonly tokens: number;
  readonly speed: number;
  readonly costUsd: number;
}

function peaksOf(calls: readonly CallOutline[]): Peaks {
  let [ms, tokens, speed, costUsd] = [0, 0, 0, 0];
  for (const call of calls) {
    ms = Math.max(ms, call.ms ?? 0);
    tokens = Math.max(tokens, call.tokens ? call.tokens.input + call.tokens.output : 0);
    speed = Math.max(speed, speedOf(call) ?? 0);
    costUsd += call.costUsd ?? 0;
  }
  return { ms, tokens, speed, costUsd };
}

/** Output tokens a second while the answer streamed; null for answers that are no stream. */
export function speedOf({ tokens, ms, ttftMs }: CallOutline): number | null {
  if (!tokens || ms === null || ttftMs === null || ms - ttftMs < 1) return null;
  return (tokens.output / (ms - ttftMs)) * 1000;
}
