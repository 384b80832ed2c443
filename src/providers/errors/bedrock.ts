/**
 * Amazon Bedrock's errors (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors):
 * the type stands in a header, the body is the message.
 */
import type { ErrorContext, ErrorKind, VendorError } from '../error-bodies.ts';

export function bedrockError(kind: ErrorKind, context: ErrorContext): VendorError {
  const [status, type, message] = words(kind, context);
  return {
    status,
    body: { message: context.message ?? message },
    headers: [
      ['x-amzn-requestid', context.requestId ?? '00000000-0000-4000-8000-000000000000'],
      ['x-amzn-errortype', `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`],
    ],
  };
}

function words(kind: ErrorKind, { field }: ErrorContext): readonly [number, string, string] {
  switch (kind) {
    case 'invalid_request':
      return [
        400,
        'ValidationException',
        `The value at ${field ?? 'messages'} is invalid. Fix the value and try again.`,
      ];
    case 'auth':
      return [403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'];
    case 'permission':
      return [
        403,
        'AccessDeniedException',
        "You don't have access to the model with the specified model ID.",
      ];
    case 'not_found':
      return [404, 'ResourceNotFoundException', 'The specified resource was not found.'];
    case 'model_not_found':
      return [400, 'ValidationException', 'The provided model identifier is invalid.'];
    case 'context_overflow':
    case 'too_large':
      return [400, 'ValidationException', 'Input is too long for requested model.'];
    case 'content_filter':
      return [400, 'ValidationException', 'Output blocked by content filtering policy'];
    case 'timeout':
      return [
        408,
        'ModelTimeoutException',
        'Model has timed out in processing the request. Try your request again.',
      ];
    case 'conflict':
      return [
        409,
        'ConflictException',
        'Error occurred because of a conflict while performing an operation.',
      ];
    case 'rate_limit':
      return [429, 'ThrottlingException', 'Too many requests, please wait before trying again.'];
    case 'quota':
      return [429, 'ThrottlingException', 'Too many tokens per day, please wait before trying again.'];
    case 'overloaded':
    case 'unavailable':
      return [503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.'];
    default:
      return [
        kind === 'bad_gateway' ? 502 : 500,
        'InternalServerException',
        'The system encountered an unexpected error during processing. Try your request again.',
      ];
  }
}
