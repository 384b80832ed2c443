import { RewindError } from '../errors.ts';
import type { Call, Part, ToolResult } from '../providers/call.ts';
import { type Path, placesOf } from '../providers/editing/json-place.ts';
import { readCall } from '../providers/read-call.ts';
import { conversationOf } from '../tape/conversation.ts';
import { plainBody } from '../tape/match-key.ts';
import type { Exchange } from '../wire/exchange.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../wire/json.ts';
import { textOf } from './step-view.ts';

/**
 * Where a part of a request, as expressions name it behind `request.`, stands in its JSON body. Texts are found by looking for
 * them, which works for every vendor; a text that stands there twice, or joined from several, is refused.
 * Throws RewindError `not-editable`.
 */
export function requestPlace(exchange: Exchange, path: Path): Path {
  const [name, ...rest] = path;
  const body = requestBody(exchange);
  const call = readCall(exchange);
  if (!call) throw refused('This request is no call to a model');
  const wrapped = isObject(body.request) ? ['request'] : [];
  if (name === 'body' && rest.length > 0) return rest;
  if (name === 'parameters' && rest.length > 0) return [...wrapped, ...rest];
  if (name === 'model' && rest.length === 0) {
    if (typeof body.model === 'string') return ['model'];
    throw refused('The model of this call stands in its address: it cannot be edited');
  }
  if (name === 'system' && rest.length === 0)
    return only(placesOf(body, textOf(call.system)), 'system prompt');
  if (name === 'tools' && rest.length > 0) return toolPlace(body, call, rest);
  if (name === 'messages' && rest.length > 1) return messagePlace(exchange, call, rest);
  throw refused('Of a request the model, the system prompt, messages, tools and parameters can be edited');
}

/** Where the result of a tool call stands in the request that carries it. */
export function resultPlace(exchange: Exchange, { id, name }: ToolResult): Path {
  const { messages } = readCall(exchange)!;
  const index = messages.findIndex(({ parts }) =>
    parts.some(part => part.type === 'tool_result' && part.result.id === id && part.result.name === name),
  );
  const results =
    messages[index]?.parts.flatMap(part => (part.type === 'tool_result' ? [part.result] : [])) ?? [];
  const result = results.find(one => one.id === id && one.name === name);
  if (!result) throw refused('No request carries this result');
  return textPlace(exchange, index, textOf(result.content), results.indexOf(result));
}

function toolPlace(body: JsonObject, call: Call, [name, ...rest]: Path): Path {
  const tool = call.tools.find(one => one.name === name);
  if (!tool) throw refused(`This request has no tool ${String(name)}`);
  return [...only(placesOf(body, tool.raw as Json), 'tool'), ...rest];
}

function messagePlace(exchange: Exchange, { messages }: Call, [at = -1, part, ...rest]: Path): Path {
  const index = typeof at === 'number' && at < 0 ? messages.length + at : Number(at);
  const message = messages[index];
  if (!message) throw refused(`This request has no message ${String(at)}`);
  if (part === 'content' && rest.length === 0) return textPlace(exchange, index, spoken(message.parts));
  const results = message.parts.flatMap(one => (one.type === 'tool_result' ? [one.result] : []));
  const [nth, inner] = rest;
  const result = typeof nth === 'number' ? results[nth] : undefined;
  if (part === 'toolResults' && result && inner === 'content')
    return textPlace(exchange, index, textOf(result.content), nth as number);
  throw refused('Of a message its content and the content of its tool results can be edited');
}

/** What `request.messages[i].content` shows. */
function spoken(parts: readonly Part[]): string {
  const results = parts.flatMap(part => (part.type === 'tool_result' ? [textOf(part.result.content)] : []));
  return textOf(parts) || results.join('\n');
}

/** `nth`: which of the message's results it is, should several say the same. */
function textPlace(exchange: Exchange, index: number, text: string, nth?: number): Path {
  const list = conversationOf(exchange.request);
  // A lone text in place of a list (Responses' `input`, a single `contents`).
  if (!list) return only(placesOf(requestBody(exchange), text), 'text');
  const element = list.elements[index];
  // A result that is an object is shown as its JSON.
  const json = parseJson(text);
  const found = [
    ...placesOf(element, text),
    ...(json.ok && isObject(json.value) ? placesOf(element, json.value) : []),
  ];
  const place = nth !== undefined && found.length > 1 ? found[nth] : only(found, 'text');
  if (!place) throw refused('This text stands there more than once');
  return [list.key, index, ...place];
}

function only(found: readonly Path[], what: string): Path {
  const [place, ...more] = found;
  if (place && more.length === 0) return place;
  throw refused(
    place
      ? `This ${what} stands in the request more than once`
      : `This ${what} is put together from several parts`,
    'Name the part in the body: request.body.messages[0].content.',
  );
}

/** Throws RewindError `not-editable` for a body that is no JSON object. */
export function requestBody({ request }: Exchange): JsonObject {
  const body = parseJson(plainBody(request));
  if (body.ok && isObject(body.value)) return body.value;
  throw refused('The body of this request is no JSON object');
}

function refused(message: string, hint = ''): RewindError {
  return new RewindError('not-editable', message, hint);
}
