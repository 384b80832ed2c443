/**
 * Takes secrets out of what is about to be written; docs/redaction.md says what and why. Masks keep the length and are the
 * same for everybody, so that lengths, offsets and match keys stay as they were.
 */
import { isCredentialHeader, isCredentialParameter } from '../providers/credentials.ts';
import { decodeBody } from '../wire/content-coding.ts';
import type { AnswerHead, RequestHead, WireRequest } from '../wire/exchange.ts';
import { header, type RawHeaders, withoutHeaders } from '../wire/headers.ts';
import { multipartParts } from '../wire/multipart.ts';
import { jsonPathSpans } from './json-path-spans.ts';
import { isMasked, maskOf, maskSpans } from './mask.ts';
import { EventStreamMask } from './mask-event-stream.ts';
import { MaskStream } from './mask-stream.ts';
import { MaskedLines } from './masked-lines.ts';
import { NO_RULES, type RedactionRules } from './redaction-rules.ts';
import { SecretBook } from './secret-book.ts';
import { mergeSpans, type Span } from './secret-scanner.ts';

/** A body that had to be stored otherwise than it came; `headers` fit it. */
export interface DecodedForm {
  readonly headers: RawHeaders;
  readonly body: Buffer;
}

/** The schemes of an Authorization header (IANA's registry, and vendors' own); anything else is secret from the start. */
const SCHEME =
  /^((?:Bearer|Basic|Digest|DPoP|HOBA|Mutual|Negotiate|OAuth|PrivateToken|Token|ApiKey|Api-Key|Key|SharedKey|Snowflake|GoogleLogin|AWS4-[A-Z0-9-]+) +)(\S.*)$/is;

/** One for each session: it learns the secrets it sees. */
export class Redactor {
  readonly rules: RedactionRules;
  readonly #book: SecretBook;
  readonly #lines: MaskedLines;

  /** `secrets`: values known beforehand, such as the child's `*_API_KEY` variables. */
  constructor(rules: RedactionRules = NO_RULES, secrets: readonly string[] = []) {
    this.rules = rules;
    this.#book = new SecretBook(rules.patterns);
    this.#lines = new MaskedLines(() => this.version);
    for (const secret of secrets) this.#book.learn(secret);
  }

  /** Changes when a secret was learned. */
  get version(): number {
    return this.#book.version;
  }

  /** A whole request, as the recorder would store it: what a tape matches a live request by. */
  request(request: WireRequest): WireRequest {
    const { body, ...head } = request;
    const masked = this.requestHead(head);
    const bytes = asBuffer(body);
    const decoded = this.decoded(masked.headers, bytes);
    if (decoded) return { ...masked, headers: decoded.headers, body: decoded.body };
    return { ...masked, body: this.body(bytes, masked.headers) };
  }

  requestHead(head: RequestHead): RequestHead {
    const version = this.version;
    // Learned first: the header's secret may stand in the path too.
    const headers = this.#headers(head.headers);
    const path = this.#lines.path(head.path) ?? this.#path(head.path);
    const masked = { ...head, path, headers: this.#scanned(head.headers, headers) };
    if (version === this.version) this.#lines.rememberPath(head.path, path);
    return masked;
  }

  answerHead(head: AnswerHead): AnswerHead {
    const reason = head.reason === 'OK' ? head.reason : this.text(head.reason);
    return { ...head, reason, headers: this.trailers(head.headers) };
  }

  trailers(headers: RawHeaders): RawHeaders {
    return headers.length === 0 ? headers : this.#scanned(headers, this.#headers(headers));
  }

  text(text: string): string {
    const bytes = Buffer.from(text);
    const spans = this.#book.find(bytes);
    return spans.length ? maskSpans(bytes, spans).toString() : text;
  }

  /** Arguments of a command: also the values of flags such as `--api-key`. */
  command(args: readonly string[]): readonly string[] {
    return args.map((arg, i) => {
      const flag = /^-{1,2}([\w-]+)$/.exec(args[i - 1] ?? '')?.[1];
      const pair = /^(-{0,2}([\w-]+)=)(.+)$/s.exec(arg);
      if (flag && !arg.startsWith('-') && isSecretName(flag)) return this.#secret(arg);
      if (pair?.[2] && isSecretName(pair[2])) return pair[1] + this.#secret(pair[3]!);
      return this.text(arg);
    });
  }

  /** Every text inside a value of plain data, its keys too; fields whose name says secret as a whole. */
  json<T>(value: T): T {
    return this.#plain(JSON.parse(JSON.stringify(value) ?? 'null')) as T;
  }

  #plain(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(each => this.#plain(each));
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        this.text(key),
        typeof each === 'string' && each !== '' && isSecretName(key) && !isMasked(each)
          ? this.#secret(each)
          : this.#plain(each),
      ]),
    );
  }

  body(bytes: Buffer, headers: RawHeaders): Buffer {
    return maskSpans(bytes, this.spans(bytes, headers));
  }

  /** All secrets of a body. */
  spans(bytes: Buffer, headers: RawHeaders): Span[] {
    // By place first: what a form's field shows may stand elsewhere in it too.
    const byPlace = this.spansByPlace(bytes, headers);
    return mergeSpans([...byPlace, ...this.#book.find(bytes)]);
  }

  /** Secrets that have a byte between `from` and `to`. */
  spansWithin(bytes: Buffer, from: number, to: number): Span[] {
    return this.#book.find(bytes, this.#book.reachBack(bytes, from), to);
  }

  /** Secrets that were not known yet at `version`. */
  spansSince(bytes: Buffer, version: number): Span[] {
    return this.#book.findNewer(bytes, version);
  }

  /** Secrets by their place: fields of a form of either kind, and the user's JSON paths. */
  spansByPlace(bytes: Buffer, headers: RawHeaders): Span[] {
    const type = header(headers, 'content-type') ?? '';
    const form = /^application\/x-www-form-urlencoded/i.test(type);
    return [
      ...(form ? this.#formSpans(bytes) : this.#partSpans(bytes, type)),
      ...jsonPathSpans(bytes, this.rules.jsonPaths),
    ];
  }

  /**
   * A compressed body that holds a secret, decoded and masked: it cannot be masked as it is. Undefined where it holds none
   * or is not compressed. Throws RewindError `body-too-large`.
   */
  decoded(headers: RawHeaders, body: Buffer): DecodedForm | undefined {
    const coding = header(headers, 'content-encoding');
    if (!coding || body.length === 0) return undefined;
    const { bytes, decoded } = decodeBody(body, coding);
    if (!decoded) return undefined;
    const plain = asBuffer(bytes);
    const spans = this.spans(plain, headers);
    if (spans.length === 0) return undefined;
    const left = withoutHeaders(headers, new Set(['content-encoding']));
    return {
      headers: left.map(([name, value]) => [
        name,
        name.toLowerCase() === 'content-length' ? String(plain.length) : value,
      ]),
      body: maskSpans(plain, spans),
    };
  }

  stream(): MaskStream {
    return new MaskStream(this.#book);
  }

  eventStream(): EventStreamMask {
    return new EventStreamMask(this.#book, this.stream());
  }

  #secret(value: string): string {
    this.#book.learn(value);
    return maskOf(value);
  }

  #headers(headers: RawHeaders): RawHeaders {
    return headers.map(line => (this.#lines.of(line) === undefined ? this.#header(line) : line));
  }

  #header([name, value]: RawHeaders[number]): RawHeaders[number] {
    const lower = name.toLowerCase();
    if (lower === 'cookie') return [name, this.#cookies(value)];
    if (lower === 'set-cookie' || lower === 'set-cookie2') return [name, this.#setCookie(value)];
    if (!isCredentialHeader(name) && !this.rules.headers.has(lower)) return [name, value];
    return [name, this.#credential(value)];
  }

  /** Known secrets and key shapes in the values of the other headers, such as a `location` with a token. */
  #scanned(plain: RawHeaders, headers: RawHeaders): RawHeaders {
    return headers.map((line, i) => {
      const known = this.#lines.of(plain[i]!);
      if (known !== undefined) return [line[0], known];
      const version = this.version;
      // Known a moment ago, and a secret was learned since.
      const [name, value] = line === plain[i] ? this.#header(line) : line;
      const masked = this.#scannedValue(name, value);
      if (version === this.version) this.#lines.remember(plain[i]!, masked);
      return [name, masked];
    });
  }

  #scannedValue(name: string, value: string): string {
    if (/^(location|content-location|referer|origin)$/i.test(name)) return this.#path(value);
    // Header bytes travel as latin1.
    const bytes = Buffer.from(value, 'latin1');
    const spans = this.#book.find(bytes);
    return spans.length ? maskSpans(bytes, spans).toString('latin1') : value;
  }

  /** `Bearer x` keeps its scheme. Of `Basic x` the password is learned too. A signature is good for one request only. */
  #credential(value: string): string {
    // `x-session-cookie: true` and the like only switch something.
    if (/^(?:true|false|none|null|\d{0,3})$/i.test(value)) return value;
    const [, scheme, rest] = SCHEME.exec(value) ?? [];
    if (!scheme || !rest) return this.#secret(value);
    if (/^AWS4-/i.test(scheme)) {
      const id = /Credential=([^/,\s]+)/.exec(rest)?.[1];
      if (id) this.#book.learn(id);
      return scheme + maskOf(rest);
    }
    if (/^basic /i.test(scheme)) {
      const plain = Buffer.from(rest, 'base64').toString();
      this.#book.learn(plain);
      this.#book.learn(plain.slice(plain.indexOf(':') + 1));
    }
    return scheme + this.#secret(rest);
  }

  #cookies(value: string): string {
    return value
      .split(';')
      .map(pair => this.#cookie(pair))
      .join(';');
  }

  /** The attributes behind the first pair (`Path`, `Expires`) are no secret. */
  #setCookie(value: string): string {
    const end = value.indexOf(';');
    return end < 0 ? this.#cookie(value) : this.#cookie(value.slice(0, end)) + value.slice(end);
  }

  #cookie(pair: string): string {
    const at = pair.indexOf('=') + 1;
    return pair.slice(0, at) + this.#secret(pair.slice(at));
  }

  #path(path: string): string {
    const [, before = path, query = '', hash = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(path) ?? [];
    const masked = query.replace(
      /([?&])([^=&]*)=([^&]*)/g,
      (whole, sign: string, name: string, value: string) =>
        this.#isSecretParameter(name) && !isMasked(value)
          ? `${sign}${name}=${this.#encodedSecret(value)}`
          : whole,
    );
    return this.text(before + masked + hash);
  }

  #formSpans(bytes: Buffer): Span[] {
    const spans: Span[] = [];
    for (const { index, 1: name = '', 2: value = '' } of bytes
      .toString('latin1')
      .matchAll(/([^=&]*)=([^&]*)/g)) {
      if (!this.#isSecretParameter(name) || value === '') continue;
      this.#encodedSecret(value);
      const start = index + name.length + 1;
      spans.push({ start, end: start + value.length });
    }
    return spans;
  }

  /** Fields of a `multipart/form-data` body, files left out. */
  #partSpans(bytes: Buffer, type: string): Span[] {
    if (!/^multipart\/form-data/i.test(type)) return [];
    return (multipartParts(type, bytes) ?? []).flatMap(({ headerLines, start, end }) => {
      const disposition = headerLines.find(line => /^content-disposition:/i.test(line)) ?? '';
      const [, quoted, plain] = /[;\s]name=(?:"([^"]*)"|([^\s;]+))/i.exec(disposition) ?? [];
      const isFile = /[;\s]filename\*?=/i.test(disposition);
      if (isFile || start === end || !this.#isSecretParameter(quoted ?? plain ?? '')) return [];
      this.#secret(bytes.toString('utf8', start, end));
      return [{ start, end }];
    });
  }

  #isSecretParameter(name: string): boolean {
    const plain = unescapeUrl(name);
    return isCredentialParameter(plain) || this.rules.parameters.has(plain.toLowerCase());
  }

  #encodedSecret(value: string): string {
    this.#book.learn(unescapeUrl(value));
    return this.#secret(value);
  }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const isSecretName = (name: string): boolean => isCredentialHeader(name.replaceAll('_', '-'));

function unescapeUrl(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text; // a stray percent sign: as it stands
  }
}
