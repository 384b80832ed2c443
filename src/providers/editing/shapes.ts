import type { DialectId } from '../call.ts';
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

/** How answers of this dialect are edited; null for those that are only replaced, cut or broken. */
export function shapeOf(dialect: DialectId): Shape | null {
  return SHAPES.find(shape => shape.dialect === dialect) ?? null;
}
