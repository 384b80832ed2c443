/**
 * An exchange as a provider dialect reads it: one shape for every vendor. Names follow OpenTelemetry's GenAI
 * semantic conventions where they have one.
 */
export interface Call {
  readonly dialect: DialectId;
  /** The host family that served it: `openai`, `azure`, `openrouter`, `bedrock`, `ollama`, … or `unknown`. */
  readonly provider: string;
  readonly operation: 'chat' | 'text_completion' | 'embeddings' | 'other';
  /** Model asked for: from the body, or the URL (Gemini, Azure deployments, Bedrock). */
  readonly requestModel: string | null;
  /** Model that answered, as the answer names it. */
  readonly responseModel: string | null;
  readonly stream: boolean;
  /** Sampling and limits, by the vendor's own field names, without messages, system, tools and model. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Instructions, wherever the vendor puts them: a field of their own, or messages of the system's or developer's. */
  readonly system: readonly Part[];
  /** As sent, so that indexes are the body's own: system messages stand here too where the vendor has them. */
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly output: Output;
  readonly usage: Usage | null;
  /** The vendor's own word (`stop`, `tool_calls`, `end_turn`, `STOP`, `MAX_TOKENS` …); null where none came. */
  readonly finishReason: string | null;
  /** Present where the answer is an error: an HTTP error, or an error inside a 200 or a stream. */
  readonly error: CallError | null;
  /** The vendor's id of this answer. */
  readonly responseId: string | null;
  /** Parts of the exchange that the dialect could not read, in words; empty for a clean read. */
  readonly problems: readonly string[];
}

export type DialectId =
  | 'openai-chat'
  | 'openai-responses'
  | 'openai-completions'
  | 'openai-embeddings'
  | 'anthropic-messages'
  | 'anthropic-complete'
  | 'gemini-generate'
  | 'gemini-embeddings'
  | 'gemini-interactions'
  | 'bedrock-converse'
  | 'bedrock-invoke'
  | 'cohere-chat'
  | 'cohere-generate'
  | 'tgi-generate'
  | 'ollama-chat'
  | 'ollama-generate'
  | 'ollama-embed';

export type Role = 'system' | 'user' | 'assistant' | 'tool';

export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'refusal'; readonly text: string }
  | { readonly type: 'tool_call'; readonly call: ToolCall }
  | { readonly type: 'tool_result'; readonly result: ToolResult }
  /** Images, audio, files, server-tool blocks: kept as the vendor sent them. */
  | { readonly type: 'other'; readonly kind: string; readonly value: unknown };

export interface Message {
  readonly role: Role;
  readonly name?: string;
  readonly parts: readonly Part[];
}

export interface ToolCall {
  /** Null where the vendor gives none (older Gemini). */
  readonly id: string | null;
  readonly name: string;
  /** As sent: JSON text for OpenAI, JSON.stringify of the object for the others. */
  readonly argumentsText: string;
  /** Parsed; undefined where the text is not JSON. */
  readonly arguments: unknown;
}

export interface ToolResult {
  readonly id: string | null;
  readonly name: string | null;
  readonly content: readonly Part[];
  readonly isError: boolean;
}

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, as sent. */
  readonly parameters: unknown;
  /** The whole definition, as sent. */
  readonly raw: unknown;
}

export interface Output {
  readonly parts: readonly Part[];
  /** Further choices (`n > 1`, candidates), the first left out. */
  readonly alternatives: readonly (readonly Part[])[];
}

/** Token counts. `input` includes cached tokens; `output` includes reasoning tokens. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
  /** US dollars, where the answer itself says what it cost (OpenRouter, Perplexity). */
  readonly billedUsd?: number;
}

export interface CallError {
  /** HTTP status, 200 where the error came inside a good answer, 0 where the connection broke before an answer's head. */
  readonly status: number;
  /** The vendor's error type or code (`rate_limit_exceeded`, `overloaded_error`, `RESOURCE_EXHAUSTED` …). */
  readonly type: string | null;
  readonly message: string;
}
