import { isUtf8 } from 'node:buffer';
import type { SessionReader } from '../sessions/session.ts';
import { VERSION } from '../version.ts';
import { decodeBody } from '../wire/content-coding.ts';
import { answerBody, type Exchange, type RequestHead } from '../wire/exchange.ts';
import { header, type RawHeaders } from '../wire/headers.ts';

/**
 * A session as HAR 1.2, for browsers' network panels and other viewers, in pieces: the text of all may be longer than a
 * string can be. Bodies are decoded, as the format wants. Fields that begin with `_` are Rewind's own: how the answer
 * ended, and the rung of the ladder that gave it.
 */
export function* exportHar(reader: SessionReader): Generator<string> {
  const { id, name, startedAt, command } = reader.start;
  const log = {
    version: '1.2',
    creator: { name: 'Rewind', version: VERSION },
    comment: name ?? (command.join(' ') || `session ${id}`),
    entries: [],
  };
  const empty = JSON.stringify({ log }, null, 2);
  const place = empty.lastIndexOf(']');
  yield empty.slice(0, place);
  let before = '\n';
  for (const exchange of reader.exchanges()) {
    yield before + indented(JSON.stringify(entry(exchange, startedAt), null, 2), '      ');
    before = ',\n';
  }
  yield `${before === '\n' ? '' : '\n    '}${empty.slice(place)}\n`;
}

const indented = (text: string, by: string): string => by + text.replaceAll('\n', `\n${by}`);

function entry(exchange: Exchange, startedAt: number): object {
  const { answer, at, label } = exchange;
  const endAt = 'at' in answer.end ? answer.end.at : (answer.chunks.at(-1)?.at ?? answer.headAt ?? 0);
  const headAt = Math.min(answer.headAt ?? endAt, endAt);
  return {
    startedDateTime: new Date(startedAt + at).toISOString(),
    time: endAt,
    request: requestOf(exchange),
    response: responseOf(exchange),
    cache: {},
    timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: headAt, receive: endAt - headAt },
    _end: answer.end.kind,
    ...(label ? { _label: label } : {}),
  };
}

function requestOf({ request }: Exchange): object {
  const url = urlOf(request);
  const plain = decodeBody(request.body, header(request.headers, 'content-encoding')).bytes;
  const mimeType = header(request.headers, 'content-type') ?? 'application/octet-stream';
  return {
    method: request.method,
    url,
    httpVersion: versionOf(request),
    cookies: [],
    headers: listed(request.headers),
    queryString: [...new URLSearchParams(request.path.split('?').slice(1).join('?'))].map(
      ([name, value]) => ({ name, value }),
    ),
    headersSize: -1,
    bodySize: request.body.length,
    ...(request.body.length > 0 ? { postData: { mimeType, ...textOf(plain) } } : {}),
  };
}

function responseOf({ request, answer }: Exchange): object {
  const head = answer.head ?? { status: 0, reason: '', headers: [] };
  const body = answerBody(answer);
  const plain = decodeBody(body, header(head.headers, 'content-encoding')).bytes;
  return {
    status: head.status,
    statusText: head.reason,
    httpVersion: versionOf(request),
    cookies: [],
    headers: listed(head.headers),
    content: {
      size: plain.length,
      ...(plain.length > body.length ? { compression: plain.length - body.length } : {}),
      mimeType: header(head.headers, 'content-type') ?? 'x-unknown',
      ...textOf(plain),
    },
    redirectURL: header(head.headers, 'location') ?? '',
    headersSize: -1,
    bodySize: body.length,
  };
}

const urlOf = ({ scheme, host, path }: RequestHead): string => `${scheme}://${host}${path}`;

const versionOf = ({ httpVersion }: RequestHead): string =>
  httpVersion === '2' ? 'HTTP/2.0' : `HTTP/${httpVersion}`;

const listed = (headers: RawHeaders): object[] => headers.map(([name, value]) => ({ name, value }));

function textOf(bytes: Uint8Array): { readonly text: string; readonly encoding?: 'base64' } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer)
    ? { text: buffer.toString('utf8') }
    : { text: buffer.toString('base64'), encoding: 'base64' };
}
