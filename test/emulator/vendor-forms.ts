/** One answer of each vendor's form, from the embedded provider: words, and two tool calls side by side. */
import assert from 'node:assert/strict';
import { checkScript } from '../../src/emulator/script.ts';
import type { DialectId } from '../../src/providers/call.ts';
import type { Chunk, Exchange } from '../../src/wire/exchange.ts';

export const TEXT =
  'All of it is done: 40 euros went back, and the parcel of Monday P-88 is on its way to you.';

/** Asked to `talk` the model says TEXT, asked to `act` it calls both tools. */
export const script = checkScript({
  turns: [
    { match: { user: 'talk' }, answer: { text: TEXT } },
    {
      match: { user: 'act' },
      answer: {
        toolCalls: [
          { name: 'refund', arguments: { order: 'A-17', amount: 40 } },
          { name: 'track', arguments: { parcel: 'P-88' } },
        ],
      },
    },
  ],
});

const refund = {
  type: 'object',
  properties: { order: { type: 'string' }, amount: { type: 'number' } },
  required: ['order', 'amount'],
};
const track = { type: 'object', properties: { parcel: { type: 'string' } }, required: ['parcel'] };
const tools = [
  { name: 'refund', schema: refund },
  { name: 'track', schema: track },
];
const declarations = tools.map(({ name, schema }) => ({ name, parameters: schema }));
const converse = (words: string): object => ({
  messages: [{ role: 'user', content: [{ text: words }] }],
  toolConfig: {
    tools: tools.map(({ name, schema }) => ({ toolSpec: { name, inputSchema: { json: schema } } })),
  },
});
const chat = (words: string): object => ({
  model: 'gpt-4.1-mini',
  messages: [{ role: 'user', content: words }],
  tools: declarations.map(definition => ({ type: 'function', function: definition })),
});
const responses = (words: string): object => ({
  model: 'gpt-4.1-mini',
  input: [{ role: 'user', content: words }],
  tools: declarations.map(definition => ({ type: 'function', ...definition })),
});
const messages = (words: string): object => ({
  model: 'claude-sonnet-4-5',
  max_tokens: 500,
  messages: [{ role: 'user', content: words }],
  tools: tools.map(({ name, schema }) => ({ name, input_schema: schema })),
});
const invoke = (words: string): object => ({
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 500,
  messages: [{ role: 'user', content: words }],
  tools: tools.map(({ name, schema }) => ({ name, input_schema: schema })),
});
const generate = (words: string): object => ({
  contents: [{ role: 'user', parts: [{ text: words }] }],
  tools: [{ functionDeclarations: declarations }],
});
const streamed =
  (body: (words: string) => object) =>
  (words: string): object => ({ ...body(words), stream: true });

export interface Form {
  readonly name: string;
  /** Whose SDK, and which of its methods. */
  readonly sdk: string;
  readonly dialect: DialectId;
  readonly streamed: boolean;
  readonly host: string;
  readonly path: string;
  readonly body: (words: string) => object;
}

const form = (
  sdk: string,
  dialect: DialectId,
  streamed: boolean,
  host: string,
  path: string,
  body: (words: string) => object,
): Form => ({
  name: `${sdk}${streamed ? ', streamed' : ''}`,
  sdk,
  dialect,
  streamed,
  host,
  path,
  body,
});

const [openai, anthropic] = ['api.openai.com', 'api.anthropic.com'];
const google = 'generativelanguage.googleapis.com';
const aws = 'bedrock-runtime.us-east-1.amazonaws.com';
const gemini = '/v1beta/models/gemini-2.5-flash:';
const claude = '/model/anthropic.claude-3-haiku-20240307-v1%3A0/';
const nova = '/model/amazon.nova-lite-v1%3A0/';

export const FORMS: readonly Form[] = [
  form('OpenAI chat', 'openai-chat', false, openai, '/v1/chat/completions', chat),
  form('OpenAI chat', 'openai-chat', true, openai, '/v1/chat/completions', streamed(chat)),
  form('OpenAI responses', 'openai-responses', false, openai, '/v1/responses', responses),
  form('OpenAI responses', 'openai-responses', true, openai, '/v1/responses', streamed(responses)),
  form('Anthropic', 'anthropic-messages', false, anthropic, '/v1/messages', messages),
  form('Anthropic', 'anthropic-messages', true, anthropic, '/v1/messages', streamed(messages)),
  form('Gemini', 'gemini-generate', false, google, `${gemini}generateContent`, generate),
  form('Gemini', 'gemini-generate', true, google, `${gemini}streamGenerateContent?alt=sse`, generate),
  form('Bedrock Converse', 'bedrock-converse', false, aws, `${claude}converse`, converse),
  form('Bedrock Converse', 'bedrock-converse', true, aws, `${claude}converse-stream`, converse),
  form('Bedrock invoke, Claude', 'bedrock-invoke', false, aws, `${claude}invoke`, invoke),
  form('Bedrock invoke, Claude', 'bedrock-invoke', true, aws, `${claude}invoke-with-response-stream`, invoke),
  form('Bedrock invoke, Nova', 'bedrock-invoke', false, aws, `${nova}invoke`, converse),
  form('Bedrock invoke, Nova', 'bedrock-invoke', true, aws, `${nova}invoke-with-response-stream`, converse),
];

/** The model that a path of Bedrock names. */
export const modelOf = ({ path }: Form): string => decodeURIComponent(path.split('/')[2]!);

/** The recorded exchange of one question to the embedded provider at `url`. */
export async function ask(url: string, { host, path, body }: Form, words: string): Promise<Exchange> {
  const headers = {
    'content-type': 'application/json',
    authorization: 'Bearer k',
    'x-api-key': 'k',
    'x-goog-api-key': 'k',
  };
  const bytes = Buffer.from(JSON.stringify(body(words)));
  const response = await fetch(url + path, { method: 'POST', headers, body: bytes });
  const chunks: Chunk[] = [];
  for await (const piece of response.body!) chunks.push({ at: 0, bytes: piece });
  assert.equal(response.status, 200, Buffer.concat(chunks.map(chunk => chunk.bytes)).toString());
  return {
    seq: 0,
    at: 0,
    request: {
      method: 'POST',
      scheme: 'https',
      host,
      path,
      httpVersion: '1.1',
      headers: Object.entries(headers),
      body: bytes,
    },
    answer: {
      head: {
        status: 200,
        reason: 'OK',
        headers: [...response.headers].filter(([name]) => name !== 'content-encoding'),
      },
      headAt: 0,
      chunks,
      end: { kind: 'complete', at: 0, trailers: [] },
    },
  };
}
