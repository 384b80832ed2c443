import { type Incoming, Refused } from '../api.ts';
import { contentText, type Fields, fields, list, numberOrNull, text, textOrNull } from '../fields.ts';
import type { Memory } from '../memory.ts';
import { type Prompt, type PromptMessage, type ProviderName, parsedOrText } from '../prompt.ts';

export function readResponsesPrompt(request: Incoming, memory: Memory, provider: ProviderName): Prompt {
  const body = fields(request.json);
  if (text(body.model) === '') throw new Refused('invalid_request', "Missing required parameter: 'model'.");
  const items = conversation(body, memory);
  return {
    provider,
    model: text(body.model),
    stream: body.stream === true,
    system: [text(body.instructions), ...systemTexts(items)].filter(each => each !== '').join('\n'),
    messages: items.flatMap(readItem),
    tools: list(body.tools).map(value => {
      const tool = fields(value);
      return { name: text(tool.name), parameters: tool.parameters };
    }),
    toolChoice: readToolChoice(body.tool_choice),
    maxTokens: numberOrNull(body.max_output_tokens),
    schema: readSchema(fields(fields(body.text).format)),
    choices: 1,
    temperature: numberOrNull(body.temperature),
  };
}

/** What was said before, where `previous_response_id` names it, and the input. */
export function conversation(body: Fields, memory: Memory): readonly unknown[] {
  const { input } = body;
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : list(input);
  const previous = textOrNull(body.previous_response_id);
  if (previous === null) return items;
  const earlier = memory.conversation(previous);
  if (!earlier) throw new Refused('invalid_request', `Previous response with id '${previous}' not found.`);
  return [...earlier, ...items];
}

function isSystem(item: Fields): boolean {
  return item.role === 'system' || item.role === 'developer';
}

function systemTexts(items: readonly unknown[]): string[] {
  return items
    .map(fields)
    .filter(isSystem)
    .map(item => contentText(item.content));
}

function readItem(value: unknown): PromptMessage[] {
  const item = fields(value);
  if (item.type === 'function_call') {
    const call = {
      id: textOrNull(item.call_id),
      name: text(item.name),
      arguments: parsedOrText(text(item.arguments)),
    };
    return [{ role: 'assistant', text: '', toolCalls: [call] }];
  }
  if (item.type === 'function_call_output') {
    const output = contentText(item.output);
    return [{ role: 'tool', id: textOrNull(item.call_id), name: null, text: output }];
  }
  if (item.role === undefined || isSystem(item)) return [];
  const said = contentText(item.content);
  if (item.role === 'assistant') return [{ role: 'assistant', text: said, toolCalls: [] }];
  return [{ role: 'user', text: said }];
}

function readToolChoice(value: unknown): Prompt['toolChoice'] {
  if (value === 'none') return 'none';
  if (value === 'required') return 'any';
  const name = text(fields(value).name);
  return name === '' ? 'auto' : { name };
}

function readSchema(format: Fields): unknown {
  if (format.type === 'json_object') return true;
  return format.type === 'json_schema' ? format.schema : undefined;
}
