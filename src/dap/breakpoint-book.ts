import { isDeepStrictEqual } from 'node:util';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { RewindError } from '../errors.ts';
import {
  type Breakpoint,
  isNamed,
  parseHitCondition,
  parseLogMessage,
  parseNamePattern,
  type Trigger,
} from '../timeline/breakpoints.ts';
import { parseExpression } from '../timeline/expression.ts';
import type { SiteIndex } from '../timeline/site-index.ts';
import type { Step } from '../timeline/timeline.ts';
import type { Client } from './client.ts';
import { parseDataId } from './data-breakpoints.ts';
import { errorText } from './error-text.ts';
import { EXCEPTION_FILTERS } from './exception-filters.ts';

/** A breakpoint as the client set it, and what became of it. */
interface Entry {
  readonly id: number;
  readonly breakpoint: Breakpoint | null;
  readonly told: DebugProtocol.Breakpoint;
}

interface Conditions {
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
}

type LineArguments = DebugProtocol.SetBreakpointsArguments;

/** Where another run's calls came from, by which breakpoints on lines are placed. */
export type Lines = Pick<SiteIndex, 'nearestLine'>;

/** Of a run that is compared with another. */
export interface BookOptions {
  /** References of its documents begin behind this one. */
  readonly documentsFrom?: number;
  /** Its steps that differ. */
  readonly diverged?: ReadonlySet<number>;
}

/** All breakpoints of a session, by the request that set them: each such request replaces its own. */
export class BreakpointBook {
  readonly #client: Client;
  readonly #documentsFrom: number;
  readonly #diverged: ReadonlySet<number>;
  readonly #lines = new Map<string, { readonly args: LineArguments; entries: readonly Entry[] }>();
  #named: readonly Entry[] = [];
  #troubles: readonly Entry[] = [];
  #data: readonly Entry[] = [];
  #nextId = 1;
  #verified = false;

  constructor(client: Client, { documentsFrom = 0, diverged = new Set() }: BookOptions = {}) {
    this.#client = client;
    this.#documentsFrom = documentsFrom;
    this.#diverged = diverged;
  }

  /** Those that can stop or print. */
  get active(): readonly Breakpoint[] {
    const lines = [...this.#lines.values()].flatMap(({ entries }) => entries);
    return [...lines, ...this.#named, ...this.#troubles, ...this.#data].flatMap(
      entry => entry.breakpoint ?? [],
    );
  }

  /** Whether breakpoints on lines wait for the recording to be read. */
  get isPending(): boolean {
    return !this.#verified && this.#lines.size > 0;
  }

  /** `sites`: null while the recording is still being read. `expected`: those of the recording that a run follows. */
  setLines(
    args: LineArguments,
    sites: SiteIndex | null,
    expected: Lines | null = null,
  ): readonly DebugProtocol.Breakpoint[] {
    const key = args.source.path ?? `#${args.source.sourceReference}`;
    const entries = (args.breakpoints ?? []).map(one =>
      this.#line(this.#nextId++, args, one, sites, expected),
    );
    if (entries.length === 0) this.#lines.delete(key);
    else this.#lines.set(key, { args, entries });
    return entries.map(({ told }) => told);
  }

  /** Once there is more to know: what was said of lines before. */
  verify(sites: SiteIndex, expected: Lines | null = null): void {
    this.#verified = true;
    for (const book of this.#lines.values()) {
      book.entries = book.entries.map(({ id, told }, i) => {
        const entry = this.#line(id, book.args, book.args.breakpoints![i]!, sites, expected);
        if (!isDeepStrictEqual(entry.told, told)) {
          this.#client.send('breakpoint', { reason: 'changed', breakpoint: entry.told });
        }
        return entry;
      });
    }
  }

  /** `steps`: all that there will be; null where more may come. A name that none of them bears is not verified. */
  setNames(
    list: readonly DebugProtocol.FunctionBreakpoint[],
    steps: readonly Step[] | null,
  ): readonly DebugProtocol.Breakpoint[] {
    this.#named = list.map(one => {
      const entry = this.#entry(one, () => parseNamePattern(one.name));
      const trigger = entry.breakpoint?.trigger;
      if (!steps || trigger?.kind !== 'name' || steps.some(step => isNamed(trigger, step))) return entry;
      // It stays: a fork may call what the recording did not.
      const message = 'No tool or model of this name is in the recording';
      return { ...entry, told: { ...entry.told, verified: false, message } };
    });
    return this.#named.map(({ told }) => told);
  }

  setTroubles(
    filters: readonly string[],
    options: readonly DebugProtocol.ExceptionFilterOptions[],
  ): readonly DebugProtocol.Breakpoint[] {
    const all: DebugProtocol.ExceptionFilterOptions[] = [
      ...filters.map(filterId => ({ filterId })),
      ...options,
    ];
    this.#troubles = all.map(one => this.#entry(one, () => this.#troubleTrigger(one.filterId)));
    return this.#troubles.map(({ told }) => told);
  }

  setData(list: readonly DebugProtocol.DataBreakpoint[]): readonly DebugProtocol.Breakpoint[] {
    this.#data = list.map(one => this.#entry(one, () => parseDataId(one.dataId)));
    return this.#data.map(({ told }) => told);
  }

  #entry(conditions: Conditions, trigger: () => Trigger): Entry {
    const id = this.#nextId++;
    return made(id, {}, () => ({ id, trigger: trigger(), ...parsed(conditions) }));
  }

  #troubleTrigger(filterId: string): Trigger {
    const known = EXCEPTION_FILTERS.find(({ filter }) => filter === filterId)?.filter;
    if (known === 'divergence') return { kind: known, steps: this.#diverged };
    if (known) return { kind: 'trouble', trouble: known };
    throw new RewindError('no-such-filter', `There is no exception filter ${JSON.stringify(filterId)}`);
  }

  #line(
    id: number,
    { source }: LineArguments,
    one: DebugProtocol.SourceBreakpoint,
    sites: SiteIndex | null,
    expected: Lines | null,
  ): Entry {
    if (source.sourceReference) {
      const steps = new Set([source.sourceReference - this.#documentsFrom - 1]);
      return made(id, { line: one.line }, () => ({ id, trigger: { kind: 'steps', steps }, ...parsed(one) }));
    }
    if (!sites) return refused(id, one.line, 'The recording is still being read');
    const file = source.path ?? '';
    const wanted = this.#client.lineIn(one.line);
    const line = expected?.nearestLine(file, wanted) ?? sites.nearestLine(file, wanted);
    if (line === null) return refused(id, one.line, 'No recorded call came from this file');
    const told = { line: this.#client.lineOut(line), source };
    const steps = new Set(sites.steps(file, line));
    return made(id, told, () => ({ id, trigger: { kind: 'steps', steps }, ...parsed(one) }));
  }
}

function parsed({ condition, hitCondition, logMessage }: Conditions): Omit<Breakpoint, 'id' | 'trigger'> {
  return {
    ...(condition?.trim() ? { condition: parseExpression(condition) } : {}),
    ...(hitCondition?.trim() ? { hits: parseHitCondition(hitCondition) } : {}),
    ...(logMessage ? { log: parseLogMessage(logMessage) } : {}),
  };
}

/** What cannot be read is not verified, and says why. */
function made(id: number, told: Partial<DebugProtocol.Breakpoint>, make: () => Breakpoint): Entry {
  try {
    return { id, breakpoint: make(), told: { id, verified: true, ...told } };
  } catch (error) {
    if (!(error instanceof RewindError)) throw error;
    return {
      id,
      breakpoint: null,
      told: { id, verified: false, ...told, message: errorText(error) },
    };
  }
}

function refused(id: number, line: number, message: string): Entry {
  return { id, breakpoint: null, told: { id, verified: false, line, message } };
}
