/**
 * Hugging Face text generation: Text Generation Inference's own API
 * (https://huggingface.github.io/text-generation-inference/) and the older Inference API's `/models/<id>`.
 */
import { asArray, asNumber, asObject, asString, isObject } from '../../wire/json.ts';
import { objects } from '../answer-body.ts';
import { statedError } from '../call-error.ts';
import { type AnswerReading, type Dialect, NO_ANSWER } from '../dialect.ts';
import { textParts } from '../parts.ts';
import { unescaped } from '../request-fields.ts';
import { promptMessages } from './openai-completions.ts';

export const tgiGenerate: Dialect = {
  id: 'tgi-generate',

  matches: ({ path, provider }) =>
    /^\/generate(_stream)?$/.test(path) ||
    (provider === 'huggingface' && /\/models\/[^/]+(\/[^/]+)?$/.test(path)),

  fits: body => typeof body.inputs === 'string',

  request: (body, { path }) => ({
    operation: 'text_completion',
    requestModel: unescaped(/\/models\/(.+)$/.exec(path)?.[1] ?? '') || null,
    stream: body.stream === true || path.endsWith('_stream'),
    parameters: asObject(body.parameters),
    system: [],
    messages: promptMessages(body.inputs),
    tools: [],
  }),

  /** A stream gives `{token: {text}}` pieces; the last also holds `generated_text`. */
  answer(answer): AnswerReading {
    const values = objects(answer);
    const whole = values.find(value => typeof value.generated_text === 'string');
    const pieces = values.map(value => asString(asObject(value.token).text) ?? '').join('');
    const details = values.map(value => value.details).find(isObject);
    const output = asNumber(details?.generated_tokens);
    const input =
      Array.isArray(details?.prefill) && asArray(details.prefill).length > 0
        ? asArray(details.prefill).length
        : asNumber(details?.input_length);
    return {
      ...NO_ANSWER,
      output: { parts: textParts(asString(whole?.generated_text) ?? pieces), alternatives: [] },
      usage:
        output === undefined
          ? null
          : { input: input ?? 0, output, cachedInput: 0, cacheWrite: 0, reasoning: 0 },
      finishReason: asString(details?.finish_reason) ?? null,
      error: values.map(statedError).find(error => error !== null) ?? null,
    };
  },
};
