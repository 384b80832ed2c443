import type { Call, Message, Part } from '../providers/call.ts';
import type { Timeline } from '../timeline/timeline.ts';

/** The answer that a call goes on from, where the provider keeps the conversation. */
export function continuedOf({ parameters }: Call): string | null {
  const id = parameters.previous_response_id ?? parameters.previous_interaction_id;
  return typeof id === 'string' ? id : null;
}

/** What a provider has of a conversation when this call comes: all that the run's own calls sent it, and its answers. */
export function wholeConversation(
  call: Call,
  { steps }: Timeline,
): { readonly messages: readonly Message[]; readonly system: readonly Part[] } {
  let { messages, system } = call;
  const seen = new Set<string>();
  for (let id = continuedOf(call); id !== null && !seen.has(id); ) {
    seen.add(id);
    const from = steps.find(step => step.kind === 'call' && step.call.responseId === id);
    if (from?.kind !== 'call') break;
    const answer: Message = { role: 'assistant', parts: from.output.parts };
    messages = [...from.call.messages, answer, ...messages];
    if (system.length === 0) system = from.call.system;
    id = continuedOf(from.call);
  }
  return { messages, system };
}
