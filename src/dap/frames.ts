import type { DebugProtocol } from '@vscode/debugprotocol';
import { RewindError } from '../errors.ts';
import { type StackRow, stackAt } from '../timeline/stack.ts';
import { plainLine } from './hostile-text.ts';
import type { Walk } from './walk.ts';
import { laneName, stepName } from './wording.ts';

/** Frame ids of one stop, and the step that each stands for. */
export class FrameBook {
  readonly #ids = new Map<string, number>();
  readonly #steps = new Map<number, number>();
  readonly #from: number;
  readonly #by: number;

  /** Ids are `from`, and on from there `by` so many: books that share a debug session share no id. */
  constructor(from = 1, by = 1) {
    this.#from = from;
    this.#by = by;
  }

  reset(): void {
    this.#ids.clear();
    this.#steps.clear();
  }

  /** The same id for the same row, however often it is asked for. */
  id(lane: number, row: number, step: number): number {
    const key = `${lane}:${row}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#from + this.#ids.size * this.#by;
    this.#ids.set(key, id);
    this.#steps.set(id, step);
    return id;
  }

  step(id: number): number {
    const step = this.#steps.get(id);
    if (step !== undefined) return step;
    throw new RewindError(
      'stale-frame',
      'This frame belonged to an earlier stop',
      'Ask for the stack again.',
    );
  }
}

/** Where a walk stands, as far as a stack shows it. */
export type Standing = Pick<Walk, 'timeline' | 'position' | 'sites' | 'sources' | 'frames'>;

type Frames = NonNullable<DebugProtocol.StackTraceResponse['body']>;

/**
 * A lane's stack: the current step, further frames of the user's code that led to it (subtle), the lane's earlier calls,
 * and below a sub-agent those of its caller.
 */
export function stackTrace(
  walk: Standing,
  lane: number,
  { startFrame = 0, levels = 0 }: Omit<DebugProtocol.StackTraceArguments, 'threadId'>,
): Frames {
  const stack = stackAt(walk.timeline, lane, walk.position);
  const top = stack.row(0);
  const topStep = top?.kind === 'step' ? walk.timeline.steps[top.index]! : null;
  // The top frame stands at the innermost of these itself, where that file is here.
  const outer = topStep ? walk.sites.frames(topStep).filter(({ file }) => walk.sources.has(file)) : [];
  const callers = topStep && walk.sources.placeOf(topStep, walk.sites).frame ? outer.slice(1) : outer;
  const totalFrames = stack.size + callers.length;
  const end = levels > 0 ? Math.min(totalFrames, startFrame + levels) : totalFrames;
  const stackFrames: DebugProtocol.StackFrame[] = [];
  for (let i = startFrame; i < end; i++) {
    const caller = i > 0 ? callers[i - 1] : undefined;
    if (caller && topStep) {
      stackFrames.push({
        id: walk.frames.id(lane, i, topStep.index),
        name: plainLine(caller.function) || '(module)',
        source: walk.sources.file(caller.file),
        ...walk.sources.position(caller),
        presentationHint: 'subtle',
      });
    } else stackFrames.push(rowFrame(walk, lane, i, stack.row(i === 0 ? 0 : i - callers.length)!));
  }
  return { stackFrames, totalFrames };
}

function rowFrame(walk: Standing, lane: number, i: number, row: StackRow): DebugProtocol.StackFrame {
  if (row.kind === 'caller') {
    return {
      id: walk.frames.id(lane, i, walk.position),
      name: `called from lane ${laneName(row.lane)}`,
      line: 0,
      column: 0,
      presentationHint: 'label',
    };
  }
  const step = walk.timeline.steps[row.index]!;
  return {
    id: walk.frames.id(lane, i, row.index),
    name: stepName(step),
    ...walk.sources.linkTo(step, walk.sites),
  };
}
