import { parseCallSite, type SiteFrame } from '../wire/call-site.ts';
import type { Step, Timeline } from './timeline.ts';

/** Where in the agent's code the steps of a timeline come from. */
export class SiteIndex {
  readonly #timeline: Timeline;
  readonly #frames: (readonly SiteFrame[] | undefined)[] = [];
  #lines: Map<string, Map<number, number[]>> | undefined;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** The user's frames of a step, innermost first; empty where no hook told. */
  frames(step: Step): readonly SiteFrame[] {
    const known = this.#frames[step.index];
    if (known) return known;
    const site = step.kind === 'call' ? step.site : step.run?.site;
    const frames = (site === undefined ? undefined : parseCallSite(site))?.frames ?? [];
    this.#frames[step.index] = frames;
    return frames;
  }

  /** Lines of a file that led to calls, rising. */
  lines(file: string): readonly number[] {
    return [...(this.#byFile().get(file)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** Steps that came from this line, in order. */
  steps(file: string, line: number): readonly number[] {
    return this.#byFile().get(file)?.get(line) ?? [];
  }

  /** The line itself where it made a call, else the next one that did, else the last one before. */
  nearestLine(file: string, line: number): number | null {
    const lines = this.lines(file);
    return lines.find(one => one >= line) ?? lines.at(-1) ?? null;
  }

  #byFile(): Map<string, Map<number, number[]>> {
    if (this.#lines) return this.#lines;
    const files = new Map<string, Map<number, number[]>>();
    for (const step of this.#timeline.steps) {
      for (const { file, line } of this.frames(step)) {
        const lines = files.get(file) ?? new Map<number, number[]>();
        files.set(file, lines);
        const steps = lines.get(line);
        if (!steps) lines.set(line, [step.index]);
        else if (steps.at(-1) !== step.index) steps.push(step.index);
      }
    }
    this.#lines = files;
    return files;
  }
}
