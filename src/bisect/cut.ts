import { readAnswerBody } from '../providers/answer-body.ts';
import { header } from '../wire/headers.ts';
import { brief } from './brief.ts';
import type { Half } from './pair.ts';

/** How a stream was cut; null where it came whole, or never began. */
export function cutOf(half: Half): string | null {
  const { step } = half;
  const status = step.attempts.at(-1)?.status ?? null;
  if (status === null || status >= 400) return null;
  const { end } = half.exchange.answer;
  if (foreignOf(half) !== null) return null;
  if (end.kind === 'reset' || end.kind === 'closed') return end.message || end.kind;
  if (end.kind === 'unfinished') return 'the recording ends';
  if (step.error && half.call.stream) return `${step.error.type ?? 'error'}: ${step.error.message}`;
  if (!half.call.stream || step.error || step.finishReason !== null) return null;
  return half.call.operation === 'chat' || half.call.operation === 'text_completion'
    ? 'no event says that it ended'
    : null;
}

/** What came in place of an answer, with status 200: a gateway's page, say; null where it is one. */
export function foreignOf({ exchange: { answer } }: Half): string | null {
  if (answer.head?.status !== 200 || answer.end.kind !== 'complete') return null;
  const { framing, text } = readAnswerBody(answer);
  if (framing !== 'text' || text.trim() === '') return null;
  const type = header(answer.head.headers, 'content-type') ?? 'no content type';
  return `no answer of this API, but ${type}: ${brief(text, 80)}`;
}
