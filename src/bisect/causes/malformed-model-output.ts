import { brief } from '../brief.ts';
import type { Cause } from '../cause.ts';
import { malformedOf, oneSided } from '../one-sided.ts';

export const malformedModelOutput: Cause = {
  id: 'malformed_model_output',
  family: 'provider',
  cap: 'ISOLATED',
  weight: 'fault',
  definition:
    'In one run only the model made a tool call whose arguments are no JSON or break the schema, or called a tool that it was not given.',
  evidence: 'What is wrong with the arguments.',
  confounders: 'Parsers differ in what they forgive.',
  verification: 'Give the good answer at this step to the bad run: it heals.',
  same: 'tool calls fit their schemas, or break them, in both',
  inAnswer: pair =>
    oneSided(pair, half => malformedOf(half)).map(({ side, what, other }) => ({
      field: 'response.tool_calls',
      detail: `The model's output was malformed in ${side} only. ${brief(what)}`,
      good: side === 'good' ? what : other,
      bad: side === 'bad' ? what : other,
    })),
};
