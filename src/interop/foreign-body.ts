import { isObject } from '../wire/json.ts';
import type { Notes } from './foreign.ts';

/**
 * The bytes of a body as cassettes keep it: text, `!!binary`, `{string}`, `{base64_string}`, or `{encoding, string}`
 * (Ruby's shape, which others copied: text of another encoding, shown as UTF-8). Null and absent are empty. Undefined for
 * a shape that is not known.
 */
export function bodyBytes(body: unknown): Uint8Array | undefined {
  if (body === null || body === undefined) return new Uint8Array();
  if (body instanceof Uint8Array) return body;
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  // A plain YAML scalar that reads as a number or a truth value was one.
  if (typeof body === 'number' || typeof body === 'boolean') return Buffer.from(String(body), 'utf8');
  if (!isObject(body)) return undefined;
  const { string, base64_string: base64, encoding } = body;
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
  if (typeof string === 'string' && /^iso-?8859-1$/i.test(String(encoding)))
    return Buffer.from(string, 'latin1');
  return 'string' in body ? bodyBytes(string) : undefined;
}

/** `parsed_body`: some projects' serialisers keep JSON bodies as YAML, to be read by people. */
export function parsedBody(holder: unknown, notes: Notes): Uint8Array | undefined {
  if (!isObject(holder) || holder.parsed_body === undefined) return undefined;
  notes.add('a body was stored parsed; its JSON is written anew, so spacing and escapes may differ');
  return Buffer.from(JSON.stringify(holder.parsed_body), 'utf8');
}
