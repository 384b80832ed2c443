/**
 * The value of the `rewind-session` header: a name, as anybody may send it, or what helpers send:
 * `name;id=…;mode=replay`, the name percent-encoded. The whole value tells one session from another of the same name.
 */
export interface SessionTag {
  readonly name: string;
  readonly mode?: 'record' | 'replay' | 'once';
}

export function readSessionTag(value: string): SessionTag {
  const [name = '', ...fields] = value.split(';');
  const mode = fields.find(field => field.startsWith('mode='))?.slice('mode='.length);
  return {
    name: plain(fields.length > 0 ? decoded(name) : name),
    ...(mode === 'record' || mode === 'replay' || mode === 'once' ? { mode } : {}),
  };
}

/** Names end up in lists and file names. */
const plain = (name: string): string =>
  name
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 100) || 'session';

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
