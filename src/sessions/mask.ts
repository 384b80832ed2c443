import type { Span } from './secret-scanner.ts';

/** Says whose key it was; everything behind goes. */
const KNOWN_PREFIX = /^(?:sk-|pk-|gsk_|xai-|hf_|r8_|pplx-|ghp_|gho_|github_pat_|AIza|AKIA|ASIA)/;

/** A mask of the same length, the same for everybody: `sk-REDACTED****`. */
export function maskOf(secret: string): string {
  const prefix = KNOWN_PREFIX.exec(secret)?.[0] ?? '';
  const mark = `${prefix}REDACTED`;
  return secret.length < mark.length ? '*'.repeat(secret.length) : mark.padEnd(secret.length, '*');
}

/** A copy with the spans masked, or the bytes themselves where there are none. Spans may hang over either end. */
export function maskSpans(bytes: Buffer, spans: readonly Span[]): Buffer {
  if (spans.length === 0) return bytes;
  const masked = Buffer.from(bytes);
  for (const { start, end } of spans) {
    masked.write(maskOf(bytes.toString('latin1', start, end)), start, 'latin1');
  }
  return masked;
}

/** Any character but the mask's own: a masked value is not a secret to be learned. */
export const isMasked = (value: string): boolean => /^(?:[\w-]*REDACTED)?\**$/.test(value);
