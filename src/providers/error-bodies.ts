/**
 * Vendors' own error answers: status, headers and body as they stand on the wire, for each kind of failure. The emulator
 * answers with them, and mutation breaks calls with them.
 */

import { encodeEventStreamMessage } from '../wire/event-stream.ts';
import type { AnswerHead } from '../wire/exchange.ts';
import type { Json } from '../wire/json.ts';
import type { DialectId } from './call.ts';
import { anthropicError } from './errors/anthropic.ts';
import { bedrockError } from './errors/bedrock.ts';
import { cohereError } from './errors/cohere.ts';
import { googleError } from './errors/google.ts';
import { ollamaError } from './errors/ollama.ts';
import { openaiError } from './errors/openai.ts';
import { tgiError } from './errors/tgi.ts';

export const ERROR_KINDS = [
  'invalid_request',
  'auth',
  'permission',
  'not_found',
  'model_not_found',
  'context_overflow',
  'content_filter',
  'timeout',
  'conflict',
  'too_large',
  'rate_limit',
  'quota',
  'server_error',
  'bad_gateway',
  'unavailable',
  'overloaded',
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

export interface ErrorContext {
  /** Provider id of `hosts.ts`: `azure`, `openrouter`, `mistral` and `groq` word OpenAI's errors their own way. */
  readonly provider?: string;
  readonly model?: string;
  /** Replaces the vendor's words. */
  readonly message?: string;
  /** The request's field at fault, for `invalid_request`. */
  readonly field?: string;
  /** Without the vendor's prefix; 24 characters or so. A constant where absent, so that answers stay deterministic. */
  readonly requestId?: string;
  /** For `rate_limit`, `overloaded`, `unavailable`: what `retry-after` says. */
  readonly retryAfterSeconds?: number;
  /** Gemini without `alt=sse` wraps a stream's error in an array. */
  readonly jsonArrayStream?: boolean;
}

/** What a vendor file gives: the rest (length, encoding) is the same everywhere. */
export interface VendorError {
  readonly status: number;
  /** The JSON body; a string is sent as it is (an edge's HTML). */
  readonly body: Json;
  /** Spaces of indentation, as the vendor's servers print. */
  readonly indent?: number;
  readonly headers: AnswerHead['headers'];
}

export interface ErrorAnswer extends AnswerHead {
  readonly body: Uint8Array;
}

/** The answer that this dialect's vendor gives. `content-length` is among the headers; no `date`. */
export function errorAnswer(dialect: DialectId, kind: ErrorKind, context: ErrorContext = {}): ErrorAnswer {
  const { status, body, indent, headers } = vendorError(dialect, kind, context);
  const html = typeof body === 'string';
  const text = html ? body : JSON.stringify(body, null, indent);
  const bytes = Buffer.from(text, 'utf8');
  const type = headers.some(([name]) => name === 'content-type') ? [] : [contentType(dialect, html)];
  return {
    status,
    reason: REASONS[status] ?? '',
    headers: [...type, ['content-length', String(bytes.length)], ...headers],
    body: bytes,
  };
}

/**
 * The bytes by which this dialect's vendor tells an error inside a stream that began well: an SSE event, an ndjson line, an
 * event-stream exception.
 */
export function errorInStream(dialect: DialectId, kind: ErrorKind, context: ErrorContext = {}): Uint8Array {
  const { body, headers } = vendorError(dialect, kind, context);
  const json = JSON.stringify(body);
  if (dialect === 'bedrock-converse' || dialect === 'bedrock-invoke') {
    const type =
      headers.find(([name]) => name === 'x-amzn-errortype')?.[1].split(':')[0] ?? 'InternalServerException';
    return encodeEventStreamMessage({
      headers: [
        [':exception-type', { type: 'string', value: type.charAt(0).toLowerCase() + type.slice(1) }],
        [':content-type', { type: 'string', value: 'application/json' }],
        [':message-type', { type: 'string', value: 'exception' }],
      ],
      payload: Buffer.from(json),
    });
  }
  if (dialect.startsWith('ollama')) return Buffer.from(`${json}\n`);
  if (dialect.startsWith('anthropic')) return Buffer.from(`event: error\ndata: ${json}\n\n`);
  if (dialect === 'openai-responses') {
    const { error } = body as { error: { code: Json; message: Json; param: Json } };
    const event = {
      type: 'error',
      code: error.code,
      message: error.message,
      param: error.param,
      sequence_number: 0,
    };
    return Buffer.from(`event: error\ndata: ${JSON.stringify(event)}\n\n`);
  }
  return Buffer.from(`data: ${json}\n\n`);
}

function vendorError(dialect: DialectId, kind: ErrorKind, context: ErrorContext): VendorError {
  switch (dialect) {
    case 'openai-chat':
    case 'openai-responses':
    case 'openai-completions':
    case 'openai-embeddings':
      return openaiError(kind, context, dialect === 'openai-responses');
    case 'anthropic-messages':
    case 'anthropic-complete':
      return anthropicError(kind, context);
    case 'gemini-generate':
    case 'gemini-embeddings':
    case 'gemini-interactions':
      return googleError(kind, context, dialect === 'gemini-generate');
    case 'tgi-generate':
      return tgiError(kind, context);
    case 'bedrock-converse':
    case 'bedrock-invoke':
      return bedrockError(kind, context);
    case 'cohere-chat':
    case 'cohere-generate':
      return cohereError(kind, context);
    case 'ollama-chat':
    case 'ollama-generate':
    case 'ollama-embed':
      return ollamaError(kind, context);
  }
}

function contentType(dialect: DialectId, html: boolean): readonly [string, string] {
  if (html) return ['content-type', 'text/html'];
  if (dialect.startsWith('gemini')) return ['content-type', 'application/json; charset=UTF-8'];
  return [
    'content-type',
    dialect.startsWith('ollama') ? 'application/json; charset=utf-8' : 'application/json',
  ];
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  422: 'Unprocessable Entity',
  424: 'Failed Dependency',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};
