/**
 * Where a key shape's pattern can match at all: the fixed characters it begins with, or some that stand inside. A body is
 * searched for these (see `secret-scanner.ts`), and the pattern itself runs only there: fifty patterns over every body
 * would cost a hundred times as much.
 */
export interface Anchors {
  /** One of these stands at the match's first character (`first`) or somewhere inside it. */
  readonly literals: readonly string[];
  readonly first: boolean;
}

/** What `secret-scanner.ts` looks for first. Characters. */
export const SHORTEST_ANCHOR = 3;
const MAX_LITERAL = 4;
const MAX_WAYS = 128;

/** Throws on a pattern without three fixed characters in a row: such a one would have to run over everything. */
export function anchorsOf(pattern: RegExp): Anchors {
  const prefixes = withCases(prefixesOf(pattern.source), pattern.ignoreCase);
  if (prefixes.length > 0 && prefixes.every(({ length }) => length >= SHORTEST_ANCHOR)) {
    return { literals: prefixes, first: true };
  }
  const inner = innerLiteral(pattern.source);
  if (inner.length < SHORTEST_ANCHOR || pattern.ignoreCase)
    throw new Error(`no fixed characters in ${pattern}`);
  return { literals: [inner], first: false };
}

/** All ways the match can begin, up to four characters. Reads as much of the pattern as it understands. */
function prefixesOf(source: string): string[] {
  let rest = source.replace(/^(?:\(\?<[!=](?:[^()\\]|\\.)*\)|\\b)+/, '');
  let ways = [''];
  while (ways.some(({ length }) => length < MAX_LITERAL)) {
    const atom = atomOf(rest);
    if (!atom || atom.ways.length * ways.length > MAX_WAYS) break;
    rest = rest.slice(atom.length);
    if (/^(?:[?*]|\{0)/.test(rest)) break;
    ways = ways.flatMap(way => atom.ways.map(more => way + more));
    if (/^[+{]/.test(rest)) break;
  }
  return [...new Set(ways.map(way => way.slice(0, MAX_LITERAL)))];
}

/** The first atom of a pattern that stands for a few fixed texts, and its length. */
function atomOf(source: string): { readonly ways: readonly string[]; readonly length: number } | undefined {
  const group = /^\(\?:((?:[^()[\]\\?*+{|]+\|?)+)\)/.exec(source);
  if (group) return { ways: group[1]!.split('|'), length: group[0].length };
  const set = /^\[([A-Za-z0-9]{1,12}|a-f0-9)\]/.exec(source);
  if (set) return { ways: [...(set[1] === 'a-f0-9' ? 'abcdef0123456789' : set[1]!)], length: set[0].length };
  const escaped = /^\\([^A-Za-z0-9])/.exec(source);
  if (escaped) return { ways: [escaped[1]!], length: 2 };
  const plain = /^[^()[\]\\?*+{}|.^$]/.exec(source);
  return plain ? { ways: [plain[0]], length: 1 } : undefined;
}

/** The longest run of plain or escaped punctuation characters outside of sets and groups, such as `://`. */
function innerLiteral(source: string): string {
  const bare = source
    .replace(/\\([^A-Za-z0-9])/g, (_, char: string) => (/[/:@.-]/.test(char) ? char : '\0'))
    .replace(/\[[^\]]*\]/g, '\0')
    .replace(/\{[^}]*\}/g, '\0')
    .replace(/\(\?<?[!=:]?(?:[a-z]+>)?/g, '\0');
  const runs = bare.match(/[A-Za-z0-9_/:-]{2,}/g) ?? [];
  return runs.reduce((best, run) => (run.length > best.length ? run : best), '');
}

function withCases(literals: readonly string[], ignoreCase: boolean): string[] {
  if (!ignoreCase) return [...literals];
  const short = [...new Set(literals.map(literal => literal.slice(0, 3).toLowerCase()))];
  return short.flatMap(literal =>
    [...literal].reduce(
      (ways, char) => ways.flatMap(way => [...new Set([way + char, way + char.toUpperCase()])]),
      [''],
    ),
  );
}
