import { hash } from 'node:crypto';
import { RewindError } from '../errors.ts';
import { wholeExchanges } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';
import { VERSION } from '../version.ts';
import type { Judgement } from './judge.ts';
import type { Mutant } from './mutant.ts';
import type { MutationReport } from './report.ts';
import { OUTCOMES, VERDICTS } from './verdict.ts';

/** What a mutant's verdict depends on beside the mutant: equal on every machine where nothing changed. */
export interface Circumstances {
  readonly session: SessionReader;
  /** Hash of the agent's code (`agentCode`). */
  readonly code: string;
  /** The command, with no path of this machine. */
  readonly command: readonly string[];
  /** Whatever else judges or matches: oracle, words of trouble, rules. */
  readonly settings: unknown;
}

/** What is known of a mutant from an earlier run. */
export interface KnownResult extends Judgement {
  readonly durationMs: number;
}

/** Stands for results of earlier runs: a file that people commit or keep in their CI's cache. See docs/mutate.md. */
export class ResultCache {
  readonly #base: string;
  readonly #known: Map<string, KnownResult>;
  readonly #baselines: Map<string, MutationReport['baseline']>;

  /** `text`: the file's; null where there is none yet. Throws RewindError `bad-result-cache`. */
  constructor(text: string | null, circumstances: Circumstances) {
    const file = text === null ? EMPTY : parse(text);
    this.#known = new Map(Object.entries(file.results));
    this.#baselines = new Map(Object.entries(file.baselines));
    this.#base = baseOf(circumstances);
  }

  get(mutant: Mutant): KnownResult | null {
    return this.#known.get(this.#key(mutant)) ?? null;
  }

  get baseline(): MutationReport['baseline'] | null {
    return this.#baselines.get(this.#base) ?? null;
  }

  /** Notes a run's results. */
  add(report: MutationReport, mutants: readonly Mutant[]): void {
    const results = new Map(report.mutants.map(result => [result.id, result]));
    for (const mutant of mutants) {
      const result = results.get(mutant.id);
      if (!result) continue;
      const { outcome, verdict, reason, durationMs } = result;
      renew(this.#known, this.#key(mutant), { outcome, verdict, reason, durationMs });
    }
    renew(this.#baselines, this.#base, report.baseline);
  }

  /** A line a result, the newest last, so that a diff shows what changed. */
  toString(): string {
    const lines = <T>(entries: Map<string, T>, most: number): string =>
      [...entries]
        .slice(-most)
        .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
        .join(',\n');
    const baselines = lines(this.#baselines, MOST_BASELINES);
    const results = lines(this.#known, MOST_RESULTS);
    return `{\n  "rewindMutate": 1,\n  "baselines": {\n${baselines}\n  },\n  "results": {\n${results}\n  }\n}\n`;
  }

  #key({ id, fault, said, tool }: Mutant): string {
    return digest([this.#base, id, JSON.stringify(fault, byValue), said, tool ?? null]);
  }
}

/** All that a fault is; when an answer's bytes come is the recording machine's. */
function byValue(key: string, value: unknown): unknown {
  if (key === 'at' || key === 'headAt') return undefined;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) return [...value];
  return typeof value === 'function' ? String(value) : value;
}

const MOST_RESULTS = 20_000;
const MOST_BASELINES = 50;

interface CacheFile {
  readonly baselines: Readonly<Record<string, MutationReport['baseline']>>;
  readonly results: Readonly<Record<string, KnownResult>>;
}

const EMPTY: CacheFile = { baselines: {}, results: {} };

function parse(text: string): CacheFile {
  const file = jsonOf(text);
  if (isFile(file)) return file;
  throw new RewindError(
    'bad-result-cache',
    'The file given to --incremental holds no results of rewind mutate',
    'Name another file, or delete it: everything is run once more then.',
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // told of as any other file that is not ours
  }
}

function isFile(file: unknown): file is CacheFile {
  if (!isObject(file) || file.rewindMutate !== 1) return false;
  const { results, baselines } = file;
  return (
    isObject(results) &&
    isObject(baselines) &&
    Object.values(results).every(isResult) &&
    Object.values(baselines).every(isBaseline)
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isResult = (one: unknown): boolean =>
  isObject(one) &&
  OUTCOMES.some(outcome => outcome === one.outcome) &&
  VERDICTS.some(verdict => verdict === one.verdict) &&
  typeof one.reason === 'string' &&
  typeof one.durationMs === 'number';

const isBaseline = (one: unknown): boolean =>
  isObject(one) && typeof one.durationMs === 'number' && Array.isArray(one.wobbles);

/** To the end, where the newest stand. */
function renew<T>(entries: Map<string, T>, key: string, value: T): void {
  entries.delete(key);
  entries.set(key, value);
}

function baseOf({ session, code, command, settings }: Circumstances): string {
  // By content: the same cassette has another id where it was recorded again.
  const exchanges = [...wholeExchanges(session)].map(({ request, answer }) =>
    digest([
      request.method,
      request.host,
      request.path,
      Buffer.from(request.body).toString('base64'),
      answer.head?.status ?? null,
      answer.chunks.map(({ bytes }) => Buffer.from(bytes).toString('base64')).join('|'),
      answer.end.kind,
    ]),
  );
  return digest([VERSION, exchanges, code, command, settings]);
}

const digest = (value: unknown): string => hash('sha256', JSON.stringify(value), 'hex').slice(0, 32);
