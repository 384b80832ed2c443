import { header } from '../../wire/headers.ts';
import type { HeaderFacts, Vendor } from '../api.ts';
import { bearerToken, openaiFailure } from './openai.ts';

export const azure: Vendor = {
  name: 'azure',
  credential: request => header(request.headers, 'api-key') || bearerToken(request),
  headers: azureHeaders,
  failure(failure) {
    const answer = openaiFailure(failure);
    const worded = WORDING[failure.kind];
    if (!worded) return answer;
    const message = failure.message ?? worded.message;
    return {
      ...answer,
      status: worded.status,
      body: JSON.stringify({ error: { code: worded.code, message } }),
    };
  },
};

/** Where Azure's gateway answers in words of its own; the rest are OpenAI's. */
const WORDING: Partial<
  Record<string, { readonly status: number; readonly code: string; readonly message: string }>
> = {
  'missing-key': {
    status: 401,
    code: '401',
    message:
      'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
  },
  'invalid-key': {
    status: 401,
    code: '401',
    message:
      'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
  },
  'not-found': { status: 404, code: '404', message: 'Resource not found' },
  'model-not-found': {
    status: 404,
    code: 'DeploymentNotFound',
    message:
      'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
  },
  'rate-limit': {
    status: 429,
    code: '429',
    message:
      'Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 1 second.',
  },
};

function azureHeaders({ random, now, stream, usage }: HeaderFacts): [string, string][] {
  return [
    ['Date', now.toUTCString()],
    ['strict-transport-security', 'max-age=31536000; includeSubDomains; preload'],
    ['apim-request-id', random.uuid()],
    ['azureml-model-session', `d20260330170902-${random.hex(12)}`],
    ['x-accel-buffering', 'no'],
    ['x-content-type-options', 'nosniff'],
    ['x-ms-is-spilled-over', 'false'],
    ['x-ms-rai-invoked', 'true'],
    ['x-ms-region', 'East US 2'],
    ['x-ratelimit-limit-requests', '120'],
    ['x-ratelimit-limit-tokens', '120000'],
    ['x-ratelimit-remaining-requests', '119'],
    ['x-ratelimit-remaining-tokens', String(120_000 - Math.min(usage.input, 120_000))],
    ['x-request-id', random.uuid()],
    ...(stream
      ? []
      : ([['x-envoy-upstream-service-time', String(200 + random.below(800))]] as [string, string][])),
  ];
}
