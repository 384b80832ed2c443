/** Cohere's errors (https://docs.cohere.com/reference/errors): an id and a message. */
import type { ErrorContext, ErrorKind, VendorError } from '../error-bodies.ts';

export function cohereError(kind: ErrorKind, context: ErrorContext): VendorError {
  const [status, message] = words(kind, context);
  const id = context.requestId ?? '00000000-0000-4000-8000-000000000000';
  return { status, body: { id, message: context.message ?? message }, headers: [['x-debug-trace-id', id]] };
}

function words(kind: ErrorKind, { model, field }: ErrorContext): readonly [number, string] {
  const name = model ?? 'command-unknown';
  switch (kind) {
    case 'invalid_request':
      return [400, `invalid request: ${field ?? 'messages'} is invalid`];
    case 'auth':
      return [401, 'invalid api token'];
    case 'permission':
      return [403, 'you do not have permission to access this resource'];
    case 'not_found':
      return [404, 'not found'];
    case 'model_not_found':
      return [
        404,
        `model '${name}' not found, make sure the correct model ID was used and that you have access to the model.`,
      ];
    case 'context_overflow':
      return [400, 'too many tokens: total number of tokens in the prompt exceeds the limit of 128000.'];
    case 'content_filter':
      return [422, 'the request was blocked by our content policy'];
    case 'timeout':
      return [504, 'request timed out'];
    case 'conflict':
      return [409, 'conflict'];
    case 'too_large':
      return [413, 'request body too large'];
    case 'rate_limit':
      return [429, 'Please wait and try again later'];
    case 'quota':
      return [
        402,
        'Please add or update your payment method at https://dashboard.cohere.com/billing?tab=payment to continue',
      ];
    case 'overloaded':
    case 'unavailable':
      return [503, 'service unavailable, please try again later'];
    default:
      return [kind === 'bad_gateway' ? 502 : 500, 'internal server error'];
  }
}
