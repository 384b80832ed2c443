import { withPieces } from '../../providers/editing/editable-answer.ts';
import { editable, outputFault } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const refusal: Operator = {
  id: 'refusal',
  family: 'output',
  summary: 'the model refuses',
  evidence:
    'A refusal is an ordinary answer with an ordinary status: [Anthropic](https://docs.anthropic.com/en/docs/build-with-claude/handling-stop-reasons), [OpenAI](https://platform.openai.com/docs/guides/structured-outputs#refusals).',
  priority: 2,
  plan(target) {
    const found = editable(target);
    if (!found) return [];
    const { shape, body } = found;
    // Anthropic stops with `refusal`; OpenAI refuses in words, with an ordinary finish reason.
    const finish = shape.dialect.startsWith('openai') ? shape.finish.stop : shape.finish.refusal;
    const pieces = shape.asText(body.pieces, body.streamed, "I'm sorry, but I can't help with that.", finish);
    return outputFault(withPieces(body, pieces), `a refusal, finish reason ${finish}`, { tells: true });
  },
};
