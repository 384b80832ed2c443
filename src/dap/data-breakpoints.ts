import type { Trigger } from '../timeline/breakpoints.ts';
import { parseExpression } from '../timeline/expression.ts';
import type { Step } from '../timeline/timeline.ts';
import { plainLine } from './hostile-text.ts';
import { childOf } from './values.ts';

/** What can be watched, and how it is named from one session to the next. */
export interface Watchable {
  readonly dataId: string;
  readonly description: string;
}

const CHANGE = 'change:';
const RESULT = 'result:';

/**
 * What a data breakpoint on a variable, or on an expression, would watch: in a call an expression's value from one call of
 * the lane to the next, in a tool step the tool's result. Throws RewindError `bad-expression`.
 */
export function watchable(step: Step, parent: string | null, name: string): Watchable | null {
  const expression = childOf(parent, name);
  return expression === null ? null : watchableExpression(step, expression);
}

/** As `watchable`, for an expression that the user typed. */
export function watchableExpression(step: Step, expression: string): Watchable {
  parseExpression(expression);
  if (step.kind === 'tool') {
    const description = `another result of ${plainLine(step.name)} for the same arguments`;
    return { dataId: `${RESULT}${step.name}`, description };
  }
  return {
    dataId: `${CHANGE}${expression}`,
    description: `${plainLine(expression)} changes from one call to the next`,
  };
}

export function parseDataId(dataId: string): Trigger {
  if (dataId.startsWith(RESULT)) return { kind: 'result', tool: dataId.slice(RESULT.length) };
  const expression = dataId.startsWith(CHANGE) ? dataId.slice(CHANGE.length) : dataId;
  return { kind: 'change', expression: parseExpression(expression) };
}
