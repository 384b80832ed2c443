/**
 * How a piece of JSON is written, apart from what it says: enough of it that the vendors' bytes can be made again from the
 * plain value, so that a cassette can show the value.
 */
export interface JsonStyle {
  /** What stands behind a colon and behind a comma, and the indentation of pretty-printed text. */
  readonly colon?: ' ';
  readonly comma?: ' ';
  readonly indent?: number;
  /** `ascii`: all else as \uXXXX (Python); `html`: <, > and & so (Go). */
  readonly escape?: 'ascii' | 'html';
  /** White space behind the value. */
  readonly tail?: string;
}

export interface StyledJson {
  readonly value: unknown;
  readonly style: JsonStyle;
}

/** The value and style that give exactly `text` again; undefined where there are none. */
export function readStyled(text: string): StyledJson | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const tail = /\s*$/.exec(text)?.[0] ?? '';
  const indent = /^[[{]\n( +)/.exec(text)?.[1]?.length;
  const style: JsonStyle = {
    ...(/"\s*: /.test(text) && { colon: ' ' as const }),
    ...(!indent && /[\]}"\dle], ["[{\dtfn-]/.test(text) && { comma: ' ' as const }),
    ...(indent && { indent }),
    ...(tail && { tail }),
  };
  for (const candidate of candidates(style, text)) {
    if (writeStyled(value, candidate) === text) return { value, style: candidate };
  }
  return undefined;
}

/** A text inside a value may look like a separator: then the first guess is wrong, and the plain ones are tried. */
function* candidates(style: JsonStyle, text: string): Generator<JsonStyle> {
  const escapes = text.includes('\\u') ? ([undefined, 'ascii', 'html'] as const) : ([undefined] as const);
  const { colon, comma, ...rest } = style;
  const spacings = style.indent
    ? [style]
    : [style, rest, { ...rest, colon: ' ' as const }, { ...rest, colon: ' ' as const, comma: ' ' as const }];
  const seen = new Set<string>();
  for (const spacing of spacings) {
    for (const how of escapes) {
      const candidate = how ? { ...spacing, escape: how } : spacing;
      const key = JSON.stringify(candidate);
      if (!seen.has(key)) yield candidate;
      seen.add(key);
    }
  }
}

export function writeStyled(value: unknown, style: JsonStyle): string {
  const plain = !style.colon && !style.comma;
  const json = plain || style.indent ? JSON.stringify(value, null, style.indent) : spaced(value, style);
  return escaped(json, style.escape) + (style.tail ?? '');
}

function spaced(value: unknown, style: JsonStyle): string {
  const comma = `,${style.comma ?? ''}`;
  if (Array.isArray(value)) return `[${value.map(one => spaced(one, style)).join(comma)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, one]) => `${JSON.stringify(key)}:${style.colon ?? ''}${spaced(one, style)}`,
  );
  return `{${members.join(comma)}}`;
}

function escaped(json: string, how: JsonStyle['escape']): string {
  if (!how) return json;
  const which = how === 'ascii' ? /[\u007f-\uffff]/g : /[<>&\u2028\u2029]/g;
  return json.replace(which, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
