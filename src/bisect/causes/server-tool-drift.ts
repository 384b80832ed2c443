import type { Part } from '../../providers/call.ts';
import { canonicalJson } from '../../tape/canonical-json.ts';
import { spoken } from '../../timeline/step-diff.ts';
import { withoutIds } from '../answer.ts';
import { brief } from '../brief.ts';
import type { Cause } from '../cause.ts';
import { isOpen } from '../messages-list.ts';

export const serverToolDrift: Cause = {
  id: 'server_tool_drift',
  family: 'provider',
  cap: 'ISOLATED',
  weight: 'strong',
  definition:
    'What the provider ran itself inside the answer (web search, code execution, file search) gave something else.',
  evidence: 'The blocks of both answers.',
  confounders: 'The model may have asked its tool for something else: compare the queries.',
  verification: 'Live: ask the same question again on both sides.',
  inAnswer: ({ good, bad }) => {
    const [left, right] = [good, bad].map(({ step }) => step.output.parts.filter(isOpen));
    const at = left!.findIndex((part, i) => partKey(part) !== (right![i] ? partKey(right![i]!) : null));
    const [one, two] = [left![at], right![at]];
    // Other words or another query before it: the model moved first.
    if (one?.type !== 'other' || two?.type !== 'other' || one.kind !== two.kind) return [];
    if (askedBy(one.value) !== askedBy(two.value)) return [];
    const [was, is] = [partKey(one), partKey(two)];
    return [
      {
        field: 'response.server_tools',
        detail: `A tool that the provider ran gave something else (${one.kind}): ${brief(was)} in good, ${brief(is)} in bad.`,
        good: was,
        bad: is,
      },
    ];
  },
};

const RESULT = /result|output|content|outcome|sources/i;

/** What a block asks for, without what came of it. */
function askedBy(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  return canonicalJson(
    withoutIds(Object.fromEntries(Object.entries(value).filter(([key]) => !RESULT.test(key)))),
  );
}

function partKey(part: Part): string {
  return part.type === 'other' ? canonicalJson([part.kind, withoutIds(part.value)]) : spoken([part]);
}
