import type { Answer } from '../../src/wire/exchange.ts';
import { answerOf, type Recorded, requestOf } from '../tape/tape-session.ts';

export type ChatMessage = Readonly<Record<string, unknown>>;

/** What a model says in a made-up chat: text, or tool calls as id → [name, arguments]. */
export interface Said {
  readonly text?: string;
  readonly tools?: Readonly<Record<string, readonly [name: string, args: unknown]>>;
  readonly status?: number;
  readonly inputTokens?: number;
  readonly model?: string;
}

export const system = (content: string): ChatMessage => ({ role: 'system', content });
export const user = (content: string): ChatMessage => ({ role: 'user', content });
export const toolResult = (id: string, content: string): ChatMessage => ({
  role: 'tool',
  tool_call_id: id,
  content,
});

/** The assistant message that an agent puts into its history for what was said. */
export function assistant({
  text = null,
  tools,
}: Said | { readonly text: null; readonly tools?: Said['tools'] }): ChatMessage {
  return { role: 'assistant', content: text, ...(tools ? { tool_calls: toolCalls(tools) } : {}) };
}

function toolCalls(tools: NonNullable<Said['tools']>): readonly object[] {
  return Object.entries(tools).map(([id, [name, args]]) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }));
}

/** A chat-completions exchange from `at`, `takes` milliseconds long. */
export function chatCall(
  messages: readonly ChatMessage[],
  said: Said,
  timing: { readonly at?: number; readonly takes?: number } = {},
  body: object = {},
): Recorded {
  const { at, takes = 50 } = timing;
  return {
    request: requestOf({ model: 'gpt-4o', messages, ...body }),
    answer: chatAnswer(said, takes),
    ...(at === undefined ? {} : { at }),
  };
}

function chatAnswer(said: Said, takes: number): Answer {
  const failed = said.status !== undefined && said.status >= 400;
  const completion = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: said.model ?? 'gpt-4o-2024-08-06',
    choices: [{ index: 0, message: assistant(said), finish_reason: said.tools ? 'tool_calls' : 'stop' }],
    usage: { prompt_tokens: said.inputTokens ?? 10, completion_tokens: 5, total_tokens: 15 },
  };
  const text = JSON.stringify(
    failed ? { error: { message: said.text ?? 'failed', type: 'server_error' } } : completion,
  );
  return answerOf(text, {
    status: said.status ?? 200,
    at: [takes],
    headers: [['content-type', 'application/json']],
  });
}

/** A tool-using agent's session: turn by turn, the history growing. */
export function agentSession(
  turns: readonly {
    readonly said: Said;
    readonly results?: Readonly<Record<string, string>>;
    readonly body?: object;
  }[],
  opening: readonly ChatMessage[] = [system('You are helpful.'), user('Do the task.')],
  start = 0,
): Recorded[] {
  const messages = [...opening];
  return turns.map(({ said, results = {}, body }, turn) => {
    const call = chatCall(messages, said, { at: start + turn * 1000 }, body);
    messages.push(assistant(said), ...Object.entries(results).map(([id, text]) => toolResult(id, text)));
    return call;
  });
}
