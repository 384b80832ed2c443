/** What the vendors' own SDKs for Node read from an answer that is served at a URL. */
import Anthropic from '@anthropic-ai/sdk';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI } from '@google/genai';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import OpenAI from 'openai';
import { type Form, modelOf } from '../emulator/vendor-forms.ts';

/** Calls as name and arguments: text as sent where they are no JSON. */
export interface Seen {
  readonly text: string;
  readonly calls: readonly (readonly [name: string, args: unknown])[];
  /** The exception that the SDK raised; `status` where it says one. */
  readonly error: { readonly name: string; readonly status: number | null } | null;
}

/** Mutable while an answer comes in. */
interface Draft {
  text: string;
  readonly calls: { name: string; args: string }[];
}

/** Asks as `form` does, without retries. */
export async function readByNode(form: Form, words: string, url: string): Promise<Seen> {
  const draft: Draft = { text: '', calls: [] };
  let error: Seen['error'] = null;
  try {
    await READERS[form.sdk]!(form, form.body(words), url, draft);
  } catch (raised) {
    const { name, status, $metadata } = raised as Error & {
      readonly status?: number;
      readonly $metadata?: { readonly httpStatusCode?: number };
    };
    error = { name, status: status ?? $metadata?.httpStatusCode ?? null };
  }
  return { text: draft.text, calls: draft.calls.map(({ name, args }) => [name, parsed(args)]), error };
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

type Reader = (form: Form, body: object, url: string, draft: Draft) => Promise<void>;

const keys = { apiKey: 'k', maxRetries: 0 };
// Bodies are of this test's own making; their types are the SDKs' business.
// biome-ignore lint/suspicious/noExplicitAny: one body for SDKs of five vendors
type Body = any;

const READERS: Readonly<Record<string, Reader>> = {
  async 'OpenAI chat'({ streamed }, body: Body, url, draft) {
    const { completions } = new OpenAI({ ...keys, baseURL: `${url}/v1` }).chat;
    if (!streamed) {
      const { message } = (await completions.create(body)).choices[0]!;
      draft.text = message.content ?? '';
      for (const call of message.tool_calls ?? []) {
        if (call.type === 'function')
          draft.calls.push({ name: call.function.name, args: call.function.arguments });
      }
      return;
    }
    const stream = (await completions.create(body)) as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>;
    for await (const { choices } of stream) {
      draft.text += choices[0]?.delta.content ?? '';
      for (const { index, function: piece } of choices[0]?.delta.tool_calls ?? []) {
        draft.calls[index] ??= { name: '', args: '' };
        draft.calls[index].name += piece?.name ?? '';
        draft.calls[index].args += piece?.arguments ?? '';
      }
    }
  },

  async 'OpenAI responses'({ streamed }, body: Body, url, draft) {
    const { responses } = new OpenAI({ ...keys, baseURL: `${url}/v1` });
    if (!streamed) return void saidInResponse(await responses.create(body), draft);
    const stream = (await responses.create(body)) as unknown as AsyncIterable<Body>;
    const places = new Map<number, Draft['calls'][number]>();
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') draft.text += event.delta;
      if (event.type === 'response.output_item.added' && event.item.type === 'function_call') {
        const call = { name: event.item.name, args: '' };
        places.set(event.output_index, call);
        draft.calls.push(call);
      }
      const place = places.get(event.output_index);
      if (place && event.type === 'response.function_call_arguments.delta') place.args += event.delta;
      if (event.type === 'response.failed' || event.type === 'error')
        throw Object.assign(new Error('failed'), { name: event.type });
    }
  },

  async Anthropic({ streamed }, body: Body, url, draft) {
    const { messages } = new Anthropic({ ...keys, baseURL: url });
    if (!streamed) return void saidInMessage(await messages.create(body), draft);
    for await (const event of (await messages.create(body)) as unknown as AsyncIterable<Body>)
      takeMessageEvent(event, draft);
  },

  async Gemini({ streamed }, { contents, tools }: Body, url, draft) {
    const { models } = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: url } });
    const request = { model: 'gemini-2.5-flash', contents, config: { tools } };
    const take = (answer: Awaited<ReturnType<typeof models.generateContent>>): void => {
      for (const { text, functionCall } of answer.candidates?.[0]?.content?.parts ?? []) {
        draft.text += text ?? '';
        if (functionCall)
          draft.calls.push({ name: functionCall.name ?? '', args: JSON.stringify(functionCall.args) });
      }
    };
    if (!streamed) return take(await models.generateContent(request));
    for await (const piece of await models.generateContentStream(request)) take(piece);
  },

  async 'Bedrock Converse'({ streamed }, body: Body, url, draft) {
    const client = bedrock(url);
    if (!streamed)
      return void saidInConverse(await client.send(new ConverseCommand({ modelId, ...body })), draft);
    const { stream } = await client.send(new ConverseStreamCommand({ modelId, ...body }));
    for await (const event of stream ?? []) takeConverseEvent(event, draft);
  },

  async 'Bedrock invoke, Claude'(form, body: Body, url, draft) {
    await invoke(form, body, url, value => {
      if (form.streamed) takeMessageEvent(value, draft);
      else saidInMessage(value, draft);
    });
  },

  async 'Bedrock invoke, Nova'(form, body: Body, url, draft) {
    await invoke(form, body, url, value => {
      if (form.streamed) takeConverseEvent(value, draft);
      else saidInConverse(value, draft);
    });
  },
};

const modelId = 'anthropic.claude-3-haiku-20240307-v1:0';

function bedrock(endpoint: string): BedrockRuntimeClient {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'k' };
  const requestHandler = new NodeHttpHandler(); // its own speaks HTTP/2, also without TLS
  return new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint,
    credentials,
    maxAttempts: 1,
    requestHandler,
  });
}

async function invoke(form: Form, body: Body, url: string, take: (value: Body) => void): Promise<void> {
  const client = bedrock(url);
  const request = { modelId: modelOf(form), body: JSON.stringify(body) };
  if (!form.streamed) {
    const answer = await client.send(new InvokeModelCommand(request));
    return take(JSON.parse(answer.body.transformToString()));
  }
  const { body: stream } = await client.send(new InvokeModelWithResponseStreamCommand(request));
  for await (const { chunk } of stream ?? [])
    if (chunk?.bytes) take(JSON.parse(Buffer.from(chunk.bytes).toString()));
}

function saidInResponse(response: Body, draft: Draft): void {
  for (const item of response.output) {
    if (item.type === 'function_call') draft.calls.push({ name: item.name, args: item.arguments });
    for (const part of item.content ?? []) draft.text += part.text ?? '';
  }
}

function saidInMessage(message: Body, draft: Draft): void {
  for (const block of message.content) {
    draft.text += block.text ?? '';
    if (block.type === 'tool_use') draft.calls.push({ name: block.name, args: JSON.stringify(block.input) });
  }
}

function takeMessageEvent({ type, content_block: block, delta }: Body, draft: Draft): void {
  if (type === 'content_block_start' && block.type === 'tool_use')
    draft.calls.push({ name: block.name, args: '' });
  if (type !== 'content_block_delta') return;
  draft.text += delta.text ?? '';
  if (delta.partial_json !== undefined) draft.calls.at(-1)!.args += delta.partial_json;
}

function saidInConverse({ output }: Body, draft: Draft): void {
  for (const { text, toolUse } of output.message.content) {
    draft.text += text ?? '';
    if (toolUse) draft.calls.push({ name: toolUse.name, args: JSON.stringify(toolUse.input) });
  }
}

function takeConverseEvent({ contentBlockStart, contentBlockDelta }: Body, draft: Draft): void {
  const use = contentBlockStart?.start?.toolUse;
  if (use) draft.calls.push({ name: use.name, args: '' });
  draft.text += contentBlockDelta?.delta?.text ?? '';
  if (contentBlockDelta?.delta?.toolUse) draft.calls.at(-1)!.args += contentBlockDelta.delta.toolUse.input;
}
