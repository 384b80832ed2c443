import type { SessionReader } from '../sessions/session.ts';
import type { KeptAgent } from '../tape/runner.ts';
import { parseCallSite } from '../wire/call-site.ts';
import type { Baseline } from './baseline.ts';
import { deviationFrom } from './baseline.ts';
import type { Mutant } from './mutant.ts';
import type { MutateOptions } from './mutate.ts';
import type { Observation } from './observation.ts';
import { observeIn, type RunPlan, requestIn } from './run-place.ts';
import type { WatchedTape } from './watched-tape.ts';
import type { Workspace } from './workspace.ts';

/** Kept processes cost memory; further mutants start at the nearest point before their call. */
const MOST_POINTS = 24;

/** Fewer mutants than this a worker are not worth a run of their own. */
const WORTH_IT = 4;

/** Whether an agent's processes can be kept: Python's can. */
export function canBeKept(
  { session, runner, inPlace, keep = true }: MutateOptions,
  mutants: number,
): boolean {
  if (!keep || inPlace || !runner.keep || process.platform !== 'linux') return false;
  return mutants >= WORTH_IT && comesFromPython(session);
}

export function comesFromPython(session: SessionReader): boolean {
  for (const { site } of session.exchanges()) {
    if (site !== undefined && parseCallSite(site)?.language === 'python') return true;
  }
  return false;
}

/**
 * Where one worker's mutants start: the agent's process and its folder as they stood at the calls that are broken. All in one
 * folder, so that paths which the process remembers are right; so runs take turns.
 *
 * An unbroken run from a point, before its first mutant and behind its last, must do what all unbroken runs do: else nothing
 * that came from that point counts.
 */
export class StartPoints {
  readonly #kept: KeptAgent;
  readonly #folder: string;
  readonly #snapshots: ReadonlyMap<number, string>;
  readonly #workspace: Workspace;
  readonly #options: MutateOptions;
  readonly #unbroken: () => WatchedTape;
  readonly #baseline: Baseline;
  readonly #onCold: (why: string) => void;
  /** By point: whether an unbroken run from it is like any other. */
  readonly #sound = new Map<number, boolean>();

  /** Null where the process cannot be kept at any of the calls. */
  static async make(parts: {
    readonly options: MutateOptions;
    readonly workspace: Workspace;
    readonly baseline: Baseline;
    readonly mutants: readonly Mutant[];
    readonly unbroken: () => WatchedTape;
    /** Told why mutants start at an earlier call, or anew. */
    readonly onCold: (why: string) => void;
  }): Promise<StartPoints | null> {
    const { options, workspace, baseline, mutants, unbroken, onCold } = parts;
    const wanted = pointsFor(mutants, baseline.order);
    const folder = workspace.copy();
    const snapshots = new Map<number, string>();
    const dropFolders = (): void => {
      for (const each of [folder, ...snapshots.values()]) workspace.remove(each);
    };
    const tape = unbroken();
    const plan = { responder: tape, name: 'unbroken', timeoutMs: options.timeoutMs, signal: options.signal };
    try {
      const kept = await options.runner.keep!({
        ...requestIn(folder, plan, options),
        wanted: asked => wanted.has(asked),
        onPoint: async asked => {
          snapshots.set(asked, workspace.copy(folder));
        },
      });
      for (const why of kept.unsound) onCold(why);
      const seen = await observeIn(folder, kept.result, workspace, options);
      const deviation = deviationFrom(baseline, seen);
      if (kept.points.length > 0 && deviation === null) {
        return new StartPoints({ ...parts, kept, folder, snapshots });
      }
      if (deviation !== null)
        onCold(`a run that is to be kept does otherwise than unbroken runs: ${deviation}`);
      else if (kept.unsound.size === 0) onCold('it told of no call at which it could be kept');
      await kept.close();
    } catch (error) {
      dropFolders();
      throw error;
    }
    dropFolders();
    return null;
  }

  private constructor(parts: {
    readonly kept: KeptAgent;
    readonly folder: string;
    readonly snapshots: ReadonlyMap<number, string>;
    readonly workspace: Workspace;
    readonly options: MutateOptions;
    readonly unbroken: () => WatchedTape;
    readonly baseline: Baseline;
    readonly onCold: (why: string) => void;
  }) {
    this.#onCold = parts.onCold;
    this.#kept = parts.kept;
    this.#folder = parts.folder;
    this.#snapshots = parts.snapshots;
    this.#workspace = parts.workspace;
    this.#options = parts.options;
    this.#unbroken = parts.unbroken;
    this.#baseline = parts.baseline;
  }

  /** The last sound point at or before a recorded exchange; null without one. */
  async before(seq: number): Promise<number | null> {
    const asked = this.#baseline.order.indexOf(seq);
    for (const point of this.#kept.points.toReversed()) {
      if (point <= asked && (await this.isSound(point))) return point;
    }
    return null;
  }

  async isSound(point: number): Promise<boolean> {
    const known = this.#sound.get(point);
    if (known !== undefined) return known;
    return this.check(point);
  }

  /** Runs unbroken from the point once more. */
  async check(point: number): Promise<boolean> {
    const tape = this.#unbroken();
    const seen = await this.run(point, {
      responder: tape,
      name: 'unbroken',
      timeoutMs: this.#options.timeoutMs,
      signal: this.#options.signal,
    });
    const deviation = seen && (tape.missed > 0 ? 'its requests' : deviationFrom(this.#baseline, seen));
    if (deviation !== null)
      this.#onCold(
        `from request ${point} on an unbroken run does otherwise than from the start: ${deviation}`,
      );
    const sound = seen !== null && deviation === null;
    this.#sound.set(point, sound);
    return sound;
  }

  /** Null where the kept process is gone. */
  async run(point: number, plan: RunPlan): Promise<Observation | null> {
    this.#workspace.restore(this.#snapshots.get(point)!, this.#folder);
    const request = requestIn(this.#folder, plan, this.#options);
    const result = await this.#kept.run(point, request).catch((error: unknown) => {
      this.#onCold(`the process that was kept at request ${point} gave no run: ${messageOf(error)}`);
      return null;
    });
    return result && observeIn(this.#folder, result, this.#workspace, this.#options);
  }

  async close(): Promise<void> {
    await this.#kept.close();
    for (const folder of [this.#folder, ...this.#snapshots.values()]) this.#workspace.remove(folder);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** By number of requests before: those calls that most mutants break, the first one in any case. */
function pointsFor(mutants: readonly Mutant[], order: readonly number[]): ReadonlySet<number> {
  const counts = new Map<number, number>();
  for (const { seq } of mutants) {
    const asked = order.indexOf(seq);
    if (asked >= 0) counts.set(asked, (counts.get(asked) ?? 0) + 1);
  }
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_POINTS - 1);
  return new Set([0, ...most.map(([asked]) => asked)]);
}
