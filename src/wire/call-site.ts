/**
 * The header that the call-site hooks add to requests on their way to our proxy, and its value: base64url of compact
 * JSON, at most 4 KB. The proxy strips it; an agent can write it too, so it is read as hostile text.
 */
export const callSiteHeader = 'x-rewind-site';

const longestHeader = 4096;
const mostFrames = 16;

/** A frame of the user's own code: a file outside of packages and of the runtime. Line and column count from 1. */
export interface SiteFrame {
  /** Absolute path or `file:` URL's path, after source maps. */
  readonly file: string;
  readonly line: number;
  /** Absent where the runtime knows no columns (Python before 3.11). */
  readonly column?: number;
  /** Empty for module code and anonymous functions. */
  readonly function: string;
}

/**
 * Where in the agent's code a request came from.
 *
 * `via` says how the nearest frame was found: `stack` = on the stack when the request was made, `inherited` = it led
 * to this one through promises, timers, tasks or threads, `async` = the runtime's own async stack (approximate).
 */
export interface CallSite {
  readonly language: 'node' | 'python';
  /** Counts the calls of one process, from 1: program order, which arrival at the proxy is not. */
  readonly sequence: number;
  readonly pid: number;
  /** Worker thread (Node: `threadId`, 0 is the main one; Python: native thread id). */
  readonly thread: number;
  /** The asynchronous execution that made the call (Node: async id; Python: the task's name); absent where there is none. */
  readonly task?: string;
  readonly via: 'stack' | 'inherited' | 'async' | 'none';
  /** Innermost first. */
  readonly frames: readonly SiteFrame[];
}

const languages = { n: 'node', p: 'python' } as const;
const ways = { s: 'stack', i: 'inherited', a: 'async', n: 'none' } as const;

/**
 * Reads the header's value; undefined where it is not one of ours.
 *
 * Wire form: `{"v":1,"l":"n"|"p","q":sequence,"p":pid,"t":thread,"k":task?,"w":"s"|"i"|"a"|"n","f":[[file,line,column,function],…]}`;
 * column 0 = unknown.
 */
export function parseCallSite(value: string): CallSite | undefined {
  if (value.length > longestHeader || !/^[\w-]+$/.test(value)) return undefined;
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isRecord(read) || read.v !== 1 || !Array.isArray(read.f)) return undefined;
  const language = lookUp(languages, read.l);
  const via = lookUp(ways, read.w);
  const { q: sequence, p: pid, t: thread, k: task } = read;
  if (!language || !via || !isCount(sequence) || !isCount(pid) || !isCount(thread)) return undefined;
  const frames = read.f.slice(0, mostFrames).flatMap(frame => readFrame(frame) ?? []);
  return { language, sequence, pid, thread, ...(typeof task === 'string' ? { task } : {}), via, frames };
}

function readFrame(frame: unknown): SiteFrame | undefined {
  if (!Array.isArray(frame)) return undefined;
  const [file, line, column, name]: unknown[] = frame;
  if (typeof file !== 'string' || !isCount(line) || typeof name !== 'string') return undefined;
  return { file, line, ...(isCount(column) && column > 0 ? { column } : {}), function: name };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const lookUp = <T extends object>(table: T, key: unknown): T[keyof T] | undefined =>
  typeof key === 'string' && Object.hasOwn(table, key) ? table[key as keyof T] : undefined;
