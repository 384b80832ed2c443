import { canonicalJson } from './canonical-json.ts';
import { UNORDERED_KEYS } from './volatile.ts';

/** A place where two JSON values differ. `undefined`: nothing stands there. */
export interface FieldDifference {
  /** JSON path, in the second value where it has the place: `$.messages[2].content`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

type Differences = Generator<FieldDifference, void, undefined>;

/**
 * Where `after` differs from `before`, at the smallest places that differ: objects by key, arrays by what is left
 * between their common beginning and end, tools by name. The first `most` places.
 */
export function fieldDifferences(before: unknown, after: unknown, most = 40): readonly FieldDifference[] {
  const found: FieldDifference[] = [];
  for (const difference of compare(before, after, '$', '')) {
    found.push(difference);
    if (found.length === most) break;
  }
  return found;
}

function* compare(before: unknown, after: unknown, path: string, key: string): Differences {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    yield* UNORDERED_KEYS.has(key)
      ? compareByName(before, after, path)
      : compareInOrder(before, after, path, key);
  } else if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      yield* compare(before[name], after[name], path + step(name), name);
    }
  } else {
    yield { path, before, after };
  }
}

function* compareInOrder(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  key: string,
): Differences {
  const [left, right] = [before, after].map(list => list.map(item => canonicalJson(item))) as [
    string[],
    string[],
  ];
  const least = Math.min(left.length, right.length);
  let start = 0;
  while (start < least && left[start] === right[start]) start++;
  let end = 0;
  while (end < least - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  const longest = Math.max(left.length, right.length) - end;
  for (let i = start; i < longest; i++) {
    const one = i < left.length - end ? before[i] : undefined;
    const two = i < right.length - end ? after[i] : undefined;
    yield* compare(one, two, `${path}[${i}]`, key);
  }
}

/** Tools are a set: a renamed one is one gone and one new. */
function* compareByName(before: readonly unknown[], after: readonly unknown[], path: string): Differences {
  const left = new Map(before.map((tool, i) => [toolName(tool, i), { tool, i }]));
  for (const [i, tool] of after.entries()) {
    const name = toolName(tool, i);
    yield* compare(left.get(name)?.tool, tool, `${path}[${i}]`, '');
    left.delete(name);
  }
  for (const { tool, i } of left.values()) yield* compare(tool, undefined, `${path}[${i}]`, '');
}

function toolName(tool: unknown, index: number): string {
  if (!isObject(tool)) return `#${index}`;
  const named = [tool, tool.function, tool.toolSpec].find(
    holder => isObject(holder) && typeof holder.name === 'string',
  );
  if (isObject(named)) return String(named.name);
  return typeof tool.type === 'string' ? tool.type : Object.keys(tool).sort().join();
}

function step(name: string): string {
  return /^[A-Za-z_$][\w$-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
