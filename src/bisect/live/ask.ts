import type { Responder } from '../../tape/responder.ts';
import type { Answer, AnswerEnd, AnswerHead, Chunk, Exchange, WireRequest } from '../../wire/exchange.ts';

/** Asks once, and keeps the answer in memory only. Rejects where the responder does. */
export async function askOnce(
  responder: Responder,
  request: WireRequest,
  signal: AbortSignal,
): Promise<Exchange> {
  const arrived = performance.now();
  const since = (): number => performance.now() - arrived;
  const chunks: Chunk[] = [];
  let head: AnswerHead | undefined;
  let headAt = 0;
  let end: AnswerEnd = { kind: 'closed', at: 0, message: 'no answer' };
  await responder.respond(
    { seq: 0, arrived, request, signal },
    {
      label: () => undefined,
      head(given) {
        head = given;
        headAt = since();
      },
      chunk(bytes) {
        chunks.push({ at: since(), bytes: Uint8Array.from(bytes) });
      },
      end(trailers = []) {
        end = { kind: 'complete', at: since(), trailers };
      },
      fail(how, message) {
        end = { kind: how === 'reset' ? 'reset' : 'closed', at: since(), message };
      },
    },
  );
  const answer: Answer = { ...(head ? { head, headAt } : {}), chunks, end };
  return { seq: 0, at: 0, request, answer };
}
