import type { DialectId } from '../../src/providers/call.ts';
import type { AnswerEnd, AnswerHead, Exchange } from '../../src/wire/exchange.ts';

/** URL and JSON body of a request. */
export interface Sent {
  readonly url: string;
  readonly body: unknown;
}

const messages = [{ role: 'user', content: 'Hi' }];
const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }];
const bedrock = 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m-1';
const google = 'https://generativelanguage.googleapis.com/v1beta';

/** The smallest honest request of each dialect, to a host that speaks it. */
export const REQUESTS: Readonly<Record<DialectId, Sent>> = {
  'openai-chat': { url: 'https://api.openai.com/v1/chat/completions', body: { model: 'm-1', messages } },
  'openai-responses': { url: 'https://api.openai.com/v1/responses', body: { model: 'm-1', input: 'Hi' } },
  'openai-completions': {
    url: 'https://api.openai.com/v1/completions',
    body: { model: 'm-1', prompt: 'Hi' },
  },
  'openai-embeddings': { url: 'https://api.openai.com/v1/embeddings', body: { model: 'm-1', input: 'Hi' } },
  'anthropic-messages': {
    url: 'https://api.anthropic.com/v1/messages',
    body: { model: 'm-1', messages, max_tokens: 9 },
  },
  'anthropic-complete': {
    url: 'https://api.anthropic.com/v1/complete',
    body: { model: 'm-1', prompt: 'Hi' },
  },
  'gemini-generate': { url: `${google}/models/m-1:generateContent`, body: { contents } },
  'gemini-embeddings': { url: `${google}/models/m-1:embedContent`, body: { content: contents[0] } },
  'gemini-interactions': { url: `${google}/interactions`, body: { model: 'm-1', input: 'Hi' } },
  'bedrock-converse': {
    url: `${bedrock}/converse`,
    body: { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
  },
  'bedrock-invoke': { url: `${bedrock}/invoke`, body: { anthropic_version: 'bedrock-2023-05-31', messages } },
  'cohere-chat': { url: 'https://api.cohere.com/v2/chat', body: { model: 'm-1', messages } },
  'cohere-generate': { url: 'https://api.cohere.com/v1/generate', body: { model: 'm-1', prompt: 'Hi' } },
  'tgi-generate': { url: 'https://api-inference.huggingface.co/models/org/m-1', body: { inputs: 'Hi' } },
  'ollama-chat': { url: 'http://localhost:11434/api/chat', body: { model: 'm-1', messages } },
  'ollama-generate': { url: 'http://localhost:11434/api/generate', body: { model: 'm-1', prompt: 'Hi' } },
  'ollama-embed': { url: 'http://localhost:11434/api/embed', body: { model: 'm-1', input: 'Hi' } },
};

/** An exchange; the answer is a whole 200 unless told otherwise. */
export function anExchange(
  sent: Sent,
  answer: { readonly head?: AnswerHead; readonly body?: string | Uint8Array; readonly end?: AnswerEnd } = {},
): Exchange {
  const url = new URL(sent.url);
  const body = sent.body instanceof Uint8Array ? sent.body : Buffer.from(JSON.stringify(sent.body));
  const answered =
    typeof answer.body === 'string' ? Buffer.from(answer.body) : (answer.body ?? new Uint8Array());
  return {
    seq: 0,
    at: 0,
    request: {
      method: 'POST',
      scheme: url.protocol === 'http:' ? 'http' : 'https',
      host: url.host,
      path: url.pathname + url.search,
      httpVersion: '1.1',
      headers: [['content-type', 'application/json']],
      body,
    },
    answer: {
      head: answer.head ?? { status: 200, reason: 'OK', headers: [] },
      headAt: 1,
      chunks: [{ at: 1, bytes: answered }],
      end: answer.end ?? { kind: 'complete', at: 2, trailers: [] },
    },
  };
}
