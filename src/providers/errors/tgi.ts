/** Text Generation Inference's errors (https://huggingface.github.io/text-generation-inference/): words and a type. */
import type { ErrorContext, ErrorKind, VendorError } from '../error-bodies.ts';

export function tgiError(kind: ErrorKind, context: ErrorContext): VendorError {
  const [status, type, message] = words(kind, context.model ?? 'unknown');
  return { status, body: { error: context.message ?? message, error_type: type }, headers: [] };
}

function words(kind: ErrorKind, model: string): readonly [number, string, string] {
  switch (kind) {
    case 'auth':
      return [401, 'authentication', 'Invalid credentials in Authorization header'];
    case 'permission':
      return [403, 'permission', 'This token has not the permission to call Inference Providers'];
    case 'not_found':
    case 'model_not_found':
      return [404, 'not_found', `Model ${model} does not exist`];
    case 'timeout':
      return [408, 'timeout', 'Request timed out'];
    case 'conflict':
      return [409, 'conflict', 'Conflict'];
    case 'too_large':
      return [413, 'validation', 'Failed to buffer the request body: length limit exceeded'];
    case 'invalid_request':
    case 'content_filter':
      return [422, 'validation', 'Input validation error: `inputs` cannot be empty'];
    case 'context_overflow':
      return [
        422,
        'validation',
        'Input validation error: `inputs` must have less than 4095 tokens. Given: 5000',
      ];
    case 'rate_limit':
    case 'quota':
    case 'overloaded':
      return [429, 'overloaded', 'Model is overloaded'];
    case 'unavailable':
      return [503, 'loading', `Model ${model} is currently loading`];
    case 'bad_gateway':
      return [502, 'gateway', 'Bad Gateway'];
    case 'server_error':
      return [424, 'generation', 'Request failed during generation: Server error: CUDA error'];
  }
}
