import { RewindError } from '../errors.ts';

/** One step of a JSON path: a name, an index, `*` for any child, `**` for any depth. */
type Segment = string | number;

export interface JsonPath {
  readonly text: string;
  readonly segments: readonly Segment[];
}

const SEGMENT = /\.\.|\.([A-Za-z_$][\w$-]*|\*)|\[(\d+|\*)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;

/**
 * Reads the subset of RFC 9535 that names places: `$.messages[*].content`, `$.metadata['run id']`, `$..id`.
 * Throws RewindError `bad-match-rule`, naming `where` the path stood.
 */
export function parseJsonPath(text: string, where: string): JsonPath {
  const segments: Segment[] = [];
  let at = text.startsWith('$') ? 1 : -1;
  while (at >= 0 && at < text.length) {
    SEGMENT.lastIndex = at;
    const found = SEGMENT.exec(text);
    if (!found) {
      // `$..name`: what follows `..` is a name without its own dot.
      if (segments.at(-1) !== '**') break;
      const name = /[A-Za-z_$*][\w$-]*/y;
      name.lastIndex = at;
      const bare = name.exec(text);
      if (!bare) break;
      segments.push(bare[0]);
      at = name.lastIndex;
      continue;
    }
    const [whole, name, index, single, double] = found;
    if (whole === '..') segments.push('**');
    else if (name !== undefined) segments.push(name);
    else if (index !== undefined) segments.push(index === '*' ? '*' : Number(index));
    else segments.push((single ?? double ?? '').replace(/\\(.)/g, '$1'));
    at = SEGMENT.lastIndex;
  }
  if (at !== text.length || segments.length === 0 || segments.at(-1) === '**') {
    throw new RewindError(
      'bad-match-rule',
      `${where}: ${JSON.stringify(text)} is not a JSON path that Rewind reads.`,
      'Write a path such as $.messages[*].content, $.metadata.run_id or $..timestamp.',
    );
  }
  return { text, segments };
}

/** Where a walk stands in each path that can still match below the current value. */
export type Walk = readonly { readonly path: JsonPath; readonly next: number }[];

export function startWalk(paths: readonly JsonPath[]): Walk {
  return paths.map(path => ({ path, next: 0 }));
}

const NOWHERE: Walk = [];

/** One step down. `ignored`: a path ends exactly here. */
export function descend(walk: Walk, key: Segment): { readonly ignored: boolean; readonly walk: Walk } {
  if (walk.length === 0) return { ignored: false, walk: NOWHERE };
  const below: { path: JsonPath; next: number }[] = [];
  let ignored = false;
  for (const { path, next } of walk) {
    let at = next;
    if (path.segments[at] === '**') {
      below.push({ path, next: at });
      at++;
    }
    const wanted = path.segments[at];
    if (wanted !== '*' && wanted !== key) continue;
    if (at + 1 === path.segments.length) ignored = true;
    else below.push({ path, next: at + 1 });
  }
  return { ignored, walk: below };
}
