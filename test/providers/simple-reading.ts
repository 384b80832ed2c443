import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/**
 * A second, simple reading of the corpus' raw bodies, to check `readCall` against. It shares no code with it: streams are
 * split by regular expression, event streams by their lengths, and everything after is plain picking.
 */
export interface SimpleReading {
  readonly model: string | null;
  readonly tools: readonly string[];
  readonly messages: number | null;
  readonly text: string;
  /** Name and arguments, as JSON. */
  readonly toolCalls: readonly string[];
  readonly input: number | null;
  readonly output: number | null;
  readonly finish: string | null;
}

// biome-ignore lint/suspicious/noExplicitAny: the simple reading trusts the data, a wrong guess fails the comparison
type Raw = any;

export function simpleReading(
  endpoint: string,
  url: string,
  request: string,
  raw: Buffer,
  header: (name: string) => string,
): SimpleReading {
  const answer = inflated(raw, header('content-encoding'));
  const reading = pick(endpoint, url, request, answer);
  // Where the body counts nothing, Bedrock's headers do.
  const counted = (name: string): number | null =>
    endpoint === 'invoke' && header(name) !== '' ? Number(header(name)) : null;
  const input = reading.input ?? counted('x-amzn-bedrock-input-token-count');
  return {
    ...reading,
    input,
    output:
      (endpoint === 'invoke' ? reading.output || null : reading.output) ??
      counted('x-amzn-bedrock-output-token-count') ??
      (input === null ? null : 0),
  };
}

/** Most bodies of the corpus are stored plain, whatever their header says. */
function inflated(raw: Buffer, coding: string): Buffer {
  try {
    return coding === 'br' ? brotliDecompressSync(raw) : coding === 'gzip' ? gunzipSync(raw) : raw;
  } catch {
    return raw;
  }
}

function pick(endpoint: string, url: string, request: string, answer: Buffer): SimpleReading {
  const body: Raw = JSON.parse(request);
  const path = decodeURIComponent(new URL(url, 'http://x').pathname);
  const chat = Array.isArray(body.messages) && !('message' in body);
  if (endpoint === 'responses') return responses(body, answer);
  if (endpoint === 'messages') return anthropic(body, body.model, jsonValues(answer));
  if (endpoint === 'anthropic complete')
    return prompt(body.model, jsonValues(answer), 'completion', 'stop_reason');
  if (endpoint === 'generateContent' || endpoint === 'streamGenerateContent')
    return gemini(body, path, answer);
  if (endpoint === 'interactions') return interactions(body, jsonValues(answer));
  if (endpoint.startsWith('converse')) return converse(body, path, eventValues(answer));
  if (endpoint.startsWith('invoke')) return invoke(body, path, eventValues(answer));
  if (endpoint.startsWith('ollama')) return ollama(body, jsonValues(answer));
  if (endpoint === 'cohere chat' && !path.startsWith('/v1/chat')) return cohereV2(body, jsonValues(answer));
  if (endpoint === 'cohere chat' && !chat) return cohereV1(body, jsonValues(answer));
  if (endpoint === 'generate') return cohereGenerate(body, jsonValues(answer));
  if (endpoint === 'completions' && 'prompt' in body) return completions(body, path, jsonValues(answer));
  if (endpoint === 'text-generation') return prompt(/models\/(.+)$/.exec(path)?.[1] ?? null, [], '', '');
  return openai(body, path, jsonValues(answer));
}

/** JSON, SSE or ndjson, by their looks. */
function jsonValues(answer: Buffer): Raw[] {
  const text = answer.toString('utf8').replace(/^\ufeff/, '');
  if (/^\s*[{[]/.test(text)) {
    try {
      const value: Raw = JSON.parse(text);
      return Array.isArray(value) ? value : [value];
    } catch {
      return text
        .trim()
        .split('\n')
        .map(line => JSON.parse(line));
    }
  }
  if (!/^(data|event|id|:)/m.test(text) && text.trim() !== '') throw new SyntaxError('neither JSON nor SSE');
  return text
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map(block => block.split(/\r\n|\n|\r/).filter(line => line.startsWith('data:')))
    .map(lines =>
      lines
        .map(line => line.slice(5))
        .join('\n')
        .trim(),
    )
    .filter(data => data !== '' && data !== '[DONE]')
    .map(data => JSON.parse(data));
}

function eventValues(answer: Buffer): Raw[] {
  if (answer[0] !== 0) return jsonValues(answer);
  const values: Raw[] = [];
  for (let at = 0; at < answer.length; at += answer.readUInt32BE(at)) {
    const headers = answer.readUInt32BE(at + 4);
    const payload = JSON.parse(answer.toString('utf8', at + 12 + headers, at + answer.readUInt32BE(at) - 4));
    const name =
      /:event-type...(\w+)/s.exec(answer.toString('latin1', at + 12, at + 12 + headers))?.[1] ?? '';
    values.push(
      name === 'chunk' ? JSON.parse(Buffer.from(payload.bytes, 'base64').toString()) : { [name]: payload },
    );
  }
  return values;
}

const call = (name: string, args: Raw): string =>
  JSON.stringify([name, typeof args === 'string' ? (tryParse(args) ?? null) : (args ?? {})]);

function tryParse(text: string): Raw {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const last = (values: Raw[]): Raw =>
  values.filter(value => value !== undefined && value !== null).at(-1) ?? null;
const first = (values: Raw[]): Raw => values.find(value => value !== undefined && value !== null) ?? null;
const plainText = (content: Raw): string => {
  if (typeof content === 'string') return content;
  if (content && !Array.isArray(content)) return JSON.stringify(content);
  return (content ?? [])
    .map((part: Raw) => (typeof part.text === 'string' && !part.thought ? part.text : ''))
    .join('');
};

function openai(body: Raw, path: string, values: Raw[]): SimpleReading {
  const choices = values
    .flatMap(value => value.choices ?? [])
    .filter((choice: Raw) => (choice.index ?? 0) === 0);
  const messages = choices.map((choice: Raw) =>
    values.length === 1 ? (choice.message ?? choice.delta ?? {}) : (choice.delta ?? choice.message ?? {}),
  );
  const calls: { index: Raw; id: Raw; name: string; args: string }[] = [];
  for (const delta of messages.flatMap((message: Raw) => message.tool_calls ?? [])) {
    const open = calls.findLast(
      one => one.index === delta.index && delta.index != null && (!delta.id || one.id === delta.id),
    );
    const asked = delta.function ?? delta.custom ?? {};
    const whole = messages.length === 1 && !('arguments' in asked) && !('input' in asked);
    const args = asked.arguments ?? asked.input ?? (whole ? '{}' : '');
    if (open) open.args += args;
    else calls.push({ index: delta.index, id: delta.id, name: asked.name ?? '', args });
  }
  const legacy = messages.map((message: Raw) => message.function_call).filter(Boolean);
  if (legacy.length > 0) {
    calls.push({
      index: 0,
      id: 0,
      name: legacy[0].name,
      args: legacy.map((one: Raw) => one.arguments ?? '').join(''),
    });
  }
  const usage = last(values.map(value => value.usage ?? value.x_groq?.usage));
  const reasoning = usage?.completion_tokens_details?.reasoning_tokens ?? 0;
  const apart = usage ? usage.total_tokens - usage.prompt_tokens - usage.completion_tokens : 0;
  const plain = usage && !usage.completion_tokens_details && !usage.prompt_tokens_details;
  const extra = apart > 0 && (apart === reasoning || plain) ? apart : 0;
  return {
    model: body.model ?? /(?:deployments|models)\/([^/:]+)/.exec(path)?.[1] ?? null,
    tools: [
      ...(body.tools ?? []).map((tool: Raw) => (tool.function ?? tool.custom)?.name ?? tool.type),
      ...(body.functions ?? []).map((one: Raw) => one.name),
    ],
    messages: body.messages?.length ?? 0,
    text: messages.map((message: Raw) => plainText(message.content)).join(''),
    toolCalls: calls.map(one => call(one.name, one.args)),
    input: usage?.prompt_tokens ?? null,
    output: usage ? usage.completion_tokens + extra : null,
    finish: last(choices.map((choice: Raw) => choice.finish_reason)),
  };
}

function responses(body: Raw, answer: Buffer): SimpleReading {
  const values = jsonValues(answer);
  const final = last(values.map(value => (value.type ? value.response : value))) ?? {};
  const done = values.filter(value => value.type === 'response.output_item.done').map(value => value.item);
  const items: Raw[] = final.output?.length > 0 ? final.output : done;
  return {
    model: body.model ?? null,
    tools: (body.tools ?? []).map((tool: Raw) => tool.name ?? tool.server_label ?? tool.type),
    messages: typeof body.input === 'string' ? 1 : (body.input?.length ?? 0),
    text: items
      .filter(item => item.type === 'message')
      .map(item => plainText(item.content))
      .join(''),
    toolCalls: items
      .filter(item => item.type === 'function_call' || item.type === 'custom_tool_call')
      .map(item => call(item.name, item.arguments ?? item.input)),
    input: final.usage?.input_tokens ?? null,
    output: final.usage?.output_tokens ?? null,
    finish: final.incomplete_details?.reason ?? final.status ?? null,
  };
}

function anthropic(body: Raw, model: string | null, values: Raw[]): SimpleReading {
  const deltas = values.map(value => value.delta).filter(Boolean);
  const whole = values[0]?.content ?? [];
  const blocks = values.filter(value => value.type === 'content_block_start');
  const streamed = blocks
    .filter(value => value.content_block.type === 'tool_use')
    .map(({ index, content_block: block }) => {
      const own = values.filter(value => value.type === 'content_block_delta' && value.index === index);
      const json = own.map(value => value.delta.partial_json ?? '').join('');
      return call(block.name, json === '' ? block.input : json);
    });
  const start = values.find(value => value.type === 'message_start')?.message?.usage;
  const end = values.findLast(value => value.type === 'message_delta')?.usage;
  const pick = (name: string): Raw => end?.[name] ?? start?.[name] ?? values[0]?.usage?.[name];
  const counted = pick('input_tokens') !== undefined || pick('output_tokens') !== undefined;
  const cached = (pick('cache_read_input_tokens') ?? 0) + (pick('cache_creation_input_tokens') ?? 0);
  return {
    model,
    tools: (body.tools ?? []).map((tool: Raw) => tool.name ?? tool.type),
    messages: body.messages.length,
    text:
      plainText(whole.filter((block: Raw) => block.type === 'text')) +
      deltas
        .filter(delta => delta.type === 'text_delta')
        .map(delta => delta.text)
        .join(''),
    toolCalls: [
      ...whole
        .filter((block: Raw) => block.type === 'tool_use')
        .map((block: Raw) => call(block.name, block.input)),
      ...streamed,
    ],
    input: counted ? (pick('input_tokens') ?? 0) + cached : null,
    output: counted ? (pick('output_tokens') ?? 0) : null,
    finish: last(deltas.map(delta => delta.stop_reason)) ?? values[0]?.stop_reason ?? null,
  };
}

function prompt(model: string | null, values: Raw[], field: string, finish: string): SimpleReading {
  return {
    model,
    tools: [],
    messages: 1,
    text: values.map(value => value[field] ?? '').join(''),
    toolCalls: [],
    input: null,
    output: null,
    finish: last(values.map(value => value[finish])),
  };
}

function gemini(body: Raw, path: string, answer: Buffer): SimpleReading {
  const values = jsonValues(answer);
  const candidates = values.map(value => value.candidates?.[0]).filter(Boolean);
  const parts = candidates.flatMap(candidate => candidate.content?.parts ?? []);
  const usage = last(values.map(value => value.usageMetadata));
  const counted = usage?.totalTokenCount ?? usage?.promptTokenCount ?? usage?.candidatesTokenCount;
  const tools = [body.tools ?? []].flat().flatMap((tool: Raw) => {
    const declared = tool.functionDeclarations ?? tool.function_declarations ?? [];
    const others = Object.keys(tool).filter(key => !/^function_?declarations$/i.test(key));
    return [...declared.map((one: Raw) => one.name), ...others];
  });
  return {
    model: /models\/([^/:]+)/.exec(path)?.[1] ?? null,
    tools,
    messages: Array.isArray(body.contents) ? body.contents.length : 1,
    text: plainText(parts),
    toolCalls: parts
      .filter(part => part.functionCall)
      .map(part => call(part.functionCall.name, part.functionCall.args)),
    input: counted ? (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0) : null,
    output: counted ? (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0) : null,
    finish:
      last(candidates.map(candidate => (candidate.finishReason === 1 ? 'STOP' : candidate.finishReason))) ??
      first(values.map(value => value.promptFeedback?.blockReason)),
  };
}

function interactions(body: Raw, values: Raw[]): SimpleReading {
  const final = Object.assign(
    {},
    ...values.map(value => value.interaction ?? (value.event_type ? {} : value)),
  );
  const steps: Raw[] = final.steps ?? values.filter(value => value.step).map(value => value.step);
  const deltas = values.map(value => value.delta).filter(Boolean);
  const { usage } = final;
  const argsOf = (step: Raw): string => {
    const index = values.find(value => value.step === step)?.index;
    const own = values.filter(value => value.index === index && value.delta?.type === 'arguments_delta');
    return own.map(value => value.delta.arguments).join('');
  };
  return {
    model: body.model ?? body.agent,
    tools: (body.tools ?? []).map((tool: Raw) => tool.name ?? tool.type),
    messages: null,
    text:
      steps
        .filter(step => step.type === 'model_output')
        .map(step => plainText(step.content))
        .join('') +
      deltas
        .filter(delta => delta.type === 'text')
        .map(delta => delta.text)
        .join(''),
    toolCalls: steps
      .filter(step => step.type === 'function_call')
      .map(step => call(step.name, argsOf(step) || step.arguments)),
    input: usage ? usage.total_input_tokens + usage.total_tool_use_tokens : null,
    output: usage ? usage.total_output_tokens + usage.total_thought_tokens : null,
    finish: final.status,
  };
}

function converse(body: Raw, path: string, values: Raw[]): SimpleReading {
  const content = values.flatMap(value => value.output?.message?.content ?? []);
  const starts = values.map(value => value.contentBlockStart).filter(Boolean);
  const deltas = values.map(value => value.contentBlockDelta).filter(Boolean);
  const streamed = starts
    .filter(start => start.start.toolUse)
    .map(start => {
      const own = deltas.filter(delta => delta.contentBlockIndex === start.contentBlockIndex);
      const input = own
        .map(delta => delta.delta.toolUse?.input ?? '')
        .map(piece => (typeof piece === 'string' ? piece : JSON.stringify(piece)));
      return call(start.start.toolUse.name, input.join('') || {});
    });
  const usage = last(values.map(value => value.usage ?? value.metadata?.usage));
  const cached = ['Read', 'Write'].map(
    way => usage?.[`cache${way}InputTokens`] ?? usage?.[`cache${way}InputTokenCount`] ?? 0,
  );
  return {
    model: /model\/(.+)\/(converse|invoke)/.exec(path)?.[1] ?? null,
    tools: (body.toolConfig?.tools ?? []).map((tool: Raw) => tool.toolSpec?.name ?? Object.keys(tool)[0]),
    messages: body.messages.length,
    text: plainText(content) + deltas.map(delta => delta.delta.text ?? '').join(''),
    toolCalls: [
      ...content.filter(part => part.toolUse).map(part => call(part.toolUse.name, part.toolUse.input)),
      ...streamed,
    ],
    input: usage ? (usage.inputTokens ?? 0) + cached[0]! + cached[1]! : null,
    output: usage?.outputTokens ?? null,
    finish: last(values.map(value => value.stopReason ?? value.messageStop?.stopReason)),
  };
}

function invoke(body: Raw, path: string, values: Raw[]): SimpleReading {
  const model = /model\/(.+)\/invoke/.exec(path)?.[1] ?? null;
  if (body.anthropic_version) return anthropic(body, model, values);
  if (body.messages && /nova/.test(path)) return converse(body, path, values);
  if (body.messages) return { ...openai(body, path, values), model };
  const metrics = values.map(value => value['amazon-bedrock-invocationMetrics']).find(Boolean);
  const texts = values.map(value => {
    const one =
      (value.results ?? value.generations ?? value.outputs ?? value.completions)?.[0] ??
      (value.index ? {} : value);
    return one.outputText ?? one.generation ?? one.text ?? one.completion ?? one.data?.text ?? '';
  });
  const results = values.map(
    value => (value.results ?? value.generations ?? value.completions)?.[0] ?? value,
  );
  const input = first(values.map(value => value.inputTextTokenCount ?? value.prompt_token_count));
  const output = last(
    results.map(one => one.tokenCount ?? one.totalOutputTextTokenCount ?? one.generation_token_count),
  );
  return {
    model,
    tools: [],
    messages: null,
    text: texts.join(''),
    toolCalls: [],
    input: input ?? metrics?.inputTokenCount ?? null,
    output: output ?? metrics?.outputTokenCount ?? (input === null ? null : 0),
    finish: last(
      results.map(
        one => one.completionReason ?? one.finish_reason ?? one.stop_reason ?? one.finishReason?.reason,
      ),
    ),
  };
}

function ollama(body: Raw, values: Raw[]): SimpleReading {
  const end = values.at(-1) ?? {};
  const calls = values.flatMap(value => value.message?.tool_calls ?? []);
  const counted = end.prompt_eval_count !== undefined || end.eval_count !== undefined;
  return {
    model: body.model,
    tools: (body.tools ?? []).map((tool: Raw) => tool.function.name),
    messages: body.messages?.length ?? 1,
    text: values.map(value => value.message?.content ?? value.response ?? '').join(''),
    toolCalls: calls.map((one: Raw) => call(one.function.name, one.function.arguments)),
    input: counted ? (end.prompt_eval_count ?? 0) : null,
    output: counted ? (end.eval_count ?? 0) : null,
    finish: end.done_reason ?? null,
  };
}

function cohereV2(body: Raw, values: Raw[]): SimpleReading {
  const whole = values.find(value => value.message && !value.type);
  const deltas = values.map(value => value.delta?.message).filter(Boolean);
  const starts = deltas.filter(delta => delta.tool_calls?.id);
  const indexOf = (delta: Raw): Raw => values.find(value => value.delta?.message === delta)?.index;
  const argsAt = (index: Raw): string =>
    deltas
      .filter(delta => indexOf(delta) === index)
      .map(delta => delta.tool_calls?.function?.arguments ?? '')
      .join('');
  const { usage, finish_reason: finish } =
    whole ?? values.find(value => value.type === 'message-end')?.delta ?? {};
  return {
    model: body.model ?? null,
    tools: (body.tools ?? []).map((tool: Raw) => tool.function.name),
    messages: body.messages.length,
    text: plainText(whole?.message.content ?? []) + deltas.map(delta => delta.content?.text ?? '').join(''),
    toolCalls: [
      ...(whole?.message.tool_calls ?? []).map((one: Raw) => call(one.function.name, one.function.arguments)),
      ...starts.map(delta => call(delta.tool_calls.function.name, argsAt(indexOf(delta)))),
    ],
    input: usage?.tokens.input_tokens ?? null,
    output: usage?.tokens.output_tokens ?? null,
    finish: finish ?? null,
  };
}

function cohereV1(body: Raw, values: Raw[]): SimpleReading {
  const whole = values.find(value => value.event_type === 'stream-end')?.response ?? values[0];
  return {
    model: body.model ?? null,
    tools: (body.tools ?? []).map((tool: Raw) => tool.name),
    messages: null,
    text: whole.text ?? '',
    toolCalls: (whole.tool_calls ?? []).map((one: Raw) => call(one.name, one.parameters)),
    input: whole.meta?.tokens?.input_tokens ?? whole.meta?.billed_units?.input_tokens ?? null,
    output: whole.meta?.tokens?.output_tokens ?? whole.meta?.billed_units?.output_tokens ?? null,
    finish: values.at(-1).finish_reason ?? whole.finish_reason ?? null,
  };
}

function cohereGenerate(body: Raw, values: Raw[]): SimpleReading {
  const end = values.at(-1);
  const whole = end.response ?? end;
  const counts = whole.meta?.tokens ?? whole.meta?.billed_units;
  return {
    ...prompt(body.model ?? null, [], '', ''),
    text: whole.generations?.[0].text ?? '',
    input: counts?.input_tokens ?? null,
    output: counts?.output_tokens ?? null,
    finish: end.finish_reason ?? whole.generations?.[0].finish_reason ?? null,
  };
}

function completions(body: Raw, path: string, values: Raw[]): SimpleReading {
  const choices = values
    .flatMap(value => value.choices ?? [])
    .filter((choice: Raw) => (choice.index ?? 0) === 0);
  const usage = last(values.map(value => value.usage));
  return {
    model: body.model ?? /deployments\/([^/]+)/.exec(path)?.[1] ?? null,
    tools: [],
    messages: null,
    text: choices.map((choice: Raw) => choice.text ?? '').join(''),
    toolCalls: [],
    input: usage?.prompt_tokens ?? null,
    output: usage ? (usage.completion_tokens ?? 0) : null,
    finish: last(choices.map((choice: Raw) => choice.finish_reason)),
  };
}
