import type { Json } from '../../wire/json.ts';

/** `A-17`, `ORD-1042`, `user_7`: letters and a number; or an e-mail address. */
const NAMED = /\b([A-Za-z]{1,10}[-_])(\d{1,8})\b|\b([a-z0-9._]+)@([a-z0-9.-]+\.[a-z]+)\b/;

/** The text with its first entity turned into its neighbour; null where it names none. */
export function otherEntityIn(text: string): string | null {
  if (!NAMED.test(text)) return null;
  return text.replace(NAMED, (_, prefix?: string, number?: string, name?: string, host?: string) =>
    prefix === undefined || number === undefined
      ? `${name}2@${host}`
      : `${prefix}${String(Number(number) + 1).padStart(number.length, '0')}`,
  );
}

/** The value with the first entity in it turned into its neighbour, wherever it stands; null where it names none. */
export function otherEntity(value: Json): Json | null {
  if (typeof value === 'string') return otherEntityIn(value);
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, one] of Object.entries(value)) {
    const other = otherEntity(one as Json);
    if (other === null) continue;
    if (Array.isArray(value)) return value.map((each: Json, i) => (String(i) === name ? other : each));
    return { ...value, [name]: other };
  }
  return null;
}
