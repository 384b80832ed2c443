/** Anthropic's legacy Text Completions (https://docs.anthropic.com/en/api/complete). It counts no tokens. */
import { asString } from '../../wire/json.ts';
import { type AnswerBody, objects } from '../answer-body.ts';
import { statedError } from '../call-error.ts';
import { type AnswerReading, type Dialect, NO_ANSWER } from '../dialect.ts';
import { textParts } from '../parts.ts';
import { parametersOf } from '../request-fields.ts';
import { promptMessages } from './openai-completions.ts';

export const anthropicComplete: Dialect = {
  id: 'anthropic-complete',

  matches: ({ path }) => /\/v1\/complete\/?$/.test(path),

  fits: body => typeof body.prompt === 'string',

  request: body => ({
    operation: 'text_completion',
    requestModel: asString(body.model) ?? null,
    stream: body.stream === true,
    parameters: parametersOf(body, ['model', 'prompt', 'stream', 'anthropic_version']),
    system: [],
    messages: promptMessages(body.prompt),
    tools: [],
  }),

  answer: readCompleteAnswer,
};

/** A stream's pieces are joined; pings say nothing. */
export function readCompleteAnswer(answer: AnswerBody): AnswerReading {
  let reading = NO_ANSWER;
  let text = '';
  for (const value of objects(answer)) {
    text += asString(value.completion) ?? '';
    reading = {
      ...reading,
      responseModel: asString(value.model) ?? reading.responseModel,
      responseId: asString(value.id) ?? asString(value.log_id) ?? reading.responseId,
      finishReason: asString(value.stop_reason) ?? reading.finishReason,
      error: reading.error ?? statedError(value),
    };
  }
  return { ...reading, output: { parts: textParts(text), alternatives: [] } };
}
