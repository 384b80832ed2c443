/** Readers for JSON that came from outside: what is not of the expected type is absent. */
export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** Text of a `content` field that is a string or a list of blocks with a `text`. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return list(content)
    .map(block => text(fields(block).text))
    .filter(part => part !== '')
    .join('\n');
}

/** The value of a JSON body; undefined where it is no JSON. */
export function parsedJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
