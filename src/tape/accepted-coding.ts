import { decodeBody } from '../wire/content-coding.ts';
import { type Answer, answerBody, type WireRequest } from '../wire/exchange.ts';
import { header, withoutHeaders } from '../wire/headers.ts';

/**
 * The answer in a content coding that the asking client accepts. A client of the recorded kind gets the recorded
 * bytes; another one (curl after an SDK) gets a compressed answer decoded, whole, at its last chunk's time.
 */
export function inAcceptedCoding(answer: Answer, recorded: WireRequest, asking: WireRequest): Answer {
  const { head, chunks } = answer;
  const last = chunks.at(-1);
  const coding = head && header(head.headers, 'content-encoding');
  if (!head || !coding || !last || answer.end.kind !== 'complete') return answer;
  const accepted = header(asking.headers, 'accept-encoding');
  if (accepted === header(recorded.headers, 'accept-encoding') || accepts(accepted, coding)) return answer;
  const { bytes: plain, problem } = decodeBody(answerBody(answer), coding);
  // A header that the body does not live up to: the recorded client coped, so the bytes stay.
  if (problem) return answer;
  const headers = withoutHeaders(head.headers, new Set(['content-encoding'])).map(
    ([name, value]) =>
      [name, name.toLowerCase() === 'content-length' ? String(plain.length) : value] as const,
  );
  return { ...answer, head: { ...head, headers }, chunks: [{ at: last.at, bytes: plain }] };
}

/** Whether the client's Accept-Encoding matters to this answer. */
export function isCompressed({ head }: Answer): boolean {
  return head !== undefined && header(head.headers, 'content-encoding') !== undefined;
}

/** RFC 9110, 12.5.3; but a client that says nothing is taken to read plain text only, as such clients do. */
export function accepts(acceptEncoding: string | undefined, contentEncoding: string): boolean {
  const weights = new Map<string, number>();
  for (const item of (acceptEncoding ?? '').split(',')) {
    const [name = '', ...parameters] = item
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    const q = parameters.find(parameter => parameter.startsWith('q='));
    weights.set(name, q === undefined ? 1 : Number(q.slice(2)));
  }
  return contentEncoding
    .toLowerCase()
    .split(/\s*,\s*/)
    .map(coding => coding.replace(/^x-/, ''))
    .every(
      coding =>
        coding === 'identity' ||
        (weights.get(coding) ?? weights.get(`x-${coding}`) ?? weights.get('*') ?? 0) > 0,
    );
}
