import type { Message, Part, ToolCall, ToolResult } from '../providers/call.ts';
import { spoken } from '../timeline/step-diff.ts';
import { callText } from './answer.ts';

/** A run's messages at a call, and what this run itself had said and carried before. */
export interface Carried {
  readonly messages: readonly Message[];
  /** Whether the run's own model said all of a message. */
  readonly said: (message: Message) => boolean;
  /** Whether the conversation had a message before this call; null where it has no call before. */
  readonly had: ((message: Message) => boolean) | null;
  /** The tool call of a result whose call is not in the list: the provider keeps the history. */
  readonly callOf: (id: string | null) => ToolCall | null;
  /** A text with the ids that the run's own answers brought numbered in their order: they are others in every run. */
  readonly numbered: (text: string) => string;
}

/** One turn of a conversation, as it is compared. */
export interface Listed {
  readonly index: number;
  readonly message: Message;
  readonly text: string;
  /** What is compared: the text, or, for what the run's own model had said, only that it did. */
  readonly key: string;
  readonly results: readonly ToolResult[];
}

export function listed(carried: Carried): readonly Listed[] {
  let answers = 0;
  return turnsOf(carried.messages).flatMap(({ message, index }) => {
    const text = wordsOf(message);
    const results = message.parts.flatMap(part => (part.type === 'tool_result' ? [part.result] : []));
    if (text.trim() === '' && results.length === 0) return [];
    const key =
      message.role === 'assistant' && carried.said(message)
        ? `said ${answers++} ${callsOf(message)}`
        : carried.numbered(text);
    return [{ index, message, text, key, results }];
  });
}

/** One answer is several messages where the vendor lists its text and its tool calls one by one. */
function turnsOf(
  messages: readonly Message[],
): readonly { readonly message: Message; readonly index: number }[] {
  const turns: { message: Message; index: number }[] = [];
  messages.forEach((message, index) => {
    const last = turns.at(-1);
    if (message.role === 'system') return;
    if (message.role !== 'assistant' || last?.message.role !== 'assistant') turns.push({ message, index });
    else last.message = { ...last.message, parts: [...last.message.parts, ...message.parts] };
  });
  return turns;
}

/** Its tool calls as one text. */
export const callsOf = ({ parts }: Message): string =>
  parts.map(part => (part.type === 'tool_call' ? callText(part.call) : '')).join('');

const HIDDEN = /reason|think|thought|redacted/i;

/** A message's words without reasoning, which carries signatures and is no part of what was said. */
export function wordsOf({ parts }: Message): string {
  return spoken(parts.filter(isOpen)).trim();
}

export function isOpen(part: Part): boolean {
  return part.type !== 'reasoning' && !(part.type === 'other' && HIDDEN.test(part.kind));
}

export function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

/** Messages as one text, each with its role. */
export function messagesText(messages: readonly Message[]): string {
  return messages.map(message => `${message.role}: ${wordsOf(message)}`).join('\n');
}
