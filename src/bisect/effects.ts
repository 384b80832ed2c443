import type { Timeline } from '../timeline/timeline.ts';
import { toolsWhileProving } from './tool-grafts.ts';

/** Words in a tool's name that say that it changes something outside of a copied folder. */
const CHANGES =
  /(^|[_\-.]|(?<=[a-z]))(delete|remove|create|send|refund|charge|pay|post|put|patch|update|insert|buy|purchase|order|book|cancel|transfer|deploy|exec|execute|run|shell|bash|email|mail|publish|push|merge|drop|kill|submit|invite|reply|notify|schedule|upload|approve|close|issue)(?=$|[_\-.]|[A-Z])/i;
/** A question about such a thing changes nothing. */
const READS =
  /^(get|list|search|find|read|look_?up|fetch|show|view|query|check|count|describe|is|has)(?=[_\-.A-Z]|$)/i;

/**
 * Tools that these runs called and that look as if calling them again did something again. Those that come from tape while
 * it is proved are not called.
 */
export function toolsWithEffects(timelines: readonly Timeline[]): readonly string[] {
  const names = timelines.flatMap(({ session, steps }) => {
    const onTape = toolsWhileProving(session) === 'tape' ? session.tools : [];
    return steps.flatMap(step =>
      step.kind === 'tool' && !(step.run && onTape.includes(step.run)) ? [step.name] : [],
    );
  });
  return [...new Set(names)].filter(name => CHANGES.test(name) && !READS.test(name));
}
