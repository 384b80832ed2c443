import { isCredentialHeader, isCredentialParameter } from '../../providers/credentials.ts';
import { MatchKeyer } from '../../tape/match-key.ts';
import type { Responder } from '../../tape/responder.ts';
import type { WireRequest } from '../../wire/exchange.ts';
import { header, type RawHeaders } from '../../wire/headers.ts';

/** A request as it may be sent, with the user's credentials in it; a text says why that cannot be. */
export type Credentials = (request: WireRequest) => WireRequest | string;

/**
 * The credentials that a re-executed agent sends along with its own requests: heard on their way to the tape, kept in
 * memory for as long as this is, never written anywhere.
 */
export class Overheard {
  readonly #keyer: MatchKeyer;
  readonly #byHost = new Map<string, WireRequest>();
  /** AWS signs each request by itself: only the very same one may be sent. */
  readonly #signed = new Map<string, WireRequest>();

  constructor(extraHosts: readonly string[] = []) {
    this.#keyer = new MatchKeyer(undefined, extraHosts);
  }

  readonly around = (inner: Responder): Responder => ({
    respond: (ask, reply) => {
      this.#hear(ask.request);
      return inner.respond(ask, reply);
    },
  });

  readonly credentials: Credentials = request => {
    const signed = this.#signed.get(this.#keyer.fingerprint(request).key);
    if (signed) return signed;
    const heard = this.#byHost.get(request.host);
    if (!heard) return `the agent sent nothing to ${request.host} when it ran again`;
    if (isSigned(heard)) return 'AWS signs each request, and the agent did not send this one';
    return withCredentials(
      request,
      heard.headers.filter(([name]) => isCredentialHeader(name)),
      parametersOf(heard.path),
    );
  };

  #hear(request: WireRequest): void {
    this.#byHost.set(request.host, { ...request, body: new Uint8Array() });
    if (isSigned(request)) this.#signed.set(this.#keyer.fingerprint(request).key, request);
  }
}

const isSigned = ({ headers }: WireRequest): boolean =>
  (header(headers, 'authorization') ?? '').startsWith('AWS4-');

/** A recorded request with these credentials in the place of what redaction left of its own. */
export function withCredentials(
  request: WireRequest,
  credentials: RawHeaders,
  parameters: ReadonlyMap<string, string> = new Map(),
): WireRequest {
  const kept = request.headers.filter(
    ([name]) => !isCredentialHeader(name) && name.toLowerCase() !== 'content-length',
  );
  const [path = '', query] = request.path.split('?', 2);
  const put = (query ?? '').split('&').map(pair => {
    const [name = ''] = pair.split('=', 1);
    return parameters.has(name) ? `${name}=${parameters.get(name)}` : pair;
  });
  return {
    ...request,
    path: query === undefined ? path : `${path}?${put.join('&')}`,
    headers: [...kept, ...credentials],
  };
}

function parametersOf(path: string): ReadonlyMap<string, string> {
  const pairs = (path.split('?', 2)[1] ?? '').split('&').map(pair => pair.split('=', 2));
  return new Map(
    pairs.flatMap(([name = '', value = '']) => (isCredentialParameter(name) ? [[name, value]] : [])),
  );
}
