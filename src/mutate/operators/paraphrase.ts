import { withPieces } from '../../providers/editing/editable-answer.ts';
import { withSlotText } from '../../providers/editing/shape.ts';
import { parseJson } from '../../wire/json.ts';
import { callsOf, editable, outputFault, textsOf } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

/** By rule, so that it is the same in every run: other words for common ones, and a word of courtesy before. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bI have\b/g, "I've"],
  [/\bit is\b/g, "it's"],
  [/\bare on their way\b/g, 'are under way'],
  [/\bis on its way\b/g, 'is under way'],
  [/\bdone\b/g, 'finished'],
  [/\bfound\b/g, 'discovered'],
  [/\bhelp\b/g, 'assist'],
  [/\blarge\b/g, 'big'],
  [/\bquickly\b/g, 'fast'],
  [/\balso\b/g, 'as well'],
];

export const paraphrase: Operator = {
  id: 'paraphrase',
  family: 'output',
  summary: 'the model says the same in other words',
  evidence:
    'Model drift and sampling: small changes of wording lower success from 96.9 % to 88.1 % (ReliabilityBench, [arXiv 2601.06112](https://arxiv.org/abs/2601.06112)).',
  priority: 1,
  plan(target) {
    const found = editable(target);
    const last = found && textsOf(found).at(-1);
    // JSON in other words is another fault: fenced-json.
    if (!found || !last || callsOf(target).length > 0 || parseJson(last.text).ok) return [];
    const said = WORDS.reduce((text, [from, to]) => text.replace(from, to), `Certainly! ${last.text}`);
    const pieces = withSlotText(found.body.pieces, found.slots, 'text', last.part, said);
    return outputFault(
      pieces && withPieces(found.body, pieces),
      'a word of courtesy before, other words within',
      {
        rewords: { from: last.text, to: said },
      },
    );
  },
};
