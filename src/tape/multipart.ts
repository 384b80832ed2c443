import { hash } from 'node:crypto';
import { multipartParts } from '../wire/multipart.ts';

/**
 * A `multipart/*` body without its boundary, which every client makes anew: each part as its headers (sorted, lower
 * case) and the hash of its content. Null where the body does not follow RFC 2046.
 */
export function partDigests(contentType: string, body: Uint8Array): readonly string[] | null {
  const parts = multipartParts(contentType, body);
  if (!parts) return null;
  return parts.map(({ headerLines, start, end }) => {
    const canonical = headerLines.map(line => line.replace(/^[^:]*/, key => key.toLowerCase())).sort();
    return `${canonical.join('\n')}\n${hash('sha256', body.subarray(start, end))}`;
  });
}
