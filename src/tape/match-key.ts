import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { RewindError } from '../errors.ts';
import { decodeBody } from '../wire/content-coding.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { header } from '../wire/headers.ts';
import { type BodyLayout, type ByteRange, layoutOf } from './body-layout.ts';
import { canonicalJson, parseJson, TooDeep } from './canonical-json.ts';
import { descend, startWalk, type Walk } from './json-path.ts';
import { partDigests } from './multipart.ts';
import { normalise } from './normalise.ts';
import { endpointOf } from './request-line.ts';
import { type MatchRules, NO_RULES } from './rules.ts';
import { IGNORED_MEMBERS, UNORDERED_KEYS } from './volatile.ts';

/** A request as the tape compares it. */
export interface Fingerprint {
  /** The match key: 64 hex digits. Requests with one key may answer for each other. */
  readonly key: string;
  /** Method, host family and path: `POST openai/v1/chat/completions`. */
  readonly endpoint: string;
  /** The body's `model`; null where there is none (it may stand in the path). */
  readonly model: string | null;
  /** The body's members in the order of their names; one part named `''` for a body that is no JSON object. */
  readonly members: readonly MemberPrint[];
}

export interface MemberPrint {
  readonly name: string;
  /** One digest for a value, one an element for an array. */
  readonly digests: readonly string[];
}

/** A canonical value, hashed; the ids in it, in order, which the whole request numbers. */
interface Part {
  readonly digest: string;
  readonly ids: readonly string[];
}

interface Body {
  readonly bytes: Buffer;
  readonly layout: BodyLayout;
  /** For each member of the layout: its parts, or null where it is ignored. */
  readonly parts: readonly (readonly Part[] | null)[];
}

/** Enough for that many lanes that take turns. */
const BODIES_KEPT = 16;
const PARTS_KEPT = 50_000;

/**
 * Computes match keys for one session. Keeps what it read: a request that begins like an earlier one costs a byte
 * comparison and the new messages only, and a message seen before is never parsed twice.
 */
export class MatchKeyer {
  readonly rules: MatchRules;
  readonly #extraHosts: readonly string[];
  readonly #walk: Walk;
  /** A user's path may name an index, so an element's place can count; else its name is enough. */
  readonly #placeCounts: boolean;
  readonly #known = new Map<string, Part>();
  readonly #prints = new Map<string, Fingerprint>();
  #bodies: Body[] = [];

  constructor(rules: MatchRules = NO_RULES, extraHosts: readonly string[] = []) {
    this.rules = rules;
    this.#extraHosts = extraHosts;
    this.#walk = startWalk(rules.ignore);
    this.#placeCounts = rules.ignore.some(path => path.segments.some(segment => typeof segment === 'number'));
  }

  fingerprint(request: WireRequest): Fingerprint {
    const endpoint = endpointOf(request, this.rules.masks, this.#extraHosts);
    const sameBytes = hashOfSmallJson(request);
    const known = sameBytes === undefined ? undefined : this.#prints.get(sameBytes);
    if (known?.endpoint === endpoint) return known;
    const { text, model, members } = this.#canonicalBody(request);
    const key = hash('sha256', `rewind match key 1\n${endpoint}\n${text}`);
    const print = { key, endpoint, model, members };
    if (sameBytes !== undefined) {
      if (this.#prints.size >= PARTS_KEPT) this.#prints.clear();
      this.#prints.set(sameBytes, print);
    }
    return print;
  }

  #canonicalBody(request: WireRequest): Pick<Fingerprint, 'model' | 'members'> & { readonly text: string } {
    const bytes = plainBody(request);
    try {
      const body = this.#read(bytes);
      if (body) return { ...numbered(body), model: modelOf(body) };
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TooDeep)) throw error;
    }
    const digests = partDigests(header(request.headers, 'content-type') ?? '', bytes) ?? [
      hash('sha256', bytes),
    ];
    return { text: digests.join('\n'), model: null, members: [{ name: '', digests }] };
  }

  /** Null where the body is neither a JSON object nor a JSON array. Throws SyntaxError or TooDeep. */
  #read(bytes: Buffer): Body | null {
    if (!isUtf8(bytes)) return null;
    const start = firstByte(bytes);
    if (start === '[') {
      const part = this.#part(bytes, { start: 0, end: bytes.length }, '', this.#walk);
      return {
        bytes,
        layout: { members: [whole(bytes)], reused: { members: 0, elements: 0 } },
        parts: [[part]],
      };
    }
    if (start !== '{') return null;
    const base = this.#nearestBody(bytes);
    const layout = layoutOf(bytes, base && { layout: base.body.layout, shared: base.shared });
    if (!layout) return null;
    const parts = layout.members.map(({ name, elements, ...range }, m) => {
      if (m < layout.reused.members) return base!.body.parts[m]!;
      const { ignored, walk } = descend(this.#walk, name);
      if (ignored || IGNORED_MEMBERS.has(name)) return null;
      if (!elements) return [this.#part(bytes, range, name, walk)];
      const old = m === layout.reused.members ? base?.body.parts[m] : undefined;
      return elements.map((element, e) =>
        old && e < layout.reused.elements ? old[e]! : this.#element(bytes, element, name, e, walk),
      );
    });
    const body = { bytes, layout, parts };
    this.#remember(body, base);
    return body;
  }

  #element(bytes: Buffer, range: ByteRange, name: string, index: number, walk: Walk): Part {
    const below = descend(walk, index);
    return below.ignored ? IGNORED_PART : this.#part(bytes, range, name, below.walk, index);
  }

  #part(bytes: Buffer, { start, end }: ByteRange, name: string, walk: Walk, index = -1): Part {
    const slice = bytes.subarray(start, end);
    const place = index < 0 ? 'value' : this.#placeCounts && walk.length > 0 ? `${index}` : 'element';
    const known = `${name}\n${walk.length > 0 ? place : ''}\n${hash('sha256', slice, 'base64')}`;
    let part = this.#known.get(known);
    if (!part) {
      part = this.#canonicalPart(slice.toString('utf8'), name, walk);
      if (this.#known.size >= PARTS_KEPT) this.#known.clear();
      this.#known.set(known, part);
    }
    return part;
  }

  #canonicalPart(text: string, name: string, walk: Walk): Part {
    const ids: string[] = [];
    const nameId = (id: string): string => {
      const at = ids.indexOf(id);
      return `\u0000id${at < 0 ? ids.push(id) - 1 : at}`;
    };
    const value = normalise(parseJson(text), name, walk, { masks: this.rules.masks, nameId });
    return { digest: hash('sha256', canonicalJson(value), 'base64'), ids };
  }

  /** The kept body that shares the longest beginning with `bytes`. */
  #nearestBody(bytes: Buffer): { readonly body: Body; readonly shared: number } | undefined {
    let best: { body: Body; shared: number } | undefined;
    for (const body of this.#bodies) {
      const toBeat = best?.shared ?? 0;
      if (body.bytes[toBeat] !== bytes[toBeat]) continue;
      const shared = sharedPrefix(body.bytes, bytes);
      if (shared > toBeat) best = { body, shared };
    }
    return best;
  }

  /** The newest first; a body that only grew takes its predecessor's place. */
  #remember(body: Body, base: { readonly body: Body; readonly shared: number } | undefined): void {
    const grown = base && base.shared > base.body.bytes.length / 2 ? base.body : undefined;
    this.#bodies = [body, ...this.#bodies.filter(kept => kept !== grown)].slice(0, BODIES_KEPT);
  }
}

/** Hashing more than this costs as much as finding what is new in it. */
const SMALL = 64 * 1024;

/** What tells byte-identical bodies: a replayed run mostly asks for those. Undefined where headers count too. */
function hashOfSmallJson({ body, headers }: WireRequest): string | undefined {
  if (body.length > SMALL || body[0] !== OPEN_BRACE) return undefined;
  return header(headers, 'content-encoding') === undefined ? hash('sha256', body, 'base64') : undefined;
}

const OPEN_BRACE = 0x7b;

/** One request's match key, for a request on its own. */
export function matchKey(request: WireRequest, rules: MatchRules = NO_RULES): string {
  return new MatchKeyer(rules).fingerprint(request).key;
}

/** The request body with its content coding undone, where it is one that we know and that does not explode. */
export function plainBody(request: WireRequest): Buffer {
  let bytes = request.body;
  const coding = header(request.headers, 'content-encoding');
  try {
    if (coding) bytes = decodeBody(bytes, coding).bytes;
  } catch (error) {
    if (!(error instanceof RewindError)) throw error;
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const IGNORED_PART: Part = { digest: 'ignored', ids: [] };

function modelOf({ bytes, layout }: Body): string | null {
  const member = layout.members.findLast(({ name }) => name === 'model');
  if (!member) return null;
  const model: unknown = JSON.parse(bytes.toString('utf8', member.start, member.end));
  return typeof model === 'string' ? model : null;
}

/** Members by name, with the ids numbered by their first appearance in the whole request. */
function numbered(body: Body): { text: string; members: readonly MemberPrint[] } {
  const numbers = new Map<string, number>();
  const written = ({ digest, ids }: Part): string => {
    let text = digest;
    for (const id of ids) {
      if (!numbers.has(id)) numbers.set(id, numbers.size);
      text += `#${numbers.get(id)}`;
    }
    return text;
  };
  // A name given twice counts once, the last time, as in JSON.parse.
  const byName = new Map(
    body.layout.members.map((member, m) => [member.name, { member, parts: body.parts[m]! }]),
  );
  const members: MemberPrint[] = [];
  let text = '';
  for (const name of [...byName.keys()].sort()) {
    const { member, parts } = byName.get(name)!;
    if (!parts) continue;
    const texts = parts.map(written);
    if (UNORDERED_KEYS.has(name)) texts.sort();
    const list = texts.join(',');
    text += `${JSON.stringify(name)}:${member.elements ? `[${list}]` : list}\n`;
    members.push({ name, digests: parts.map(part => part.digest) });
  }
  return { text, members };
}

function whole(bytes: Uint8Array): BodyLayout['members'][number] {
  return { name: '', start: 0, end: bytes.length, elements: null };
}

function firstByte(bytes: Buffer): string {
  return /\S/.exec(bytes.toString('latin1', 0, 64))?.[0] ?? '';
}

const BLOCK = 16_384;

function sharedPrefix(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at + BLOCK <= length && a.compare(b, at, at + BLOCK, at, at + BLOCK) === 0) at += BLOCK;
  while (at < length && a[at] === b[at]) at++;
  return at;
}
