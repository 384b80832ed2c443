import { readAnswerBody } from '../providers/answer-body.ts';
import { header } from '../wire/headers.ts';
import { brief } from './brief.ts';
import type { Half } from './pair.ts';

/** How a stream was cut; null where it came whole, or never began. */
export function cutOf(half: Half): string | null {
  return brokenOf(half) ?? openEndOf(half);
}

/** How an answer that had begun broke off; null where it came to its end, whatever that was. */
export function brokenOf(half: Half): string | null {
  const { step } = half;
  if (!begun(half)) return null;
  const { end } = half.exchange.answer;
  if (end.kind === 'reset' || end.kind === 'closed') return end.message || end.kind;
  if (end.kind === 'unfinished') return 'the recording ends';
  return step.error && half.call.stream ? `${step.error.type ?? 'error'}: ${step.error.message}` : null;
}

function begun(half: Half): boolean {
  const status = half.step.attempts.at(-1)?.status ?? null;
  return status !== null && status < 400 && foreignOf(half) === null;
}

/** Some hosts never say that a stream ended. */
function openEndOf(half: Half): string | null {
  const { step } = half;
  if (!begun(half)) return null;
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
