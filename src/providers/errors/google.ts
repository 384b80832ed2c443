/**
 * Google's errors for Gemini and Vertex (https://ai.google.dev/gemini-api/docs/troubleshooting, form:
 * https://cloud.google.com/apis/design/errors). A blocked prompt is a good answer without candidates.
 */
import type { Json } from '../../wire/json.ts';
import type { ErrorContext, ErrorKind, VendorError } from '../error-bodies.ts';

export function googleError(kind: ErrorKind, context: ErrorContext, generates: boolean): VendorError {
  const isBlocked = kind === 'content_filter' && generates;
  const body = isBlocked ? blocked(context) : failed(kind, context);
  const status = isBlocked ? 200 : words(kind, context)[0];
  const headers: [string, string][] = [['x-content-type-options', 'nosniff']];
  return { status, body: context.jsonArrayStream ? [body] : body, indent: 2, headers };
}

function failed(kind: ErrorKind, context: ErrorContext): Json {
  const [code, status, message] = words(kind, context);
  const details = detailsOf(kind, context);
  return { error: { code, message: context.message ?? message, status, ...(details ? { details } : {}) } };
}

function blocked({ model }: ErrorContext): Json {
  return {
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
    usageMetadata: { promptTokenCount: 8, totalTokenCount: 8 },
    modelVersion: model ?? 'gemini-2.5-flash',
  };
}

function detailsOf(kind: ErrorKind, { retryAfterSeconds = 1, model }: ErrorContext): Json | undefined {
  const type = 'type.googleapis.com/google.rpc';
  if (kind === 'auth') {
    const metadata = { service: 'generativelanguage.googleapis.com' };
    const message = 'API key not valid. Please pass a valid API key.';
    return [
      { '@type': `${type}.ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com', metadata },
      { '@type': `${type}.LocalizedMessage`, locale: 'en-US', message },
    ];
  }
  if (kind === 'rate_limit' || kind === 'quota') {
    const period = kind === 'quota' ? 'Day' : 'Minute';
    const violation = {
      quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
      quotaId: `GenerateRequestsPer${period}PerProjectPerModel-FreeTier`,
      quotaDimensions: { location: 'global', model: model ?? 'gemini-2.5-flash' },
      quotaValue: '10',
    };
    const link = {
      description: 'Learn more about Gemini API quotas',
      url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    };
    return [
      { '@type': `${type}.QuotaFailure`, violations: [violation] },
      { '@type': `${type}.Help`, links: [link] },
      { '@type': `${type}.RetryInfo`, retryDelay: `${retryAfterSeconds}s` },
    ];
  }
  return undefined;
}

function words(kind: ErrorKind, { model, field }: ErrorContext): readonly [number, string, string] {
  const name = model ?? 'gemini-unknown';
  switch (kind) {
    case 'invalid_request':
      return [400, 'INVALID_ARGUMENT', `Invalid value at '${field ?? 'contents'}'.`];
    case 'auth':
      return [400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'];
    case 'permission':
      return [
        403,
        'PERMISSION_DENIED',
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
      ];
    case 'not_found':
      return [404, 'NOT_FOUND', 'Requested entity was not found.'];
    case 'model_not_found':
      return [
        404,
        'NOT_FOUND',
        `models/${name} is not found for API version v1beta, or is not supported for generateContent. Call ModelService.ListModels to see the list of available models and their supported methods.`,
      ];
    case 'context_overflow':
      return [
        400,
        'INVALID_ARGUMENT',
        'The input token count (1048600) exceeds the maximum number of tokens allowed (1048576).',
      ];
    case 'content_filter':
      return [400, 'INVALID_ARGUMENT', 'The input was blocked by safety filters.'];
    case 'timeout':
      return [504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'];
    case 'conflict':
      return [409, 'ABORTED', 'The operation was aborted.'];
    case 'too_large':
      return [413, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'];
    case 'rate_limit':
    case 'quota':
      return [
        429,
        'RESOURCE_EXHAUSTED',
        'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.',
      ];
    case 'overloaded':
    case 'unavailable':
      return [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'];
    case 'bad_gateway':
      return [502, 'UNAVAILABLE', 'Bad Gateway'];
    default:
      return [
        500,
        'INTERNAL',
        'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
      ];
  }
}
