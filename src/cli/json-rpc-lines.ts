import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { RewindError } from '../errors.ts';

/** A method's answer, or a promise of it. Its error is what a RewindError says; anything else is our defect. */
export type Methods = Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => unknown>>;

/** Codes of https://www.jsonrpc.org/specification#error_object; ours is the first that it leaves to servers. */
const PARSE_ERROR = -32700;
const NO_METHOD = -32601;
const FAILED = -32000;

/**
 * JSON-RPC 2.0, one message a line. Requests are answered one after the other, in their order; resolves at the
 * input's end or when `stopped` says so, when the last one is answered.
 */
export async function serveLines(
  input: Readable,
  output: Writable,
  methods: Methods,
  stopped: AbortSignal,
): Promise<void> {
  const lines = createInterface({
    input,
    crlfDelay: Number.POSITIVE_INFINITY,
    ...(stopped && { signal: stopped }),
  });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    send(output, { jsonrpc: '2.0', ...(await answerTo(line, methods)) });
  }
}

export function notify(output: Writable, method: string, params: object): void {
  send(output, { jsonrpc: '2.0', method, params });
}

async function answerTo(line: string, methods: Methods): Promise<object> {
  let id: unknown = null;
  try {
    const request = JSON.parse(line) as { id?: unknown; method?: unknown; params?: unknown };
    id = request.id ?? null;
    const method = Object.hasOwn(methods, String(request.method)) && methods[String(request.method)];
    if (!method)
      return { id, error: { code: NO_METHOD, message: `There is no method ${String(request.method)}` } };
    return { id, result: (await method((request.params ?? {}) as Record<string, unknown>)) ?? null };
  } catch (error) {
    return { id, error: errorObject(error) };
  }
}

function errorObject(error: unknown): object {
  if (error instanceof SyntaxError) return { code: PARSE_ERROR, message: error.message };
  if (error instanceof RewindError) {
    return { code: FAILED, message: error.message, data: { code: error.code, hint: error.hint ?? '' } };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: FAILED, message, data: { code: 'defect', hint: 'Please report this.' } };
}

function send(output: Writable, message: object): void {
  output.write(`${JSON.stringify(message)}\n`);
}
