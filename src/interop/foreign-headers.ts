import type { RawHeaders } from '../wire/headers.ts';
import { asObject, isObject } from '../wire/json.ts';

/** `{name: value}` or `{name: [values]}`, as vcrpy and go-vcr keep headers. */
export function headersOfMap(map: unknown): RawHeaders {
  return Object.entries(asObject(map)).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).flatMap(value => headerLine(name, value)),
  );
}

/** `[{name, value}]`, as a HAR keeps headers; HTTP/2's pseudo headers are dropped. */
export function headersOfList(list: unknown): RawHeaders {
  if (!Array.isArray(list)) return [];
  return list.flatMap(entry => (isObject(entry) ? headerLine(entry.name, entry.value) : []));
}

/** Only what may stand in an HTTP/1.1 head: a replay would refuse to write anything else. */
function headerLine(name: unknown, value: unknown): RawHeaders {
  if (typeof name !== 'string' || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return [];
  if (value === null || value === undefined || typeof value === 'object') return [];
  const text = String(value)
    .replace(/[\r\n]+[ \t]*/g, ' ')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 9110, 5.5 forbids them
    .replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, '');
  return [[name, latin1(text)]];
}

/** A header is bytes; text beyond Latin-1 is sent as UTF-8, which is what reads back right. */
function latin1(text: string): string {
  return /[\u0100-\uffff]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}
