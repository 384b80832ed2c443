import { type FieldDifference, fieldDifferences } from '../../tape/field-diff.ts';
import { quoted, shownCall } from '../brief.ts';
import type { Cause } from '../cause.ts';
import { resultText } from '../result-changes.ts';
import { isRetrieval } from '../retrieval.ts';
import { resultChange, toolTrouble } from '../tool-trouble.ts';
import { differOnlyInVariables } from '../variables.ts';

export const upstreamToolOutputDrifted: Cause = {
  id: 'upstream_tool_output_drifted',
  family: 'context',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'A tool gave another result for the same arguments.',
  evidence: 'Both results: value, shape, empty or cut.',
  confounders: 'A tool whose result holds times or ids; a tool that is a model call itself.',
  verification: 'Give the good result to the bad run; from tape where the tool speaks HTTP.',
  same: 'tools gave the same results for the same arguments',
  inRequest: pair =>
    pair.history().flatMap(change => {
      if (change.kind !== 'result' || isRetrieval(change.call, change.bad)) return [];
      if (toolTrouble(change.good) !== null || toolTrouble(change.bad) !== null) return [];
      const [good, bad] = [resultText(change.good), resultText(change.bad)];
      const how = resultChange(good, bad);
      const volatile = differOnlyInVariables(good, bad);
      const variables = volatile
        ? ['Only values that change from run to run differ (times, ids, paths).']
        : [];
      return [
        {
          field: `messages[${change.at}]`,
          detail: `${shownCall(change.call)} returned ${differenceOf(good, bad)}, for the same arguments.`,
          good,
          bad,
          facts: [WORDS[how], ...variables],
          ...(volatile || how === 'spelling' ? { weight: 'weak' as const } : {}),
        },
      ];
    }),
};

/** The one place that differs in two long JSON texts, else both texts. */
function differenceOf(good: string, bad: string): string {
  const [place, another] = good.length + bad.length > 120 ? placesOf(good, bad) : [];
  if (!place || another) return `${quoted(good)} in good, ${quoted(bad)} in bad`;
  const shown = (value: unknown): string => (value === undefined ? 'nothing' : quoted(JSON.stringify(value)));
  return `${place.path.replace(/^\$\.?/, '')} ${shown(place.before)} in good, ${shown(place.after)} in bad`;
}

function placesOf(good: string, bad: string): readonly FieldDifference[] {
  try {
    return fieldDifferences(JSON.parse(good), JSON.parse(bad), 2);
  } catch {
    return [];
  }
}

const WORDS = {
  empty: 'One of the results is empty.',
  cut: 'The bad result is the beginning of the good one.',
  spelling: 'Both results are the same values, written otherwise.',
  shape: 'The results have another shape.',
  value: 'The results differ in value.',
} as const;
