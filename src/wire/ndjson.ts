/** One line of newline-delimited JSON; blank lines are skipped. */
export interface NdjsonLine {
  readonly text: string;
  /** Offset of the line's first byte. */
  readonly start: number;
  /** Offset after its line end. */
  readonly end: number;
  /** False for a last line without a line end: whole or cut. */
  readonly terminated: boolean;
}

export function parseNdjson(bytes: Uint8Array): NdjsonLine[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: NdjsonLine[] = [];
  for (let start = 0; start < buffer.length; ) {
    const lf = buffer.indexOf(10, start);
    const end = lf === -1 ? buffer.length : lf + 1;
    const text = buffer.toString('utf8', start, end).trim();
    if (text !== '') lines.push({ text, start, end, terminated: lf !== -1 });
    start = end;
  }
  return lines;
}
