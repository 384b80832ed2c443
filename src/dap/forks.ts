import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';
import { continuedSession } from '../tape/continued-session.ts';
import type { Evaluator } from '../timeline/evaluate.ts';
import { SiteIndex } from '../timeline/site-index.ts';
import { type EarlierEdits, forkOf, isEditable, NO_EDITS, type StepEdit } from '../timeline/step-edit.ts';
import { type CallStep, type Step, type Timeline, timelineOf } from '../timeline/timeline.ts';
import { EditedEvaluator, Edits } from './edits.ts';
import type { LiveRecording } from './live-recording.ts';
import type { Recording } from './recording.ts';
import type { ForkOptions, OpenRecording } from './walk-options.ts';

/** Longer recordings are not read for the sake of a breakpoint. */
const SHORT = 2_000;

export interface StartedFork {
  readonly open: OpenRecording;
  /** What was edited, in words. */
  readonly edited: string;
  /** Takes the edits back that it was made with, for a fork that came to nothing. */
  readonly undo: () => void;
}

/** What was edited, the runs that it leads to, and the recording that a run follows. */
export class Forks {
  edits: Edits;
  readonly goesLive: boolean;
  readonly #timeline: () => Timeline;
  readonly #fork: ForkOptions['fork'];
  #followed: () => SessionReader | null;
  /** The edits that the run that is walked was made with. */
  #made: EarlierEdits = NO_EDITS;
  #expected: { readonly by: () => SessionReader | null; readonly sites: SiteIndex | null } | null = null;
  #edited: { readonly of: Evaluator; readonly edits: number; readonly evaluator: Evaluator } | null = null;

  constructor({ fork, goesLive, followed }: ForkOptions, timeline: () => Timeline) {
    this.#fork = fork;
    this.goesLive = goesLive;
    this.#followed = followed;
    this.#timeline = timeline;
    this.edits = new Edits(timeline);
  }

  get canFork(): boolean {
    return this.#fork !== null;
  }

  isEditable(index: number, place: string): boolean {
    const step = this.#timeline().steps[index];
    return this.canFork && step !== undefined && isEditable(step, place);
  }

  /** Changes a value of a step; it is run with it when the walk goes on. Throws RewindError `not-editable`. */
  edit(step: Step, place: string, text: string): StepEdit {
    this.check();
    return this.edits.add(step, place, text);
  }

  /** Throws RewindError `no-command` where there is no agent to run. */
  check(): void {
    if (this.canFork) return;
    throw new RewindError(
      'no-command',
      'This session has no command that could be run',
      'Add "command" to the launch configuration.',
    );
  }

  /** Gives values as they were edited. */
  shown(evaluator: Evaluator): Evaluator {
    const { length } = this.edits.list;
    if (length === 0) return evaluator;
    if (this.#edited?.of !== evaluator || this.#edited.edits !== length) {
      const editing = new EditedEvaluator(this.#timeline(), this.edits);
      this.#edited = { of: evaluator, edits: length, evaluator: editing };
    }
    return this.#edited.evaluator;
  }

  /** Where the recording that a run follows was called from; null where that takes too long to read. */
  get followedSites(): SiteIndex | null {
    if (this.#expected?.by !== this.#followed) {
      const session = this.#followed();
      const isShort = session !== null && session.length <= SHORT;
      this.#expected = { by: this.#followed, sites: isShort ? new SiteIndex(timelineOf(session)) : null };
    }
    return this.#expected.sites;
  }

  /** Starts the agent of a recording anew, with what was edited, up to a call of it. An agent that still runs is ended. */
  async start(left: Recording | LiveRecording, point: CallStep): Promise<StartedFork> {
    const { edits } = this;
    const [made, followed] = [this.#made, this.#followed];
    const places = edits.list.map(({ place, step }) => `${place} of step ${step}`);
    if (left.isLive) await left.close();
    const fork = forkOf(this.#tape(left), point, edits.list, made);
    const open = await this.#fork!(fork);
    this.edits = new Edits(this.#timeline);
    this.#made = fork;
    this.#followed = () => fork.session;
    return {
      open,
      edited: places.length === 0 ? '' : `, with ${places.join(', ')} edited`,
      undo: () => {
        this.edits = edits;
        [this.#made, this.#followed] = [made, followed];
      },
    };
  }

  /** What a fork follows: what is walked, and of a run that was left what it would have followed. */
  #tape(left: Recording | LiveRecording): SessionReader {
    const { steps, others } = left.timeline;
    if (!left.isLive) return left.session();
    const known = steps.flatMap(step => (step.kind === 'call' ? step.attempts.map(({ seq }) => seq) : []));
    return continuedSession(left.session(), new Set([...known, ...others]), this.#followed());
  }
}
