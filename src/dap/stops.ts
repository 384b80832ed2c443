import type { Breakpoint } from '../timeline/breakpoints.ts';
import type { Hit } from '../timeline/scan.ts';
import type { Step } from '../timeline/timeline.ts';
import { type Trouble, troubleOf } from '../timeline/troubles.ts';
import { plainLine } from './hostile-text.ts';

/** Where a move leads, and what to say when it gets there. */
export interface Move {
  /** Null: to the end of the recording, or to its start. */
  readonly to: number | null;
  readonly way: 'forward' | 'backward' | 'jump';
  readonly reason: string;
  /** The target is right even while later calls are still unread. */
  readonly early?: boolean;
}

/** Why the walk stopped, for the `stopped` event. */
export interface Stop {
  readonly reason: string;
  readonly description: string;
  readonly text?: string;
  readonly hits?: readonly Breakpoint[];
}

/** What a hit is told as, and the exception that it stopped for, if it was one. */
export function stopOf(
  step: Step,
  { breakpoints }: Hit,
): { readonly stop: Stop; readonly trouble: Trouble | null } {
  const triggers = breakpoints.map(({ trigger }) => trigger);
  const troubled = triggers.find(trigger => trigger.kind === 'trouble');
  const trouble = troubled ? troubleOf(step, troubled.trouble) : null;
  const kinds = triggers.map(({ kind }) => kind);
  const data = kinds.some(kind => kind === 'change' || kind === 'result');
  const byName = kinds.includes('name') ? 'function breakpoint' : 'breakpoint';
  const stop: Stop = {
    reason: trouble ? 'exception' : data ? 'data breakpoint' : byName,
    description: trouble ? plainLine(trouble.name) : data ? 'the watched value changed here' : '',
    ...(trouble ? { text: plainLine(trouble.message) } : {}),
    hits: breakpoints,
  };
  return { stop, trouble };
}
