/** Values as JSON and back: the JSON that people read, and beside it, by JSON pointer, what JSON has no word for. */
export interface Encoded {
  readonly value: unknown;
  readonly forms: Readonly<Record<string, string>>;
  /** Only a description: it cannot be made again. */
  readonly opaque: boolean;
}

const DEEPEST = 100;

/** Objects of one value; what is larger, or goes in circles, is described. */
const MOST = 200_000;
let left = 0;

class Opaque extends Error {}

export function encode(value: unknown): Encoded {
  const forms: Record<string, string> = {};
  left = MOST;
  try {
    return { value: encoded(value, '', forms, 0), forms, opaque: false };
  } catch {
    return { value: plain(value), forms: {}, opaque: true };
  }
}

function encoded(value: unknown, at: string, forms: Record<string, string>, depth: number): unknown {
  const marked = (form: string, json: unknown): unknown => {
    forms[at] = form;
    return json;
  };
  const down = (item: unknown, ...keys: readonly (string | number)[]): unknown =>
    encoded(item, pointer(at, keys), forms, depth + 1);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (value === undefined) return marked('undefined', null);
  if (typeof value === 'number') {
    const survives = Number.isFinite(value) && !Object.is(value, -0);
    return survives ? value : marked('number', Object.is(value, -0) ? '-0' : String(value));
  }
  if (typeof value === 'bigint') return marked('bigint', String(value));
  if (typeof value !== 'object' || depth > DEEPEST || --left < 0) throw new Opaque();
  if (Array.isArray(value)) return value.map((item, i) => down(item, i));
  if (value instanceof Date) return marked('Date', value.toJSON());
  if (value instanceof Map)
    return marked(
      'Map',
      [...value].map((pair, i) => pair.map((each, j) => down(each, i, j))),
    );
  if (value instanceof Set)
    return marked(
      'Set',
      [...value].map((item, i) => down(item, i)),
    );
  if (value instanceof Uint8Array) {
    const base64 = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
    return marked(Buffer.isBuffer(value) ? 'Buffer' : 'Uint8Array', base64);
  }
  if (!isPlain(value)) throw new Opaque();
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, down(item, key)]));
}

export function decode(value: unknown, forms: Readonly<Record<string, string>> = {}): unknown {
  return decoded(value, '', forms);
}

function decoded(value: unknown, at: string, forms: Readonly<Record<string, string>>): unknown {
  const form = Object.hasOwn(forms, at) ? forms[at] : undefined;
  if (form === 'undefined') return undefined;
  if (form === 'number') return Number(value);
  if (form === 'bigint') return BigInt(String(value));
  if (form === 'Date') return new Date(typeof value === 'string' ? value : Number.NaN);
  if (form === 'Buffer') return Buffer.from(String(value), 'base64');
  if (form === 'Uint8Array') return new Uint8Array(Buffer.from(String(value), 'base64'));
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item, i) => decoded(item, pointer(at, [i]), forms));
    if (form === 'Set') return new Set(items);
    return form === 'Map' ? new Map(items as [unknown, unknown][]) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, decoded(item, pointer(at, [key]), forms)]),
  );
}

/** JSON that reads well, whatever it is: what a model would have sent, for arguments. */
export function plain(value: unknown): unknown {
  left = MOST / 20;
  return plainly(value, 0);
}

function plainly(value: unknown, depth: number): unknown {
  if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value)) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object') return String(value);
  if (depth > DEEPEST || --left < 0) return '…';
  if (Array.isArray(value)) return value.map(item => plainly(item, depth + 1));
  if (value instanceof Map || value instanceof Set) return [...value].map(item => plainly(item, depth + 1));
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    try {
      return plainly(value.toJSON(), depth + 1);
    } catch {
      return `[${value.constructor?.name ?? 'object'}]`;
    }
  }
  if (!isPlain(value)) return `[${value.constructor?.name ?? 'object'}]`;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainly(item, depth + 1)]));
}

export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const pointer = (at: string, keys: readonly (string | number)[]): string =>
  at + keys.map(key => `/${String(key).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
