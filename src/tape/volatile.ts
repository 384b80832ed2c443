/**
 * What is left out of the match key, and why. The tables are the documentation's source: docs/matching.md lists
 * every entry, and a test compares.
 */

/** Members of a request body that do not change what the model is asked. Name → reason. */
export const IGNORED_MEMBERS: ReadonlyMap<string, string> = new Map([
  ['user', 'names the end user for abuse monitoring (OpenAI and compatible hosts)'],
  ['safety_identifier', "OpenAI's successor of `user`"],
  ['user_id', 'names the end user (Z.AI, Writer and others)'],
  ['request_id', 'a request id made by the client (Z.AI)'],
  ['session_id', "groups requests in a gateway's log (OpenRouter)"],
  ['metadata', 'tags for the dashboard; Anthropic keeps `user_id` there'],
  ['requestMetadata', "Bedrock's tags for its invocation log"],
  ['labels', "Vertex AI's billing labels"],
  ['store', 'whether the provider keeps a copy'],
  ['prompt_cache_key', 'routes to a prompt cache: price and latency, not words'],
  ['prompt_cache_retention', 'how long a prompt cache lives'],
  ['prompt_cache_options', 'how a prompt cache is used'],
  ['stream_options', 'adds a usage chunk or padding to a stream; the words stay the same'],
  ['service_tier', 'price and priority'],
  ['serviceTier', 'price and priority (Bedrock, Gemini)'],
  ['performanceConfig', "Bedrock's latency setting"],
  ['keep_alive', 'how long Ollama keeps the model in memory'],
]);

/** Keys left out wherever they stand in messages, system prompts and tool definitions. */
export const IGNORED_KEYS: ReadonlyMap<string, string> = new Map([
  ['cache_control', 'marks the end of a cached prefix and moves with every turn (Anthropic, OpenRouter)'],
  ['cachePoint', "Bedrock's cache mark: an element of its own, which goes as a whole"],
  ['authorization', 'credential of a remote MCP server (OpenAI)'],
  ['authorization_token', 'credential of a remote MCP server (Anthropic)'],
]);

/** Keys whose string is an id that links a tool call to its result: renamed by first appearance, not left out. */
export const LINK_KEYS: ReadonlyMap<string, string> = new Map([
  ['tool_call_id', 'OpenAI chat and compatible hosts, Cohere'],
  ['call_id', 'OpenAI responses, Gemini interactions'],
  ['tool_use_id', 'Anthropic'],
  ['toolUseId', 'Bedrock'],
  ['approval_request_id', 'OpenAI MCP approvals'],
]);

/** `id` is renamed only on these: tool calls and server-made items. Elsewhere an `id` may be the user's own. */
const CALL_HOLDERS: ReadonlySet<string> = new Set([
  'tool_calls',
  'functionCall',
  'function_call',
  'functionResponse',
  'function_response',
]);
const CALL_TYPES: ReadonlySet<string> = new Set(['tool_use', 'server_tool_use', 'mcp_tool_use']);

/**
 * Whether `object.id` is a volatile id. `holder`: the key under which the object (or its array) stands; `depth`: 0
 * for a message or input item itself. `item_reference` keeps its id: it stands for text that only the server has.
 */
export function idIsVolatile(
  object: Readonly<Record<string, unknown>>,
  holder: string,
  depth: number,
): boolean {
  const type = typeof object.type === 'string' ? object.type : '';
  if (type === 'item_reference') return false;
  return depth === 0 || CALL_HOLDERS.has(holder) || CALL_TYPES.has(type);
}

/** Keys under which the content belongs to the user's tools: nothing in there is ours to rename or to drop. */
export const OPAQUE_KEYS: ReadonlySet<string> = new Set([
  'arguments',
  'args',
  'input',
  'input_schema',
  'inputSchema',
  'parameters',
  'parametersJsonSchema',
  'parameters_json_schema',
  'response',
  'responseSchema',
  'result',
  'action',
  'json',
]);

/** Body members that hold the conversation: lists of messages, system prompts, Bedrock's tool settings. */
export const CONVERSATION_MEMBERS: ReadonlySet<string> = new Set([
  'messages',
  'input',
  'contents',
  'chat_history',
  'tool_results',
  'system',
  'systemInstruction',
  'system_instruction',
  'instructions',
  'toolConfig',
]);

/** Arrays whose order is not the agent's decision: sets and registries give it another one every run. */
export const UNORDERED_KEYS: ReadonlySet<string> = new Set([
  'tools',
  'functions',
  'functionDeclarations',
  'function_declarations',
]);
