import { errorAnswer } from '../../providers/error-bodies.ts';
import { header } from '../../wire/headers.ts';
import type { HeaderFacts, Vendor } from '../api.ts';
import { bearerToken } from './openai.ts';

export const azure: Vendor = {
  name: 'azure',
  credential: request => header(request.headers, 'api-key') || bearerToken(request),
  headers: azureHeaders,
  dialect: 'openai-chat',
  missingKey: context => errorAnswer('openai-chat', 'auth', context),
  requestId: random => random.uuid(),
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
