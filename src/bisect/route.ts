import { header } from '../wire/headers.ts';
import type { Half } from './pair.ts';

/** Where a call went, apart from the model: host family, base path, region, version of the API. */
export interface Route {
  readonly host: string;
  readonly base: string;
  readonly version: string;
}

export function routeOf({ call, exchange: { request } }: Half): Route {
  const [path = '', query = ''] = request.path.split('?', 2);
  const model = call.requestModel;
  const plain = decoded(path).replace(/:(stream)?generateContent$/i, ':generate');
  const withoutModel = model === null || model === '' ? plain : plain.split(model).join('{model}');
  const versions = /(^|\/)v\d+[a-z0-9]*(?=\/|$)/.exec(withoutModel)?.[0] ?? '';
  const asked = new URLSearchParams(query).get('api-version') ?? '';
  // A server of one's own has another port each time.
  const host = request.host.replace(/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/, 'localhost');
  const base = withoutModel
    .replace(versions, '')
    .replace(/\/(invoke|converse)-(with-response-)?stream$/, '/$1')
    .replace(/\/+$/, '');
  return { host, base, version: [versions, asked].filter(Boolean).join(' ') };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Headers in which a client says what it is. */
const CLIENT_HEADERS = [
  'user-agent',
  'x-stainless-lang',
  'x-stainless-package-version',
  'x-stainless-runtime-version',
  'x-goog-api-client',
] as const;
/** Headers that choose a version or a feature of the API. */
const API_HEADERS = ['anthropic-version', 'anthropic-beta', 'openai-beta', 'x-api-version'] as const;

export interface HeaderChange {
  readonly name: string;
  readonly good: string | null;
  readonly bad: string | null;
}

export function headerChanges(good: Half, bad: Half, names: 'client' | 'api'): readonly HeaderChange[] {
  const [left, right] = [good.exchange.request.headers, bad.exchange.request.headers];
  return (names === 'client' ? CLIENT_HEADERS : API_HEADERS).flatMap(name => {
    const [was, is] = [header(left, name) ?? null, header(right, name) ?? null];
    return was === is ? [] : [{ name, good: was, bad: is }];
  });
}

/** A header of the answer. */
export function answerHeader({ exchange }: Half, name: string): string | null {
  return header(exchange.answer.head?.headers ?? [], name) ?? null;
}
