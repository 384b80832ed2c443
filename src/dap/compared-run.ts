import type { AlignedRow } from '../timeline/align.ts';
import { Evaluator } from '../timeline/evaluate.ts';
import type { Scanner } from '../timeline/scan.ts';
import { SiteIndex } from '../timeline/site-index.ts';
import type { Step, Timeline } from '../timeline/timeline.ts';
import { BreakpointBook } from './breakpoint-book.ts';
import { printingScanner } from './breakpoint-search.ts';
import type { Client } from './client.ts';
import { FrameBook } from './frames.ts';
import { shortLine } from './hostile-text.ts';
import { type HasFile, Sources } from './sources.ts';

export type Letter = 'a' | 'b';

/** One of two runs that are compared: a thread of the debugger, which stands at its step of the current row. */
export class ComparedRun {
  readonly letter: Letter;
  readonly thread: number;
  readonly timeline: Timeline;
  readonly sites: SiteIndex;
  readonly evaluator: Evaluator;
  readonly frames: FrameBook;
  readonly sources: Sources;
  readonly breakpoints: BreakpointBook;
  readonly scanner: Scanner;
  /** Of each step, the row that it stands in. */
  readonly rows: Int32Array;
  /** Of each row, the latest step of this run up to there; −1 before its first. */
  readonly #reached: Int32Array;

  constructor(
    letter: Letter,
    timeline: Timeline,
    rows: readonly AlignedRow[],
    { client, hasFile, documentsFrom }: { client: Client; hasFile: HasFile; documentsFrom: number },
  ) {
    this.letter = letter;
    this.thread = letter === 'a' ? 1 : 2;
    this.timeline = timeline;
    this.sites = new SiteIndex(timeline);
    this.evaluator = new Evaluator(timeline);
    this.frames = new FrameBook(this.thread, 2);
    this.sources = new Sources(client, hasFile, documentsFrom);
    this.rows = new Int32Array(timeline.steps.length);
    this.#reached = new Int32Array(rows.length);
    let reached = -1;
    const diverged = new Set<number>();
    rows.forEach((row, i) => {
      const index = stepIn(row, letter);
      if (index !== null) {
        reached = index;
        this.rows[index] = i;
        // A pair is stopped at once: in the first run.
        if (differs(row) && (letter === 'a' || row.kind === 'added')) diverged.add(index);
      }
      this.#reached[i] = reached;
    });
    this.breakpoints = new BreakpointBook(client, { documentsFrom, diverged });
    this.scanner = printingScanner(this.evaluator, client, step => this.sources.linkTo(step, this.sites));
  }

  /** `a 01990c3e taped` */
  get title(): string {
    const { id, name } = this.timeline.session.start;
    return [this.letter, id.slice(0, 8), shortLine(name ?? '', 60)].filter(Boolean).join(' ');
  }

  /** Where it stands at a row; null before its first step. */
  at(row: number): Step | null {
    return this.timeline.steps[this.#reached[row] ?? -1] ?? null;
  }
}

/** The step of a row in one of the runs; null where only the other has one. */
export function stepIn(row: AlignedRow, letter: Letter): number | null {
  if (letter === 'a') return row.kind === 'added' ? null : row.a;
  return row.kind === 'removed' ? null : row.b;
}

export const differs = ({ kind }: AlignedRow): boolean => kind !== 'same' && kind !== 'echo';
