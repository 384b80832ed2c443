import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { RewindError } from '../errors.ts';
import type { SiteIndex } from '../timeline/site-index.ts';
import type { Step, Timeline } from '../timeline/timeline.ts';
import type { SiteFrame } from '../wire/call-site.ts';
import type { Client } from './client.ts';
import { documentName, stepDocument } from './document.ts';
import { plainLine } from './hostile-text.ts';

/** Says whether a source file is on this machine. */
export type HasFile = (path: string) => boolean;

/**
 * What frames point to: the agent's own files where they are here, else a step's document. A document's reference is the
 * step's number plus one, so that it means the same in every session of one recording.
 */
export class Sources {
  readonly #client: Client;
  readonly #hasFile: HasFile;
  readonly #documentsFrom: number;
  readonly #known = new Map<string, boolean>();

  /** `documentsFrom`: where there are two recordings, the references of one begin behind those of the other. */
  constructor(client: Client, hasFile: HasFile, documentsFrom = 0) {
    this.#client = client;
    this.#hasFile = hasFile;
    this.#documentsFrom = documentsFrom;
  }

  has(path: string): boolean {
    const known = this.#known.get(path) ?? this.#hasFile(path);
    this.#known.set(path, known);
    return known;
  }

  file(path: string): DebugProtocol.Source {
    return { name: plainLine(basename(path)), path };
  }

  /** For stack frames: of the same name for every step, which is how editors recognise a frame after a step. */
  frameDocument(step: Step): DebugProtocol.Source {
    return { name: 'step.md', sourceReference: this.#reference(step), origin: 'Rewind' };
  }

  /** For lists: each by its own name. */
  listedDocument(timeline: Timeline, step: Step): DebugProtocol.Source {
    return { name: documentName(timeline, step), sourceReference: this.#reference(step), origin: 'Rewind' };
  }

  #reference(step: Step): number {
    return this.#documentsFrom + step.index + 1;
  }

  /** The step whose document a source is; throws RewindError where it is none. */
  stepOf(timeline: Timeline, reference: number): Step {
    const step = timeline.steps[reference - this.#documentsFrom - 1];
    if (step) return step;
    throw new RewindError(
      'no-such-source',
      `There is no step document ${reference}`,
      'Ask for loadedSources.',
    );
  }

  content(timeline: Timeline, reference: number): string {
    return stepDocument(timeline, this.stepOf(timeline, reference));
  }

  /** Where a step stands: its innermost frame whose file is here; else its own document. */
  placeOf(step: Step, sites: SiteIndex): DebugProtocol.Source & { readonly frame?: SiteFrame } {
    const [frame] = sites.frames(step);
    if (!frame || !this.has(frame.file)) return this.frameDocument(step);
    return { ...this.file(frame.file), frame };
  }

  linkTo(step: Step, sites: SiteIndex): { source: DebugProtocol.Source; line: number; column: number } {
    const { frame, ...source } = this.placeOf(step, sites);
    return { source, ...this.position(frame) };
  }

  /** A frame's line and column as the client counts them; a document is shown from its beginning. */
  position(frame: SiteFrame | undefined): { line: number; column: number } {
    return {
      line: this.#client.lineOut(frame?.line ?? 1),
      column: this.#client.columnOut(frame?.column ?? 1),
    };
  }
}
