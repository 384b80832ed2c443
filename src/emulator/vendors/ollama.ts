import { errorAnswer } from '../../providers/error-bodies.ts';
import { type ChatApi, eventsOf, Refused, type Vendor, type Writing } from '../api.ts';
import { textOf, toolCallsOf } from '../completion.ts';
import { contentText, fields, list, numberOrNull, text, textOrNull } from '../fields.ts';
import type { PromptMessage } from '../prompt.ts';

/** A local Ollama needs no key. */
const ollama: Vendor = {
  name: 'ollama',
  credential: () => 'none needed',
  headers: ({ now }) => [['Date', now.toUTCString()]],
  dialect: 'ollama-chat',
  missingKey: context => errorAnswer('ollama-chat', 'auth', context),
  requestId: () => '',
};

/** POST /api/chat */
export const ollamaChat: ChatApi = {
  kind: 'chat',
  vendor: ollama,
  dialect: 'ollama-chat',
  contentType: 'application/json; charset=utf-8',
  streamContentType: () => 'application/x-ndjson',
  read(request) {
    const body = fields(request.json);
    if (text(body.model) === '') throw new Refused('invalid_request', 'model is required');
    const messages = list(body.messages).map(fields);
    return {
      provider: 'ollama',
      model: text(body.model),
      stream: body.stream !== false,
      system: messages
        .filter(message => message.role === 'system')
        .map(message => contentText(message.content))
        .join('\n'),
      messages: messages.filter(message => message.role !== 'system').map(readMessage),
      tools: list(body.tools).map(value => {
        const tool = fields(fields(value).function);
        return { name: text(tool.name), parameters: tool.parameters };
      }),
      toolChoice: 'auto',
      maxTokens: numberOrNull(fields(body.options).num_predict),
      schema: body.format === 'json' ? true : body.format,
      choices: 1,
      temperature: numberOrNull(fields(body.options).temperature),
    };
  },
  whole: writing => JSON.stringify(line(writing, wholeMessage(writing), true)),
  stream(writing) {
    const said = eventsOf(textOf(writing.completion, 'text'), writing, 1);
    const lines = said.map(content => line(writing, { role: 'assistant', content }, false));
    const calls = toolCalls(writing);
    if (calls.length > 0)
      lines.push(line(writing, { role: 'assistant', content: '', tool_calls: calls }, false));
    lines.push(line(writing, { role: 'assistant', content: '' }, true));
    return lines.map(each => `${JSON.stringify(each)}\n`);
  },
};

function readMessage(message: ReturnType<typeof fields>): PromptMessage {
  const content = contentText(message.content);
  if (message.role === 'tool') {
    const name = textOrNull(message.tool_name) ?? textOrNull(message.name);
    return { role: 'tool', id: textOrNull(message.tool_call_id), name, text: content };
  }
  if (message.role !== 'assistant') return { role: 'user', text: content };
  const calls = list(message.tool_calls).map(value => {
    const tool = fields(fields(value).function);
    return { id: textOrNull(fields(value).id), name: text(tool.name), arguments: tool.arguments };
  });
  return { role: 'assistant', text: content, toolCalls: calls };
}

function toolCalls({ completion, random }: Writing): object[] {
  return toolCallsOf(completion).map((call, index) => ({
    id: `call_${random.alphanumeric(8).toLowerCase()}`,
    function: { index, name: call.name, arguments: call.arguments },
  }));
}

function wholeMessage(writing: Writing): object {
  const calls = toolCalls(writing);
  const thinking = textOf(writing.completion, 'reasoning');
  return {
    role: 'assistant',
    content: textOf(writing.completion, 'text') || textOf(writing.completion, 'refusal'),
    ...(thinking === '' ? {} : { thinking }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

function line({ model, now, usage, completion, random }: Writing, message: object, done: boolean): object {
  const created_at = `${now.toISOString().slice(0, -1)}${String(random.below(1000)).padStart(3, '0')}Z`;
  if (!done) return { model, created_at, message, done };
  return {
    model,
    created_at,
    message,
    done,
    done_reason: completion.finish === 'length' ? 'length' : 'stop',
    total_duration: 1_735_248_334,
    load_duration: 139_246_000,
    prompt_eval_count: usage.input,
    prompt_eval_duration: 247_164_000,
    eval_count: usage.output,
    eval_duration: 1_337_032_000,
  };
}
