import { readAnswerBody } from '../providers/answer-body.ts';
import type { Half } from './pair.ts';

/** A member that an answer's JSON has at its top, or in the events of its stream; the last one counts. */
export function answerMember({ exchange }: Half, name: string): string | null {
  let found: string | null = null;
  for (const { value } of readAnswerBody(exchange.answer).values) {
    for (const holder of [
      value,
      member(value, 'response'),
      member(value, 'message'),
      member(value, 'usage'),
      member(member(value, 'message'), 'usage'),
    ]) {
      const one = member(holder, name);
      if (typeof one === 'string') found = one;
    }
  }
  return found;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
