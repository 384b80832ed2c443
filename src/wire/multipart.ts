/** `multipart/*` bodies (RFC 2046). */
export interface Part {
  /** As they stand. */
  readonly headerLines: readonly string[];
  /** Offsets of its content. */
  readonly start: number;
  readonly end: number;
}

/** Undefined where the body does not follow the RFC. */
export function multipartParts(contentType: string, body: Uint8Array): readonly Part[] | undefined {
  const boundary = /^multipart\/[^;]+;.*?\bboundary=(?:"([^"]+)"|([^\s;]+))/is.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (!name) return undefined;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = Buffer.from(`--${name}`);
  const parts: Part[] = [];
  let at = bytes.indexOf(delimiter);
  if (at < 0) return undefined;
  for (;;) {
    at += delimiter.length;
    if (bytes.toString('latin1', at, at + 2) === '--') return parts;
    const headEnd = bytes.indexOf('\r\n\r\n', at);
    const next = bytes.indexOf(delimiter, at);
    if (headEnd < 0 || next < 0 || headEnd > next) return undefined;
    const headerLines = bytes.toString('utf8', at, headEnd).split('\r\n').filter(Boolean);
    parts.push({ headerLines, start: headEnd + 4, end: Math.max(headEnd + 4, next - 2) });
    at = next;
  }
}
