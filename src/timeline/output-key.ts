import { hash } from 'node:crypto';
import type { Call } from '../providers/call.ts';
import { canonicalJson } from '../tape/canonical-json.ts';

/** A call's answer as one comparable text: ids out, words and tool calls in. */
export function outputKey({
  output,
  error,
  finishReason,
}: Pick<Call, 'output' | 'error' | 'finishReason'>): string {
  const parts = [output.parts, ...output.alternatives].map(choice =>
    choice.map(part =>
      part.type === 'tool_call'
        ? ['tool_call', part.call.name, part.call.arguments ?? part.call.argumentsText]
        : part,
    ),
  );
  return hash(
    'sha256',
    canonicalJson([parts, finishReason, error && [error.status, error.type]]),
    'base64url',
  );
}
