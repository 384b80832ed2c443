/** Ollama's errors (https://docs.ollama.com/api/errors): one line of text. */
import type { ErrorContext, ErrorKind, VendorError } from '../error-bodies.ts';

export function ollamaError(kind: ErrorKind, context: ErrorContext): VendorError {
  const [status, message] = words(kind, context.model ?? 'llama3.2');
  return { status, body: { error: context.message ?? message }, headers: [] };
}

function words(kind: ErrorKind, model: string): readonly [number, string] {
  switch (kind) {
    case 'invalid_request':
    case 'content_filter':
      return [400, 'invalid request'];
    case 'auth':
      return [401, 'unauthorized'];
    case 'permission':
      return [403, 'forbidden'];
    case 'not_found':
    case 'model_not_found':
      return [404, `model '${model}' not found`];
    case 'context_overflow':
      return [400, 'the input length exceeds the context length'];
    case 'timeout':
      return [408, 'request timed out'];
    case 'conflict':
      return [409, 'conflict'];
    case 'too_large':
      return [413, 'request body too large'];
    case 'rate_limit':
    case 'quota':
      return [429, 'too many requests'];
    case 'overloaded':
    case 'unavailable':
      return [503, 'server busy, please try again.  maximum pending requests exceeded'];
    case 'bad_gateway':
      return [502, 'bad gateway'];
    case 'server_error':
      return [500, 'llama runner process has terminated: exit status 2'];
  }
}
