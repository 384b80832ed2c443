import { canonicalJson } from '../tape/canonical-json.ts';
import { plainBody } from '../tape/match-key.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { withoutHeaders } from '../wire/headers.ts';
import type { NamedCause } from './report.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * A request with the other run's value of one cause in it. `from` is what stands there, `to` what shall; `donor`: the other
 * run's request at the same step, where settings and tools are taken from. Null where a value cannot be put in by itself.
 */
export function rewriteFor(
  { id, field }: Pick<NamedCause, 'id' | 'field'>,
  from: string | null,
  to: string | null,
  donor: WireRequest,
): ((request: WireRequest) => WireRequest) | null {
  const given = bodyOf(donor);
  if (!given) return null;
  if (id === 'model_version_changed') {
    return changed((body, request) => ({
      body: 'model' in given ? { ...body, model: given.model } : body,
      path:
        from !== null && to !== null
          ? request.path.replace(encodeURIComponent(from), encodeURIComponent(to)).replace(from, to)
          : request.path,
    }));
  }
  if (field.startsWith('tools')) {
    return changed(body => ({
      body: {
        ...body,
        ...member(given, 'tools'),
        ...member(given, 'toolConfig'),
        ...member(given, 'functions'),
      },
    }));
  }
  if (from !== null && to !== null && (field === 'system' || field.startsWith('messages['))) {
    return changed(body => ({ body: replaced(body, from, to) as Json }));
  }
  const [top = ''] = field.split(/[.[]/);
  if (top === '' || top === 'messages' || top === 'response' || !(top in given || from !== null)) return null;
  return changed(body => {
    const { [top]: _, ...rest } = body;
    return { body: { ...rest, ...member(given, top) } };
  });
}

function changed(
  edit: (body: Json, request: WireRequest) => { readonly body: Json; readonly path?: string },
): (request: WireRequest) => WireRequest {
  return request => {
    const body = bodyOf(request);
    if (!body) return request;
    const edited = edit(body, request);
    const bytes = Buffer.from(JSON.stringify(edited.body));
    if (JSON.stringify(body) === bytes.toString() && (edited.path ?? request.path) === request.path)
      return request;
    return {
      ...request,
      path: edited.path ?? request.path,
      headers: withoutHeaders(request.headers, new Set(['content-encoding', 'content-length'])),
      body: bytes,
    };
  };
}

function bodyOf(request: WireRequest): Json | null {
  try {
    const value: unknown = JSON.parse(plainBody(request).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

const member = (body: Json, name: string): Json => (name in body ? { [name]: body[name] } : {});

/**
 * Texts that are the value, wherever they stand; as agents trim them, white space around them does not count. A result
 * that a vendor keeps as an object is compared as one.
 */
function replaced(value: unknown, from: string, to: string): unknown {
  if (typeof value === 'string') return value.trim() === from.trim() ? to : value;
  if (Array.isArray(value)) return value.map(one => replaced(one, from, to));
  if (typeof value !== 'object' || value === null) return value;
  if (from.startsWith('{') && canonicalJson(value) === canonicalJson(parsed(from))) return parsed(to) ?? to;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one, from, to)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
