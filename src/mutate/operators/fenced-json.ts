import { withPieces } from '../../providers/editing/editable-answer.ts';
import { withSlotText } from '../../providers/editing/shape.ts';
import { parseJson } from '../../wire/json.ts';
import { editable, outputFault, textsOf } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const fencedJson: Operator = {
  id: 'fenced-json',
  family: 'output',
  summary: 'JSON that was asked for comes in a Markdown fence with a word before it',
  evidence:
    'Two of three runs in [openai/codex-plugin-cc#583](https://github.com/openai/codex-plugin-cc/pull/583); [vectorize-io/hindsight#645](https://github.com/vectorize-io/hindsight/issues/645), [pydantic/pydantic-ai#3141](https://github.com/pydantic/pydantic-ai/pull/3141).',
  priority: 3,
  plan(target) {
    const found = editable(target);
    if (!found) return [];
    return textsOf(found).flatMap(({ part, text }) => {
      if (!/^\s*[[{]/.test(text) || !parseJson(text).ok) return [];
      const fenced = `Here is the JSON:\n\`\`\`json\n${text.trim()}\n\`\`\``;
      const pieces = withSlotText(found.body.pieces, found.slots, 'text', part, fenced);
      return outputFault(pieces && withPieces(found.body, pieces), 'in ```json, with a line before it');
    });
  },
};
