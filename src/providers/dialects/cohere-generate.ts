/** Cohere's legacy Generate (https://docs.cohere.com/v1/reference/generate). */
import { asArray, asObject, asString, isObject } from '../../wire/json.ts';
import { objects } from '../answer-body.ts';
import { statedError } from '../call-error.ts';
import { type AnswerReading, type Dialect, NO_ANSWER } from '../dialect.ts';
import { textParts } from '../parts.ts';
import { parametersOf } from '../request-fields.ts';
import { cohereUsage } from './cohere-chat.ts';
import { promptMessages } from './openai-completions.ts';

export const cohereGenerate: Dialect = {
  id: 'cohere-generate',

  matches: ({ path, provider }) => provider === 'cohere' && /(\/v1)?\/generate$/.test(path),

  fits: body => typeof body.prompt === 'string',

  request: body => ({
    operation: 'text_completion',
    requestModel: asString(body.model) ?? null,
    stream: body.stream === true,
    parameters: parametersOf(body, ['model', 'prompt', 'stream']),
    system: [],
    messages: promptMessages(body.prompt),
    tools: [],
  }),

  /** A stream gives pieces, then `{is_finished, finish_reason, response}`. */
  answer(answer): AnswerReading {
    const values = objects(answer);
    const whole = values
      .map(value => (isObject(value.response) ? value.response : value))
      .find(value => 'generations' in value);
    const last = values.at(-1) ?? {};
    const texts = asArray(whole?.generations).map(one => asString(asObject(one).text) ?? '');
    const [first = values.map(value => asString(value.text) ?? '').join(''), ...rest] = texts;
    const finish =
      asString(last.finish_reason) ?? asString(asObject(asArray(whole?.generations)[0]).finish_reason);
    return {
      ...NO_ANSWER,
      responseId: asString(whole?.id) ?? null,
      output: { parts: textParts(first), alternatives: rest.map(text => textParts(text)) },
      usage: cohereUsage(whole?.meta),
      finishReason: finish ?? null,
      error: values.map(statedError).find(error => error !== null) ?? null,
    };
  },
};
