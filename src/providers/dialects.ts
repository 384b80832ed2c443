import type { Dialect } from './dialect.ts';
import { anthropicComplete } from './dialects/anthropic-complete.ts';
import { anthropicMessages } from './dialects/anthropic-messages.ts';
import { bedrockConverse } from './dialects/bedrock-converse.ts';
import { bedrockInvoke } from './dialects/bedrock-invoke.ts';
import { cohereChat } from './dialects/cohere-chat.ts';
import { cohereGenerate } from './dialects/cohere-generate.ts';
import { geminiEmbeddings } from './dialects/gemini-embeddings.ts';
import { geminiGenerate } from './dialects/gemini-generate.ts';
import { geminiInteractions } from './dialects/gemini-interactions.ts';
import { ollamaChat, ollamaEmbed, ollamaGenerate } from './dialects/ollama.ts';
import { openaiChat } from './dialects/openai-chat.ts';
import { openaiCompletions } from './dialects/openai-completions.ts';
import { openaiEmbeddings } from './dialects/openai-embeddings.ts';
import { openaiResponses } from './dialects/openai-responses.ts';
import { tgiGenerate } from './dialects/tgi-generate.ts';

/** All dialects; where two claim a path, the first whose shape the body has. */
export const DIALECTS: readonly Dialect[] = [
  openaiChat,
  openaiResponses,
  anthropicMessages,
  geminiGenerate,
  bedrockConverse,
  bedrockInvoke,
  openaiEmbeddings,
  openaiCompletions,
  geminiEmbeddings,
  geminiInteractions,
  ollamaChat,
  ollamaGenerate,
  ollamaEmbed,
  cohereChat,
  cohereGenerate,
  anthropicComplete,
  tgiGenerate,
];
