/**
 * OpenAI's errors (https://platform.openai.com/docs/guides/error-codes), and the hosts that word them otherwise: Azure
 * (https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter), OpenRouter
 * (https://openrouter.ai/docs/api-reference/errors), Mistral, Groq.
 */
import type { Json } from '../../wire/json.ts';
import type { ErrorContext, ErrorKind, VendorError } from '../error-bodies.ts';
import { edgePage } from './edge-page.ts';

interface Said {
  readonly status: number;
  readonly message: string;
  readonly type: string | null;
  readonly param?: string;
  readonly code: string | null;
}

export function openaiError(kind: ErrorKind, context: ErrorContext, responses: boolean): VendorError {
  const said = words(kind, context, responses);
  const message = context.message ?? said.message;
  const id = context.requestId ?? '0000000000000000000000000000000f';
  const retry = kind === 'rate_limit' || kind === 'overloaded' || kind === 'unavailable';
  const wait = context.retryAfterSeconds ?? 1;
  const headers: [string, string][] = [
    ['x-request-id', `req_${id}`],
    ...(retry
      ? [
          ['retry-after', String(Math.ceil(wait))] as [string, string],
          ['retry-after-ms', String(wait * 1000)] as [string, string],
        ]
      : []),
    ...(kind === 'rate_limit' ? limits(wait) : []),
  ];
  if (kind === 'bad_gateway') return { status: 502, body: edgePage(502, 'Bad Gateway'), headers: [] };
  if (kind === 'too_large')
    return { status: 413, body: edgePage(413, 'Request Entity Too Large'), headers: [] };
  return {
    status: said.status,
    body: bodyOf({ ...said, message }, context),
    indent: indentOf(context),
    headers,
  };
}

function indentOf({ provider }: ErrorContext): number {
  return provider === undefined || provider === 'openai' ? 2 : 0;
}

function bodyOf({ status, message, type, param, code }: Said, { provider }: ErrorContext): Json {
  if (provider === 'openrouter') return { error: { message, code: status } };
  if (provider === 'mistral') {
    if (status === 401) return { detail: message };
    return {
      object: 'error',
      message,
      type: type ?? 'invalid_request_error',
      param: param ?? null,
      code,
      raw_status_code: status,
    };
  }
  if (provider === 'groq') return { error: { message, type, ...(code === null ? {} : { code }) } };
  if (provider === 'azure' && code === 'content_filter') {
    return { error: { message, type: null, param: 'prompt', code, status, innererror: AZURE_FILTER } };
  }
  if (provider === 'azure' && type === null) return { error: { code, message } };
  return { error: { message, type, param: param ?? null, code } };
}

const SAFE = { filtered: false, severity: 'safe' };
const AZURE_FILTER = {
  code: 'ResponsibleAIPolicyViolation',
  content_filter_result: {
    hate: SAFE,
    jailbreak: { filtered: false, detected: false },
    self_harm: SAFE,
    sexual: SAFE,
    violence: { filtered: true, severity: 'medium' },
  },
};

function limits(wait: number): [string, string][] {
  return [
    ['x-ratelimit-limit-requests', '500'],
    ['x-ratelimit-limit-tokens', '30000'],
    ['x-ratelimit-remaining-requests', '499'],
    ['x-ratelimit-remaining-tokens', '0'],
    ['x-ratelimit-reset-requests', '120ms'],
    ['x-ratelimit-reset-tokens', `${wait}s`],
  ];
}

const REQUEST = 'invalid_request_error';

function words(kind: ErrorKind, context: ErrorContext, responses: boolean): Said {
  const model = context.model ?? 'gpt-4o';
  const azure = context.provider === 'azure';
  const field = context.field ?? (responses ? 'input' : 'messages');
  switch (kind) {
    case 'invalid_request':
      return {
        status: 400,
        message: `Invalid value for '${field}'.`,
        type: REQUEST,
        param: field,
        code: 'invalid_value',
      };
    case 'auth':
      if (azure) {
        const message =
          'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.';
        return { status: 401, message, type: null, code: '401' };
      }
      return {
        status: 401,
        message:
          'Incorrect API key provided: sk-proj-****. You can find your API key at https://platform.openai.com/account/api-keys.',
        type: REQUEST,
        code: 'invalid_api_key',
      };
    case 'permission':
      return {
        status: 403,
        message: 'Country, region, or territory not supported',
        type: 'request_forbidden',
        code: 'unsupported_country_region_territory',
      };
    case 'not_found':
      if (azure) return { status: 404, message: 'Resource not found', type: null, code: '404' };
      return { status: 404, message: 'Invalid URL (POST /v1)', type: REQUEST, code: null };
    case 'model_not_found':
      if (azure) {
        const message =
          'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.';
        return { status: 404, message, type: null, code: 'DeploymentNotFound' };
      }
      if (responses) {
        const message = `The requested model '${model}' does not exist.`;
        return { status: 400, message, type: REQUEST, param: 'model', code: 'model_not_found' };
      }
      return {
        status: 404,
        message: `The model \`${model}\` does not exist or you do not have access to it.`,
        type: REQUEST,
        code: 'model_not_found',
      };
    case 'context_overflow': {
      const message = responses
        ? 'Your input exceeds the context window of this model. Please adjust your input and try again.'
        : "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens. Please reduce the length of the messages.";
      return { status: 400, message, type: REQUEST, param: field, code: 'context_length_exceeded' };
    }
    case 'content_filter':
      if (azure) {
        const message =
          "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766";
        return { status: 400, message, type: null, param: 'prompt', code: 'content_filter' };
      }
      return {
        status: 400,
        message:
          'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting',
        type: REQUEST,
        code: 'invalid_prompt',
      };
    case 'timeout':
      return { status: 408, message: 'Request timed out.', type: 'timeout', code: null };
    case 'conflict':
      return {
        status: 409,
        message: 'Another process is currently operating on this resource.',
        type: REQUEST,
        code: 'conflict',
      };
    case 'rate_limit':
      if (azure) {
        const wait = context.retryAfterSeconds ?? 1;
        const message = `Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after ${wait} seconds.`;
        return { status: 429, message, type: null, code: '429' };
      }
      return {
        status: 429,
        message: `Rate limit reached for ${model} in organization org-0000 on tokens per min (TPM): Limit 30000, Used 29500, Requested 1200. Please try again in ${context.retryAfterSeconds ?? 1}s. Visit https://platform.openai.com/account/rate-limits to learn more.`,
        type: 'tokens',
        code: 'rate_limit_exceeded',
      };
    case 'quota':
      return {
        status: 429,
        message:
          'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
        type: 'insufficient_quota',
        code: 'insufficient_quota',
      };
    case 'overloaded':
    case 'unavailable':
      return {
        status: 503,
        message: 'Our servers are currently overloaded. Please try again later.',
        type: 'service_unavailable_error',
        code: 'server_is_overloaded',
      };
    default:
      return {
        status: 500,
        message: 'The server had an error while processing your request. Sorry about that!',
        type: 'server_error',
        code: null,
      };
  }
}
