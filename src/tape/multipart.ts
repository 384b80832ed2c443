import { hash } from 'node:crypto';

/**
 * A `multipart/*` body without its boundary, which every client makes anew: each part as its headers (sorted, lower
 * case) and the hash of its content. Null where the body does not follow RFC 2046.
 */
export function multipartParts(contentType: string, body: Uint8Array): readonly string[] | null {
  const boundary = /^multipart\/[^;]+;.*?\bboundary=(?:"([^"]+)"|([^\s;]+))/is.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (!name) return null;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = Buffer.from(`--${name}`);
  const parts: string[] = [];
  let at = bytes.indexOf(delimiter);
  if (at < 0) return null;
  for (;;) {
    at += delimiter.length;
    if (bytes.toString('latin1', at, at + 2) === '--') return parts;
    const headEnd = bytes.indexOf('\r\n\r\n', at);
    const next = bytes.indexOf(delimiter, at);
    if (headEnd < 0 || next < 0 || headEnd > next) return null;
    const headers = bytes.toString('utf8', at, headEnd).split('\r\n').filter(Boolean);
    const canonical = headers.map(line => line.replace(/^[^:]*/, key => key.toLowerCase())).sort();
    parts.push(`${canonical.join('\n')}\n${hash('sha256', bytes.subarray(headEnd + 4, next - 2))}`);
    at = next;
  }
}
