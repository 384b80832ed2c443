import type { SessionReader } from '../sessions/session.ts';
import type { Timeline } from '../timeline/timeline.ts';

/** The two runs that are compared. */
export interface Runs {
  readonly good: Timeline;
  readonly bad: Timeline;
}

/** Whether both ran the same commit with nothing changed on top; null where one of them does not know. */
export function sameCode({ good, bad }: Runs): boolean | null {
  const [one, two] = [good.session.start.git, bad.session.start.git];
  if (!one || !two) return null;
  return one.commit === two.commit && !one.dirty && !two.dirty;
}

/** What is known of the code of both runs, in words. */
export function codeFacts(runs: Runs): readonly string[] {
  const [asked, called] = [runs.good, runs.bad].map(({ session }) => session.start.command.join(' '));
  const command = asked === called ? [] : [`Command: ${asked} in good, ${called} in bad.`];
  return [...command, ...commitFacts(runs)];
}

function commitFacts(runs: Runs): readonly string[] {
  const [one, two] = [runs.good.session.start.git, runs.bad.session.start.git];
  if (!one || !two) return ['The commit of at least one run is not known.'];
  const name = (git: NonNullable<SessionReader['start']['git']>): string =>
    `${git.commit.slice(0, 10)}${git.dirty ? ' with changes on top' : ''}`;
  if (one.commit !== two.commit) return [`Code: ${name(one)} in good, ${name(two)} in bad.`];
  if (one.dirty || two.dirty)
    return [`Code: ${name(one)} in good, ${name(two)} in bad; what was changed is not recorded.`];
  return [`Code: ${name(one)} in both.`];
}
