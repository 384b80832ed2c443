import { asObject } from '../../wire/json.ts';
import type { DialectId } from '../call.ts';
import type { EditableAnswer } from './editable-answer.ts';
import type { Shape } from './shape.ts';
import { anthropicMessages } from './shapes/anthropic-messages.ts';
import { bedrockConverse } from './shapes/bedrock-converse.ts';
import { geminiGenerate } from './shapes/gemini-generate.ts';
import { openaiChat } from './shapes/openai-chat.ts';
import { openaiResponses } from './shapes/openai-responses.ts';

const SHAPES: readonly Shape[] = [
  openaiChat,
  openaiResponses,
  anthropicMessages,
  geminiGenerate,
  bedrockConverse,
];

/**
 * How answers of this dialect are edited; null for those that are only replaced, cut or broken. Bedrock's InvokeModel has
 * the model family's own answers: `body` tells which.
 */
export function shapeOf(dialect: DialectId, body: EditableAnswer | null): Shape | null {
  if (dialect === 'bedrock-invoke') return body && invokedShape(body);
  return SHAPES.find(shape => shape.dialect === dialect) ?? null;
}

function invokedShape({ pieces: [first], framing }: EditableAnswer): Shape | null {
  const value = asObject(first?.value);
  if (framing === 'json') {
    if (value.type === 'message') return anthropicMessages;
    return value.output !== undefined && value.stopReason !== undefined ? bedrockConverse : null;
  }
  if (framing !== 'wrapped-event-stream') return null;
  if (value.type === 'message_start') return anthropicMessages;
  return first?.event === 'messageStart' ? bedrockConverse : null;
}
