import type { ToolRun } from '../sessions/session.ts';
import { decodeBody } from '../wire/content-coding.ts';
import { answerBody, type Exchange } from '../wire/exchange.ts';
import { header } from '../wire/headers.ts';
import { asArray, asObject, asString, isObject, type JsonObject, parseJson } from '../wire/json.ts';
import { parseSse } from '../wire/sse.ts';

/**
 * The tool's run that an exchange is, where it is a `tools/call` of the Model Context Protocol over HTTP: JSON-RPC, answered
 * as JSON or in an event stream (https://modelcontextprotocol.io/specification, "Streamable HTTP"). Null for all else.
 */
export function mcpRunOf(exchange: Exchange): ToolRun | null {
  const { request, answer, at, site, label } = exchange;
  if (request.method !== 'POST') return null;
  const asked = messagesOf(request.body).find(({ method }) => method === 'tools/call');
  const params = asObject(asked?.params);
  const name = asString(params.name);
  if (!asked || name === undefined) return null;
  const coding = answer.head && header(answer.head.headers, 'content-encoding');
  const { bytes } = decodeBody(answerBody(answer), coding);
  const type = answer.head ? (header(answer.head.headers, 'content-type') ?? '') : '';
  const answers = /event-stream/i.test(type)
    ? parseSse(bytes).flatMap(({ data }) => messagesOf(Buffer.from(data)))
    : messagesOf(bytes);
  const told = answers.find(({ id, method }) => method === undefined && id === asked.id);
  return {
    at,
    durationMs: 'at' in answer.end ? answer.end.at : 0,
    name,
    arguments: params.arguments ?? {},
    ...endOf(told),
    ...(label ? { label } : {}),
    ...(site === undefined ? {} : { site }),
  };
}

/** A JSON-RPC error is the protocol's; a tool that failed says so in its result. */
function endOf(told: JsonObject | undefined): Partial<ToolRun> {
  if (!told) return { unfinished: true };
  if (isObject(told.error)) {
    return { error: asString(told.error.message) ?? '', errorType: `JSON-RPC ${String(told.error.code)}` };
  }
  const result = asObject(told.result);
  if (result.isError !== true) return { result };
  const text = asArray(result.content).map(part => asString(asObject(part).text) ?? '');
  return { result, error: text.join('\n'), errorType: 'ToolError' };
}

/** One message, or a batch of them. */
function messagesOf(bytes: Uint8Array): readonly JsonObject[] {
  const read = parseJson(bytes);
  if (!read.ok) return [];
  const all = Array.isArray(read.value) ? asArray(read.value) : [read.value];
  return all.filter(isObject).filter(({ jsonrpc }) => jsonrpc === '2.0');
}
