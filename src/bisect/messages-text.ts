import type { Message } from '../providers/call.ts';
import { wordsOf } from './history.ts';

/** Messages as one text, each with its role. */
export function messagesText(messages: readonly Message[]): string {
  return messages.map(message => `${message.role}: ${wordsOf(message)}`).join('\n');
}
