import type { Step, Timeline } from '../timeline/timeline.ts';
import { troubleOf } from '../timeline/troubles.ts';
import { exitCode } from './exit-code.ts';
import { counted, stepName } from './wording.ts';

/**
 * What to tell of a fork that ended before it came to its call, a line each: how far it came and why no farther, and what
 * can be done. `session`: the one that was forked; `edits`: how many of them wait.
 */
export function missedFork(
  point: Step,
  { steps, session: { start, exit } }: Timeline,
  session: string,
  edits: number,
): readonly string[] {
  const calls = steps.filter(step => step.kind === 'call');
  // None where the agent ran nothing but tools of its own.
  const last = calls.at(-1);
  const missed = steps.flatMap(step => troubleOf(step, 'cassette-miss') ?? [])[0];
  const ended =
    exit &&
    (exit.signal ? ` and was ended by ${exit.signal}` : ` and ended with exit code ${exitCode(exit)}`);
  const [fork, left] = [start.id.slice(0, 8), session.slice(0, 8)];
  const kept = edits > 0 ? `Your ${edits === 1 ? 'edit is' : `${edits} edits are`} kept. ` : '';
  return [
    `The agent did not come to step ${point.index} again: it made ${counted(calls.length, 'call')}` +
      `${last ? `, the last of them ${stepName(last)}` : ''}${ended ?? ''}.${missed ? ` ${missed.message}` : ''}`,
    `${kept}An agent that is to get there must ask for the same each time. \`rewind diff ${left} ${fork}\` shows where this run left ` +
      'the recording. Going on tries again; a fork from an earlier step asks less of it.',
  ];
}
