import type { Dialect } from './dialect.ts';
import { anthropicMessages } from './dialects/anthropic-messages.ts';
import { geminiGenerate } from './dialects/gemini-generate.ts';
import { openaiChat } from './dialects/openai-chat.ts';
import { openaiResponses } from './dialects/openai-responses.ts';

/** All dialects; where two claim a path, the first whose shape the body has. */
export const DIALECTS: readonly Dialect[] = [openaiChat, openaiResponses, anthropicMessages, geminiGenerate];
