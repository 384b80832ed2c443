import { withPieces } from '../../providers/editing/editable-answer.ts';
import { withSlotText } from '../../providers/editing/shape.ts';
import { isObject, parseJson } from '../../wire/json.ts';
import { editable, outputFault, textsOf } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const schemaViolation: Operator = {
  id: 'schema-violation',
  family: 'output',
  summary: 'JSON that was asked for lacks its last member',
  evidence:
    'JSON that is no object of the schema: [egoist/chatwise-releases#307](https://github.com/egoist/chatwise-releases/issues/307).',
  priority: 2,
  plan(target) {
    const found = editable(target);
    if (!found) return [];
    return textsOf(found).flatMap(({ part, text }) => {
      const json = parseJson(text);
      const name = json.ok && isObject(json.value) ? Object.keys(json.value).at(-1) : undefined;
      if (!json.ok || !isObject(json.value) || name === undefined) return [];
      const { [name]: _, ...rest } = json.value;
      const pieces = withSlotText(found.body.pieces, found.slots, 'text', part, JSON.stringify(rest));
      return outputFault(pieces && withPieces(found.body, pieces), `without ${name}`);
    });
  },
};
