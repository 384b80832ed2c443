import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';
import { type AlignedRow, type Alignment, alignTimelines } from '../timeline/align.ts';
import type { Breakpoint } from '../timeline/breakpoints.ts';
import { GrowingTimeline } from '../timeline/growing-timeline.ts';
import type { Hit } from '../timeline/scan.ts';
import type { Step, Timeline, TimelineOptions } from '../timeline/timeline.ts';
import type { Trouble } from '../timeline/troubles.ts';
import type { Lines } from './breakpoint-book.ts';
import type { Client } from './client.ts';
import { ComparedRun, type Letter, stepIn } from './compared-run.ts';
import { plainLine } from './hostile-text.ts';
import { rowLines, rowWords } from './row-text.ts';
import { inSlices, nextTurn } from './slices.ts';
import { type Stop, stopOf } from './stops.ts';
import { Interrupted } from './task.ts';
import { Tasks } from './tasks.ts';
import { Values } from './values.ts';
import type { WalkHands } from './walk-options.ts';
import { count } from './wording.ts';

/** So many rows of one move are listed in the console. */
const LISTED = 100;
/** Milliseconds that a recording is read at a time. */
const SLICE = 8;

export interface ComparisonOptions {
  readonly hands: WalkHands;
  readonly timeline: TimelineOptions;
  readonly stopOnEntry: boolean;
  /** A step of the first run. */
  readonly stopAt: number | null;
}

/**
 * Two recordings in lock-step. The cursor is a row of their alignment: a pair of steps, or one that only one run has. Both
 * runs are threads; every move moves both.
 */
export class Comparison {
  readonly alignment: Alignment;
  readonly runs: readonly [ComparedRun, ComparedRun];
  readonly values: Values;
  readonly tasks: Tasks;
  readonly hands: WalkHands;
  row = -1;
  isAtEnd = false;
  /** The exception that the last stop was for; of a divergence there is none. */
  trouble: Trouble | null = null;
  readonly #client: Client;
  readonly #options: ComparisonOptions;
  #told = 0;
  #moves: Promise<void> = Promise.resolve();
  #closed = false;

  /** Reads both sessions. Throws RewindError `no-calls`, and `Interrupted`. */
  static async open(
    sessions: readonly [SessionReader, SessionReader],
    client: Client,
    options: ComparisonOptions,
  ): Promise<Comparison> {
    const tasks = new Tasks(client);
    const timelines: Timeline[] = [];
    for (const session of sessions) {
      const growing = new GrowingTimeline(session, options.timeline);
      function* read(): Generator<void, void> {
        while (!growing.advance(SLICE)) yield;
      }
      await tasks.run(
        'Rewind: reading the recordings',
        task => inSlices(read(), task),
        () => `${count(growing.read)} of ${count(session.length)} exchanges`,
      );
      timelines.push(growing.timeline());
      if (growing.timeline().steps.length > 0) continue;
      throw new RewindError(
        'no-calls',
        `Session ${session.start.id.slice(0, 8)} has no LLM calls to compare`,
        '`rewind list` shows what was recorded.',
      );
    }
    return new Comparison(alignTimelines(timelines[0]!, timelines[1]!), client, tasks, options);
  }

  private constructor(alignment: Alignment, client: Client, tasks: Tasks, options: ComparisonOptions) {
    const { a, b, rows } = alignment;
    const { hasFile } = options.hands;
    this.alignment = alignment;
    this.runs = [
      new ComparedRun('a', a, rows, { client, hasFile, documentsFrom: 0 }),
      new ComparedRun('b', b, rows, { client, hasFile, documentsFrom: a.steps.length }),
    ];
    this.values = new Values(client.can.supportsVariableType === true, () => false);
    this.tasks = tasks;
    this.hands = options.hands;
    this.#client = client;
    this.#options = options;
  }

  get current(): AlignedRow {
    return this.alignment.rows[Math.max(0, this.row)]!;
  }

  /** A line of either run is a line of both. */
  get lines(): Lines {
    const nearest = (file: string, line: number): number | null => {
      const lines = this.runs.flatMap(({ sites }) => sites.lines(file)).sort((a, b) => a - b);
      return lines.find(one => one >= line) ?? lines.at(-1) ?? null;
    };
    return { nearestLine: nearest };
  }

  /** The run of a thread. Throws RewindError `no-such-thread`. */
  runOf(thread: number): ComparedRun {
    const run = this.runs.find(one => one.thread === thread);
    if (run) return run;
    throw new RewindError('no-such-thread', `There is no thread ${thread}`, 'Ask for threads.');
  }

  /** What a frame stands for; without one, where the run that has a step here stands. Throws RewindError `stale-frame`. */
  frame(id: number | undefined): { readonly run: ComparedRun; readonly step: Step } {
    const letter: Letter = this.current.kind === 'added' ? 'b' : 'a';
    const run = this.runs.find(one =>
      id === undefined ? one.letter === letter : one.thread % 2 === id % 2,
    )!;
    const index = id === undefined ? stepIn(this.current, letter)! : run.frames.step(id);
    return { run, step: run.timeline.steps[index]! };
  }

  /** The run whose step documents a reference belongs to. */
  runOfDocument(reference: number): ComparedRun {
    return this.runs[reference > this.alignment.a.steps.length ? 1 : 0];
  }

  /** The first stop: where the runs part, or else at their end. */
  start(): void {
    const { stopOnEntry, stopAt } = this.#options;
    const { firstDifference, rows } = this.alignment;
    if (stopAt !== null) this.move(() => this.#arrive(this.runs[0].rows[this.#checked(stopAt)]!, entry));
    else if (!stopOnEntry) this.runOn();
    else if (firstDifference === null) {
      const alike: Stop = { reason: 'entry', description: 'the runs are alike to the end' };
      this.move(() => this.#arrive(rows.length - 1, alike));
    } else this.move(() => this.#arrive(firstDifference, this.#divergence(firstDifference)));
  }

  #checked(index: number): number {
    const { length } = this.alignment.a.steps;
    if (index < length) return index;
    throw new RewindError('no-such-step', `There is no step ${index}`, `Steps are 0 to ${length - 1}.`);
  }

  /** By so many rows; `where`: of those, which are counted. */
  step(by: 1 | -1, where: (row: AlignedRow) => boolean = () => true): void {
    this.move(async () => {
      const { rows } = this.alignment;
      let to = this.row + by;
      while (rows[to] && !where(rows[to]!)) to += by;
      if (rows[to]) this.#arrive(to, { reason: 'step', description: '' });
      else this.#arriveAtEnd(by);
    });
  }

  runOn(): void {
    this.move(() => this.#search(1));
  }

  runBack(): void {
    this.move(() => this.#search(-1));
  }

  /** Throws RewindError `no-such-step`. */
  goTo(row: number, reason = 'goto'): void {
    const { rows } = this.alignment;
    if (!rows[row])
      throw new RewindError('no-such-step', `There is no row ${row}`, `Rows are 0 to ${rows.length - 1}.`);
    this.move(() => this.#arrive(row, { reason, description: '' }));
  }

  sayPaused(): void {
    this.move(() => this.#arrive(Math.max(0, this.row), { reason: 'pause', description: '' }));
  }

  /** Answers come first; moves are made one after another. */
  move(work: () => void | Promise<void>): void {
    this.#moves = this.#moves.then(async () => {
      await nextTurn();
      if (this.#closed) return;
      try {
        await work();
      } catch (error) {
        if (this.#closed) return;
        if (!(error instanceof Interrupted)) this.#tellFault(error);
        this.#arrive(Math.max(0, this.row), { reason: 'pause', description: '' });
      }
    });
  }

  #tellFault(error: unknown): void {
    const known = error instanceof RewindError;
    if (!known) this.hands.onFault?.(error);
    const text = error instanceof Error ? error.message : String(error);
    const output = `${plainLine(known ? text : `Rewind failed: ${text}`)}\n`;
    this.#client.send('output', { category: 'important', output });
  }

  async #search(by: 1 | -1): Promise<void> {
    const { rows } = this.alignment;
    let row = this.row;
    const look = function* (this: Comparison): Generator<void, readonly [ComparedRun, Hit][]> {
      for (row += by; rows[row]; row += by) {
        const hits: [ComparedRun, Hit][] = [];
        for (const run of this.runs) {
          const index = stepIn(rows[row]!, run.letter);
          if (index === null) continue;
          const scan = run.scanner.scan(index, index, run.breakpoints.active);
          let next = scan.next();
          for (; !next.done; next = scan.next()) yield;
          if (next.value) hits.push([run, next.value]);
        }
        if (hits.length > 0) return hits;
        yield;
      }
      return [];
    };
    const hits = await this.tasks.run('Rewind: looking for a breakpoint', task =>
      inSlices(look.call(this), task),
    );
    const [first] = hits;
    if (!first) this.#arriveAtEnd(by);
    else
      this.#arriveAt(
        row,
        first,
        hits.flatMap(([, hit]) => hit.breakpoints),
      );
  }

  #arriveAt(row: number, [run, hit]: readonly [ComparedRun, Hit], breakpoints: readonly Breakpoint[]): void {
    const { stop, trouble } = stopOf(run.timeline.steps[hit.index]!, hit);
    const diverged = breakpoints.some(({ trigger }) => trigger.kind === 'divergence');
    this.#arrive(row, { ...stop, ...(diverged ? this.#divergence(row) : {}), hits: breakpoints });
    this.trouble = diverged ? null : trouble;
  }

  #divergence(row: number): Stop {
    return {
      reason: 'exception',
      description: '',
      text: rowWords(this.alignment, this.alignment.rows[row]!),
    };
  }

  #arriveAtEnd(by: 1 | -1): void {
    const end = by === 1 ? this.alignment.rows.length - 1 : 0;
    const description = by === 1 ? 'the end of both recordings' : 'the start of both recordings';
    this.#arrive(end, { reason: 'pause', description });
    this.isAtEnd = by === 1;
  }

  #arrive(index: number, { reason, description, text, hits }: Stop): void {
    const { rows } = this.alignment;
    this.row = index;
    this.isAtEnd = false;
    this.trouble = null;
    this.values.reset();
    for (const { frames } of this.runs) frames.reset();
    this.#tell(index);
    const row = rows[index]!;
    this.#client.send('stopped', {
      reason,
      description: `Row ${index} of ${rows.length - 1} · ${description || rowWords(this.alignment, row)}`,
      threadId: row.kind === 'added' ? 2 : 1,
      allThreadsStopped: true,
      ...(text === undefined ? {} : { text }),
      ...(hits ? { hitBreakpointIds: [...new Set(hits.map(({ id }) => id))] } : {}),
    });
  }

  /** Each row once, in the debug console, when it is first passed. */
  #tell(to: number): void {
    const hidden = Math.max(0, to + 1 - this.#told - LISTED);
    if (hidden > 0) {
      const output = `${count(hidden)} earlier rows were passed without being listed here; \`list 0 ${to}\` lists them\n`;
      this.#client.send('output', { category: 'console', output });
      this.#told += hidden;
    }
    for (; this.#told <= to; this.#told++) {
      const output = `${rowLines(this.alignment, this.#told).join('\n')}\n`;
      this.#client.send('output', { category: 'console', output });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.tasks.interrupt('disconnect');
  }
}

const entry: Stop = { reason: 'entry', description: '' };
