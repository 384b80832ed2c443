import { parseJson } from '../wire/json.ts';
import type { Span } from './secret-scanner.ts';

/** A step of a path: a key, an index, or `*` for any. */
export type PathStep = string | number;

/** `$.user.email`, `messages[*].content`, `metadata["account id"]`; null where it is not a path. */
export function parseJsonPath(text: string): readonly PathStep[] | null {
  const steps: PathStep[] = [];
  let rest = text.replace(/^\$\.?/, '');
  while (rest !== '') {
    const step = /^\.?(?:\[(\d+)\]|\[\*\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+))/.exec(rest);
    if (!step) return null;
    steps.push(step[1] !== undefined ? Number(step[1]) : (step[2] ?? step[3] ?? '*'));
    rest = rest.slice(step[0].length);
  }
  return steps.length > 0 ? steps : null;
}

/** The bytes of every value that a path names: the text of a string without its quotes, else the whole value. */
export function jsonPathSpans(bytes: Buffer, paths: readonly (readonly PathStep[])[]): Span[] {
  if (paths.length === 0 || !parseJson(bytes).ok) return [];
  const spans: Span[] = [];
  walk(bytes, space(bytes, 0), paths, spans);
  return spans;
}

/** Walks the value at `at`, of JSON that has been parsed before; gives the offset behind it. */
function walk(bytes: Buffer, at: number, paths: readonly (readonly PathStep[])[], spans: Span[]): number {
  const named = paths.some(({ length }) => length === 0);
  const open = bytes[at];
  let end: number;
  if (open === 0x22) end = stringEnd(bytes, at);
  else if (open === 0x7b || open === 0x5b) end = walkInside(bytes, at, named ? [] : paths, spans);
  else for (end = at; end < bytes.length && !/[\s,\]}]/.test(String.fromCharCode(bytes[end]!)); ) end++;
  if (named) spans.push(open === 0x22 ? { start: at + 1, end: end - 1 } : { start: at, end });
  return end;
}

function walkInside(
  bytes: Buffer,
  open: number,
  paths: readonly (readonly PathStep[])[],
  spans: Span[],
): number {
  const object = bytes[open] === 0x7b;
  let at = space(bytes, open + 1);
  for (let index = 0; bytes[at] !== 0x7d && bytes[at] !== 0x5d && at < bytes.length; index++) {
    let step: PathStep = index;
    if (object) {
      const end = stringEnd(bytes, at);
      step = JSON.parse(bytes.toString('utf8', at, end)) as string;
      at = space(bytes, space(bytes, end) + 1);
    }
    const deeper = paths.filter(([first]) => first === step || first === '*').map(([, ...rest]) => rest);
    at = space(bytes, walk(bytes, at, deeper, spans));
    if (bytes[at] === 0x2c) at = space(bytes, at + 1);
  }
  return at + 1;
}

function space(bytes: Buffer, at: number): number {
  let i = at;
  // A byte-order mark (EF BB BF) is skipped as white space is.
  while (
    i < bytes.length &&
    (bytes[i]! <= 0x20 || bytes[i]! === 0xef || bytes[i]! === 0xbb || bytes[i]! === 0xbf)
  ) {
    i++;
  }
  return i;
}

/** The offset behind the closing quote of the string that opens at `at`. */
function stringEnd(bytes: Buffer, at: number): number {
  let i = at + 1;
  while (i < bytes.length && bytes[i] !== 0x22) i += bytes[i] === 0x5c ? 2 : 1;
  return i + 1;
}
