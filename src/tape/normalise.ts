import { canonicalJson, MAX_DEPTH, parseJson, TooDeep } from './canonical-json.ts';
import { descend, type Walk } from './json-path.ts';
import { type Mask, maskText } from './masks.ts';
import {
  CONVERSATION_MEMBERS,
  IGNORED_KEYS,
  IGNORED_MEMBERS,
  idIsVolatile,
  LINK_KEYS,
  OPAQUE_KEYS,
  UNORDERED_KEYS,
} from './volatile.ts';

/** Gives an id its stand-in: the same for the same id. */
export type Naming = (id: string) => string;

export interface Normaliser {
  readonly masks: readonly Mask[];
  readonly nameId: Naming;
}

/** Where a value stands: in the conversation, in tool definitions, or in what belongs to the user. */
type Zone = 'conversation' | 'tools' | 'opaque';

export function zoneOf(member: string): Zone {
  if (CONVERSATION_MEMBERS.has(member)) return 'conversation';
  return UNORDERED_KEYS.has(member) || member === 'mcp_servers' ? 'tools' : 'opaque';
}

/** Stands where a user's rule took an array element out: the number of elements still counts. */
const IGNORED_ELEMENT = '\u0000ignored';

/**
 * A member's value, or one element of it, without what is volatile: ids renamed, cache marks gone, JSON in
 * `arguments` parsed, masks applied, ignored paths left out. `walk`: the user's paths as they stand at this value.
 */
export function normalise(value: unknown, member: string, walk: Walk, normaliser: Normaliser): unknown {
  return visit(value, zoneOf(member), member, 0, walk, normaliser);
}

/** A whole body, for showing what differs: as above, ids numbered across all of it. Throws TooDeep. */
export function normaliseBody(body: unknown, walk: Walk, masks: readonly Mask[]): unknown {
  const ids = new Map<string, string>();
  const nameId: Naming = id => {
    if (!ids.has(id)) ids.set(id, `(id ${ids.size + 1})`);
    return ids.get(id)!;
  };
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return normalise(body, '', walk, { masks, nameId });
  }
  const out: Record<string, unknown> = Object.create(null);
  // In the order of the names, which is the order that the match key numbers ids in.
  for (const [name, value] of Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const below = descend(walk, name);
    if (below.ignored || IGNORED_MEMBERS.has(name)) continue;
    if (!Array.isArray(value)) out[name] = normalise(value, name, below.walk, { masks, nameId });
    else {
      out[name] = value.map((element: unknown, i) => {
        const { ignored, walk: inner } = descend(below.walk, i);
        return ignored ? IGNORED_ELEMENT : normalise(element, name, inner, { masks, nameId });
      });
    }
  }
  return out;
}

function visit(
  value: unknown,
  zone: Zone,
  holder: string,
  depth: number,
  walk: Walk,
  to: Normaliser,
): unknown {
  if (typeof value === 'string') return maskText(to.masks, value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) throw new TooDeep();
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    value.forEach((item: unknown, i) => {
      if (zone !== 'opaque' && isCacheMark(item)) return;
      const below = descend(walk, i);
      items.push(below.ignored ? IGNORED_ELEMENT : visit(item, zone, holder, depth + 1, below.walk, to));
    });
    return zone !== 'opaque' && UNORDERED_KEYS.has(holder) ? sorted(items) : items;
  }
  const object = value as Readonly<Record<string, unknown>>;
  // Without a prototype, so that a hostile `__proto__` is a key like any other.
  const out: Record<string, unknown> = Object.create(null);
  // In the canonical order, for ids are numbered as they appear.
  for (const key of Object.keys(object).sort()) {
    if (zone !== 'opaque' && IGNORED_KEYS.has(key)) continue;
    const below = descend(walk, key);
    if (below.ignored) continue;
    const child = object[key];
    if (zone !== 'conversation') {
      out[key] = visit(child, zoneBelow(zone, key), key, depth + 1, below.walk, to);
    } else if (typeof child !== 'string') {
      out[key] = visit(child, zoneBelow(zone, key), key, depth + 1, below.walk, to);
    } else if (LINK_KEYS.has(key) || (key === 'id' && idIsVolatile(object, holder, depth))) {
      out[key] = to.nameId(child);
    } else if (key === 'arguments') {
      out[key] = visit(argumentsOf(child), 'opaque', key, depth + 1, below.walk, to);
    } else {
      out[key] = maskText(to.masks, child);
    }
  }
  return out;
}

function zoneBelow(zone: Zone, key: string): Zone {
  return zone === 'opaque' || OPAQUE_KEYS.has(key) ? 'opaque' : zone;
}

/** Tool arguments compare as JSON where they are JSON; a cut or invalid text compares as text. */
function argumentsOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function isCacheMark(item: unknown): boolean {
  return typeof item === 'object' && item !== null && Object.keys(item).length === 1 && 'cachePoint' in item;
}

function sorted(items: readonly unknown[]): unknown[] {
  return items
    .map(item => ({ item, text: canonicalJson(item) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ item }) => item);
}
