import type { Asked, Run, Said, Turn, Vendor } from './scenario.ts';

const schemaOf = (properties: object): object => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});

const openaiChat: Vendor = {
  name: 'OpenAI chat',
  words: { length: 'length', withheld: 'content_filter' },
  request: ({ model, system, tools, parameters }: Run, messages) => ({
    host: 'api.openai.com',
    path: '/v1/chat/completions',
    body: {
      model,
      messages: [{ role: 'system', content: system }, ...messages.map(chatMessage)],
      tools: tools.map(({ name, description, properties }) => ({
        type: 'function',
        function: { name, description, parameters: schemaOf(properties) },
      })),
      ...parameters,
    },
  }),
  answer: (turn, calls, model) => ({
    id: `chatcmpl-${Math.random()}`,
    object: 'chat.completion',
    model: turn.model ?? `${model}-2024-08-06`,
    system_fingerprint: turn.fingerprint ?? 'fp_1',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: turn.text ?? null,
          ...(turn.refusal ? { refusal: turn.refusal } : {}),
          ...(calls.length > 0 ? { tool_calls: calls.map(call => chatCall(call, turn.rawArguments)) } : {}),
        },
        finish_reason: turn.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop'),
      },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  }),
};

function chatCall({ id, name, args }: Asked, raw?: string): object {
  return { id, type: 'function', function: { name, arguments: raw ?? JSON.stringify(args) } };
}

function chatMessage(said: Said): object {
  if (said.role === 'user') return { role: 'user', content: said.text };
  if (said.role === 'tool') return { role: 'tool', tool_call_id: said.id, content: said.text };
  return {
    role: 'assistant',
    content: said.text || null,
    ...(said.calls.length > 0 ? { tool_calls: said.calls.map(call => chatCall(call)) } : {}),
  };
}

const openaiResponses: Vendor = {
  name: 'OpenAI responses',
  words: { length: 'max_output_tokens', withheld: 'content_filter' },
  request: ({ model, system, tools, parameters }, messages) => ({
    host: 'api.openai.com',
    path: '/v1/responses',
    body: {
      model,
      instructions: system,
      input: messages.flatMap(responsesItems),
      tools: tools.map(({ name, description, properties }) => ({
        type: 'function',
        name,
        description,
        parameters: schemaOf(properties),
      })),
      ...parameters,
    },
  }),
  answer: (turn, calls, model) => ({
    id: `resp_${Math.random()}`,
    object: 'response',
    model: turn.model ?? `${model}-2024-08-06`,
    status: turn.finish ? 'incomplete' : 'completed',
    ...(turn.finish ? { incomplete_details: { reason: turn.finish } } : {}),
    output: [
      ...(turn.serverBlock ? [turn.serverBlock] : []),
      ...(turn.text || turn.refusal
        ? [
            {
              type: 'message',
              role: 'assistant',
              content: [
                turn.refusal
                  ? { type: 'refusal', refusal: turn.refusal }
                  : { type: 'output_text', text: turn.text, annotations: [] },
              ],
            },
          ]
        : []),
      ...calls.map(({ id, name, args }) => ({
        type: 'function_call',
        id: `fc_${id}`,
        call_id: id,
        name,
        arguments: turn.rawArguments ?? JSON.stringify(args),
      })),
    ],
    usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
  }),
};

function responsesItems(said: Said): readonly object[] {
  if (said.role === 'user') return [{ role: 'user', content: said.text }];
  if (said.role === 'tool') return [{ type: 'function_call_output', call_id: said.id, output: said.text }];
  return [
    ...(said.text ? [{ role: 'assistant', content: said.text }] : []),
    ...said.calls.map(({ id, name, args }) => ({
      type: 'function_call',
      call_id: id,
      name,
      arguments: JSON.stringify(args),
    })),
  ];
}

const anthropic: Vendor = {
  name: 'Anthropic',
  words: { length: 'max_tokens', withheld: 'refusal' },
  request: ({ model, system, tools, parameters }, messages) => ({
    host: 'api.anthropic.com',
    path: '/v1/messages',
    body: {
      model,
      max_tokens: 1024,
      system,
      messages: grouped(messages).map(({ role, parts }) => ({
        role,
        content: parts.flatMap(anthropicBlocks),
      })),
      tools: tools.map(({ name, description, properties }) => ({
        name,
        description,
        input_schema: schemaOf(properties),
      })),
      ...parameters,
    },
  }),
  answer: (turn, calls, model) => ({
    id: `msg_${Math.random()}`,
    type: 'message',
    role: 'assistant',
    model: turn.model ?? `${model}-20250101`,
    content: [
      ...(turn.serverBlock ? [turn.serverBlock] : []),
      ...(turn.text ? [{ type: 'text', text: turn.text }] : []),
      ...calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: args })),
    ],
    stop_reason: turn.finish ?? (calls.length > 0 ? 'tool_use' : 'end_turn'),
    usage: { input_tokens: 10, output_tokens: 5 },
  }),
};

function anthropicBlocks(said: Said): readonly object[] {
  if (said.role === 'user') return [{ type: 'text', text: said.text }];
  if (said.role === 'tool') return [{ type: 'tool_result', tool_use_id: said.id, content: said.text }];
  return [
    ...(said.text ? [{ type: 'text', text: said.text }] : []),
    ...said.calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: args })),
  ];
}

const gemini: Vendor = {
  name: 'Gemini',
  words: { length: 'MAX_TOKENS', withheld: 'SAFETY' },
  request: ({ model, system, tools, parameters }, messages) => ({
    host: 'generativelanguage.googleapis.com',
    path: `/v1beta/models/${model}:generateContent`,
    body: {
      systemInstruction: { parts: [{ text: system }] },
      contents: grouped(messages).map(({ role, parts }) => ({
        role: role === 'assistant' ? 'model' : 'user',
        parts: parts.flatMap(geminiParts),
      })),
      tools: [
        {
          functionDeclarations: tools.map(({ name, description, properties }) => ({
            name,
            description,
            parameters: schemaOf(properties),
          })),
        },
      ],
      ...vendorParameters(parameters, 'generationConfig', { max_tokens: 'maxOutputTokens', top_p: 'topP' }),
    },
  }),
  answer: (turn, calls, model) => ({
    candidates: [
      {
        content: {
          role: 'model',
          parts: [
            ...(turn.text ? [{ text: turn.text }] : []),
            ...calls.map(({ name, args }) => ({ functionCall: { name, args } })),
          ],
        },
        finishReason: turn.finish ?? 'STOP',
        index: 0,
      },
    ],
    modelVersion: turn.model ?? `${model}-001`,
    responseId: `${Math.random()}`,
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
  }),
};

function geminiParts(said: Said): readonly object[] {
  if (said.role === 'user') return [{ text: said.text }];
  if (said.role === 'tool')
    return [{ functionResponse: { name: said.name, response: { result: said.text } } }];
  return [
    ...(said.text ? [{ text: said.text }] : []),
    ...said.calls.map(({ name, args }) => ({ functionCall: { name, args } })),
  ];
}

const bedrock: Vendor = {
  name: 'Bedrock',
  words: { length: 'max_tokens', withheld: 'guardrail_intervened' },
  request: ({ model, system, tools, parameters }, messages) => ({
    host: 'bedrock-runtime.us-east-1.amazonaws.com',
    path: `/model/${encodeURIComponent(model)}/converse`,
    body: {
      system: [{ text: system }],
      messages: grouped(messages).map(({ role, parts }) => ({ role, content: parts.flatMap(bedrockBlocks) })),
      toolConfig: {
        tools: tools.map(({ name, description, properties }) => ({
          toolSpec: { name, description, inputSchema: { json: schemaOf(properties) } },
        })),
      },
      ...vendorParameters(parameters, 'inferenceConfig', { max_tokens: 'maxTokens', top_p: 'topP' }),
    },
  }),
  answer: (turn, calls) => ({
    output: {
      message: {
        role: 'assistant',
        content: [
          ...(turn.text ? [{ text: turn.text }] : []),
          ...calls.map(({ id, name, args }) => ({ toolUse: { toolUseId: id, name, input: args } })),
        ],
      },
    },
    stopReason: turn.finish ?? (calls.length > 0 ? 'tool_use' : 'end_turn'),
    usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
    metrics: { latencyMs: 50 },
  }),
};

function bedrockBlocks(said: Said): readonly object[] {
  if (said.role === 'user') return [{ text: said.text }];
  if (said.role === 'tool') return [{ toolResult: { toolUseId: said.id, content: [{ text: said.text }] } }];
  return [
    ...(said.text ? [{ text: said.text }] : []),
    ...said.calls.map(({ id, name, args }) => ({ toolUse: { toolUseId: id, name, input: args } })),
  ];
}

function vendorParameters(
  parameters: Run['parameters'],
  holder: string,
  names: Readonly<Record<string, string>>,
): object {
  const entries = Object.entries(parameters).map(([name, value]) => [names[name] ?? name, value]);
  return entries.length === 0 ? {} : { [holder]: Object.fromEntries(entries) };
}

/** Results belong to the user's turn with these vendors: neighbours of one role are one message. */
function grouped(
  messages: readonly Said[],
): readonly { readonly role: 'user' | 'assistant'; readonly parts: readonly Said[] }[] {
  const groups: { role: 'user' | 'assistant'; parts: Said[] }[] = [];
  for (const said of messages) {
    const role = said.role === 'assistant' ? 'assistant' : 'user';
    const last = groups.at(-1);
    if (last?.role === role) last.parts.push(said);
    else groups.push({ role, parts: [said] });
  }
  return groups;
}

export type { Turn };
export const VENDORS: readonly Vendor[] = [openaiChat, openaiResponses, anthropic, gemini, bedrock];
