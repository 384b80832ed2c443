import type { Message, Part, ToolCall } from '../providers/call.ts';
import { safeLine, safeText } from './safe-text.ts';

/** What a part says, as one safe text; images and the like are named, not shown. */
export function partText(part: Part): string {
  switch (part.type) {
    case 'text':
      return safeText(part.text);
    case 'reasoning':
      return `(thinks) ${safeText(part.text)}`;
    case 'refusal':
      return `(refuses) ${safeText(part.text)}`;
    case 'tool_call':
      return `→ ${toolCallText(part.call)}`;
    case 'tool_result': {
      const { name, isError, content } = part.result;
      return `${isError ? 'error' : 'result'}${name ? ` of ${safeLine(name)}` : ''}: ${partsText(content)}`;
    }
    case 'other':
      return `[${safeLine(part.kind)}]`;
  }
}

export const partsText = (parts: readonly Part[]): string => parts.map(partText).join('\n');

/** `find_orders({"email":"dana@example.com"})` */
export const toolCallText = ({ name, argumentsText }: Pick<ToolCall, 'name' | 'argumentsText'>): string =>
  `${safeLine(name)}(${safeLine(argumentsText)})`;

export const messageText = ({ parts }: Message): string => partsText(parts);
