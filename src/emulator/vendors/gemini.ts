import { header } from '../../wire/headers.ts';
import type { Failure, FailureAnswer, HeaderFacts, Incoming, Vendor } from '../api.ts';
import { bearerToken } from './openai.ts';

export const gemini: Vendor = {
  name: 'gemini',
  credential: (request: Incoming) =>
    header(request.headers, 'x-goog-api-key') || request.query.get('key') || bearerToken(request),
  headers: geminiHeaders,
  failure: geminiFailure,
};

function geminiHeaders({ random, now, stream }: HeaderFacts): [string, string][] {
  return [
    ...(stream ? ([['Content-Disposition', 'attachment']] as [string, string][]) : []),
    ['Vary', 'Origin'],
    ['Vary', 'X-Origin'],
    ['Vary', 'Referer'],
    ['Date', now.toUTCString()],
    ['Server', 'scaffolding on HTTPServer2'],
    ['X-XSS-Protection', '0'],
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['X-Content-Type-Options', 'nosniff'],
    ['Server-Timing', `gfet4t7; dur=${200 + random.below(1500)}`],
    ['Alt-Svc', 'h3=":443"; ma=2592000,h3-29=":443"; ma=2592000'],
  ];
}

/** Wording as the API sent it in 2025-2026. */
function geminiFailure(failure: Failure): FailureAnswer {
  const answer = (code: number, status: string, message: string, details?: readonly object[]) => ({
    status: code,
    body: `${JSON.stringify(
      { error: { code, message: failure.message ?? message, status, ...(details ? { details } : {}) } },
      null,
      2,
    )}\n`,
    contentType: 'application/json; charset=UTF-8',
  });
  const model = failure.model ?? '';
  switch (failure.kind) {
    case 'missing-key':
      return answer(
        403,
        'PERMISSION_DENIED',
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
      );
    case 'invalid-key': {
      const message = 'API key not valid. Please pass a valid API key.';
      return answer(400, 'INVALID_ARGUMENT', message, [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'API_KEY_INVALID',
          domain: 'googleapis.com',
          metadata: { service: 'generativelanguage.googleapis.com' },
        },
        { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message },
      ]);
    }
    case 'not-found':
    case 'model-not-found':
      return answer(
        404,
        'NOT_FOUND',
        `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ModelService.ListModels to see the list of available models and their supported methods.`,
      );
    case 'invalid-request':
      return answer(
        400,
        'INVALID_ARGUMENT',
        `* GenerateContentRequest.${failure.field ?? 'contents'}: ${failure.field ?? 'contents'} is not specified\n`,
      );
    case 'rate-limit':
    case 'quota':
      return answer(
        429,
        'RESOURCE_EXHAUSTED',
        'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.',
        [
          {
            '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
            violations: [
              {
                quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
                quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
                quotaDimensions: { location: 'global', model },
                quotaValue: '10',
              },
            ],
          },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${failure.retryAfter ?? 30}s` },
        ],
      );
    case 'context-overflow':
      return answer(
        400,
        'INVALID_ARGUMENT',
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      );
    case 'server-error':
      return answer(
        500,
        'INTERNAL',
        'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
      );
    case 'overloaded':
      return answer(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.');
  }
}
