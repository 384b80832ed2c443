/**
 * A model request of any vendor, as the script and the default brain see it. Read afresh from each vendor's body in
 * `vendors/`, on purpose not by `providers/`: the emulator must be able to disagree with our own readers.
 */
export interface Prompt {
  readonly provider: ProviderName;
  readonly model: string;
  readonly stream: boolean;
  readonly system: string;
  readonly messages: readonly PromptMessage[];
  readonly tools: readonly PromptTool[];
  /** `any`: some tool must be called; `{name}`: this one. */
  readonly toolChoice: 'auto' | 'none' | 'any' | { readonly name: string };
  readonly maxTokens: number | null;
  /** JSON Schema of a structured answer; `true` for any JSON object. */
  readonly schema: unknown;
  /** How many choices were asked for. */
  readonly choices: number;
  readonly temperature: number | null;
}

export type ProviderName = 'openai' | 'azure' | 'anthropic' | 'gemini' | 'bedrock' | 'ollama';

export interface PromptTool {
  readonly name: string;
  readonly parameters: unknown;
}

export type PromptMessage =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls: readonly PromptToolCall[] }
  | {
      readonly role: 'tool';
      readonly id: string | null;
      readonly name: string | null;
      readonly text: string;
    };

export interface PromptToolCall {
  readonly id: string | null;
  readonly name: string;
  readonly arguments: unknown;
}

/** A tool call of the conversation joined to its result. */
export interface ToolTurn {
  readonly name: string;
  readonly arguments: unknown;
  /** Parsed where it is JSON, else its text. */
  readonly result: unknown;
  readonly text: string;
}

export function lastUserText(prompt: Prompt): string {
  return prompt.messages.findLast(message => message.role === 'user')?.text ?? '';
}

/** Results that end the conversation: those the model is asked to go on from; empty where a user spoke last. */
export function latestToolTurns(prompt: Prompt): readonly ToolTurn[] {
  const lastOther = prompt.messages.findLastIndex(message => message.role !== 'tool');
  const count = prompt.messages.length - 1 - lastOther;
  return count === 0 ? [] : toolTurns(prompt).slice(-count);
}

/** All tool results of the conversation, in order, each with the call it answers. */
export function toolTurns(prompt: Prompt): readonly ToolTurn[] {
  const calls: PromptToolCall[] = [];
  const turns: ToolTurn[] = [];
  for (const message of prompt.messages) {
    if (message.role === 'assistant') calls.push(...message.toolCalls);
    if (message.role !== 'tool') continue;
    const call =
      message.id !== null
        ? calls.findLast(each => each.id === message.id)
        : calls.findLast(each => each.name === message.name);
    turns.push({
      name: message.name ?? call?.name ?? '',
      arguments: call?.arguments,
      result: parsedOrText(message.text),
      text: message.text,
    });
  }
  return turns;
}

export function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
