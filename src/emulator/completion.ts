/** What the model says, before a vendor's dialect writes it down. */
export interface Completion {
  readonly parts: readonly CompletionPart[];
  readonly finish: 'stop' | 'tool_calls' | 'length' | 'refusal';
}

export type CompletionPart =
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'refusal'; readonly text: string }
  | { readonly type: 'tool_call'; readonly name: string; readonly arguments: unknown };

/** All text of one kind, joined. */
export function textOf(completion: Completion, type: 'text' | 'reasoning' | 'refusal'): string {
  return completion.parts.map(part => (part.type === type ? part.text : '')).join('');
}

export function toolCallsOf(
  completion: Completion,
): readonly Extract<CompletionPart, { type: 'tool_call' }>[] {
  return completion.parts.filter(part => part.type === 'tool_call');
}
