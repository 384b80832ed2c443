import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RewindError } from '../errors.ts';
import { foreignSession } from '../interop/foreign-session.ts';
import { importForeign } from '../interop/import-foreign.ts';
import { placeholderKeys } from '../launch/placeholder-keys.ts';
import { Recorder, sessionClock } from '../proxy/recorder.ts';
import { naming, readCassetteFile } from '../sessions/cassette.ts';
import { exportCassette } from '../sessions/cassette-export.ts';
import type { Home } from '../sessions/home.ts';
import { readSession } from '../sessions/reader.ts';
import { Redactor } from '../sessions/redaction.ts';
import type { SessionReader, SessionStart, SessionWriter } from '../sessions/session.ts';
import { summarise } from '../sessions/summary.ts';
import { createSession } from '../sessions/writer.ts';
import { explainMiss } from '../tape/miss.ts';
import type { TapeReport } from '../tape/report.ts';
import type { Ask, Reply, Responder } from '../tape/responder.ts';
import { Tape } from '../tape/tape.ts';
import { answerTool, type RunTool, type ToolAsk, type ToolOutcome } from '../tape/tool.ts';
import { explainToolMiss } from '../tape/tool-tape.ts';
import { timelineOf } from '../timeline/timeline.ts';
import { CassetteClaims, type TestRun } from './cassette-claims.ts';
import type { Config } from './config.ts';
import { filesBeside } from './files-beside.ts';
import { missJson, toolMissJson } from './miss-report.ts';
import { nearestName } from './nearest-name.ts';
import { sessionJson } from './session-json.ts';
import { stepJson } from './step-json.ts';
import { writeWhole } from './write-whole.ts';

/**
 * What a test asks of its cassette.
 * - `replay`: answers come from it; a request that it does not hold is a miss.
 * - `record`: the provider answers; the cassette is written anew.
 * - `once`: `replay` where the cassette is there, else `record`.
 * - `live`: the provider answers, no cassette is touched.
 */
export const CASSETTE_MODES = ['replay', 'record', 'once', 'live'] as const;
export type CassetteMode = (typeof CASSETTE_MODES)[number];

export interface CassetteRequest {
  readonly path: string;
  readonly mode: CassetteMode;
  readonly name?: string;
  /** Where several engines serve one run. */
  readonly run?: TestRun;
}

export interface CassetteServerOptions {
  readonly home: Home;
  readonly config: Config;
  readonly upstream: Responder;
  /** Hosts that are looked into beside the built-in table. */
  readonly hosts: readonly string[];
  readonly scope: SessionStart['scope'];
  readonly onWarning: (message: string) => void;
}

interface OpenCassette {
  readonly path: string;
  /** The test, or the file of tests; undefined where nobody said. */
  readonly by: string | undefined;
  readonly mode: Exclude<CassetteMode, 'once'>;
  readonly writer: SessionWriter;
  readonly recorder: Recorder;
  readonly tape?: Tape;
  readonly warnings: string[];
  nextSeq: number;
}

/**
 * Cassettes for a test run: one is open at a time, and answers what comes through the proxy; while none is, requests
 * go to the provider as if nobody listened. Runs that pass on a tape leave nothing behind; others are kept as sessions.
 */
export class CassetteServer implements Responder {
  readonly #options: CassetteServerOptions;
  #open: OpenCassette | undefined;
  /** Who has written a cassette, by its path. */
  readonly #written = new Map<string, string>();
  readonly #claims: CassetteClaims;

  constructor(options: CassetteServerOptions) {
    this.#options = options;
    this.#claims = new CassetteClaims(options.home);
  }

  /** Whether the network is out of bounds. */
  get replaying(): boolean {
    return this.#open?.mode === 'replay';
  }

  async respond(ask: Ask, reply: Reply): Promise<void> {
    const open = this.#open;
    if (!open) return this.#options.upstream.respond(ask, reply);
    await open.recorder.respond({ ...ask, seq: open.nextSeq++ }, reply);
  }

  tool(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    return answerTool(this.#open?.recorder ?? this.#options.upstream, ask, run);
  }

  /** Throws RewindError `cassette-open`, `cassette-shared`, `no-cassette`, `unknown-host`, and what reading a cassette throws. */
  open({ path, mode, name, run }: CassetteRequest): object {
    if (this.#open) {
      throw new RewindError(
        'cassette-open',
        `${this.#open.path} is still open`,
        'Close it first: one test at a time.',
      );
    }
    const real = mode === 'once' ? (existsSync(path) ? 'replay' : 'record') : mode;
    const by = name ?? run?.by;
    if (real === 'record') {
      const before = this.#written.get(path);
      if (before !== undefined && by !== undefined && before !== by) throw sharedCassette(path, before, by);
      const other = run && this.#claims.take(path, run);
      if (run && other !== undefined) throw sharedCassette(path, other, by ?? run.by);
    }
    const { home, config, upstream, hosts, scope } = this.#options;
    const { source, tape } = real === 'replay' ? naming(path, () => this.#read(path)) : {};
    const warnings = [...(source?.warnings ?? [])];
    const writer = createSession(
      home,
      {
        startedAt: Date.now(),
        command: [],
        cwd: process.cwd(),
        mode: tape ? 'replay' : 'record',
        scope,
        ...(name === undefined ? {} : { name }),
        ...(source ? { parent: { session: source.start.id } } : {}),
        ...(hosts.length > 0 ? { extraHosts: hosts } : {}),
      },
      { rules: config.redact, prices: config.prices, onWarning: message => warnings.push(message) },
    );
    const recorder = new Recorder(tape ?? upstream, writer, sessionClock(), message =>
      warnings.push(message),
    );
    this.#open = { path, by, mode: real, writer, recorder, warnings, nextSeq: 0, ...(tape ? { tape } : {}) };
    return {
      session: writer.id,
      mode: real,
      // What the process needs while it is open. A replay's tools do as their authors want.
      env: source ? { ...placeholderKeys([source], process.env), REWIND_REPLAY: 'own' } : {},
    };
  }

  /** What the test has done so far: the steps as `rewind inspect --json` gives them, with all they hold, and the sums. */
  steps(): object {
    const { writer, tape } = this.#current();
    const { prices } = this.#options.config;
    const session = readSession(this.#options.home, writer.id);
    const report = tape?.report();
    return {
      session: sessionJson(summarise(session, prices)),
      steps: timelineOf(session, { prices }).steps.map(step => stepJson(step, true)),
      misses: this.misses(),
      neverAsked: report?.neverAsked ?? [],
    };
  }

  /** Why requests, and then tools, were not answered, in words; each once. */
  misses(): readonly string[] {
    const report = this.#current().tape?.report();
    return report ? missTexts(report) : [];
  }

  /** Ends the open one. A recording becomes a cassette only where the test passed. */
  async finish({ passed }: { passed: boolean }): Promise<object> {
    const { path, by, mode, writer, tape, warnings } = this.#current();
    this.#open = undefined;
    const report = tape?.report();
    const misses = (report?.misses ?? []).map(each => ({ ...missJson(each), text: explainMiss(each.miss) }));
    const toolMisses = (report?.tools.misses ?? []).map(each => ({
      ...toolMissJson(each),
      text: explainToolMiss(each.miss),
    }));
    const result = {
      mode,
      cassette: path,
      answers: report?.answers ?? {},
      misses,
      toolMisses,
      tools: report?.tools.answers ?? {},
      neverAsked: report?.neverAsked ?? [],
      warnings,
    };
    if (mode === 'replay' && passed && misses.length + toolMisses.length === 0) {
      writer.discard();
      return { ...result, session: null, written: false };
    }
    writer.exit({ at: Date.now() - writer.start.startedAt, code: passed ? 0 : 1, signal: null });
    await writer.seal();
    const written = mode === 'record' && passed;
    if (written) {
      writeWhole(path, exportCassette(readSession(this.#options.home, writer.id)));
      if (by !== undefined) this.#written.set(path, by);
    }
    return { ...result, session: writer.id, written };
  }

  /** A test that never ended has not passed. */
  async shutdown(): Promise<void> {
    if (this.#open) await this.finish({ passed: false });
  }

  #current(): OpenCassette {
    if (this.#open) return this.#open;
    throw new RewindError('no-cassette-open', 'No cassette is open', 'Open one first.');
  }

  #read(path: string): { readonly source: SessionReader; readonly tape: Tape } {
    if (!existsSync(path)) {
      throw new RewindError(
        'no-cassette',
        `There is no cassette ${path}`,
        `Record it: run this test once in mode \`record\` (or \`once\`), with a key and the network.${renamedFrom(path)}`,
      );
    }
    const source = path.endsWith('.rw')
      ? readCassetteFile(path)
      : foreignSession(importForeign(readFileSync(path), path, filesBeside(path)));
    const unknown = (source.start.extraHosts ?? []).filter(host => !this.#options.hosts.includes(host));
    if (unknown.length > 0) {
      throw new RewindError(
        'unknown-host',
        `${path} holds calls to ${unknown.join(', ')}, which would not be intercepted`,
        `Add ${unknown.length > 1 ? 'them' : 'it'} to "hosts" in rewind.config.json.`,
      );
    }
    const { match, redact } = this.#options.config;
    const redactor = new Redactor(redact);
    const tape = new Tape(source, {
      rules: match,
      redact: request => redactor.request(request),
      redactTool: value => redactor.json(value),
    });
    return { source, tape };
  }
}

function sharedCassette(path: string, before: string, name: string): RewindError {
  return new RewindError(
    'cassette-shared',
    `${path} is recorded by ${before} in this run, and ${name} would write over it`,
    'Give each test a cassette of its own. Tests can share one only where it is replayed.',
  );
}

/** A test that was renamed has left its cassette under the old name. */
function renamedFrom(path: string): string {
  const folder = dirname(path);
  const near = existsSync(folder) ? nearestName(basename(path), readdirSync(folder)) : undefined;
  return near ? ` Was the test renamed? Then rename its cassette, too: ${join(folder, near)}` : '';
}

const missTexts = ({ misses, tools }: TapeReport): readonly string[] => [
  ...misses.map(({ miss }) => explainMiss(miss)),
  ...tools.misses.map(({ miss }) => explainToolMiss(miss)),
];
