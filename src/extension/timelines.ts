import { setImmediate as nextTurn } from 'node:timers/promises';
import { readCassette } from '../sessions/cassette-read.ts';
import { readSession } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';
import { GrowingTimeline } from '../timeline/growing-timeline.ts';
import { SiteIndex } from '../timeline/site-index.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { SessionList } from './session-list.ts';

export interface ReadTimeline {
  readonly timeline: Timeline;
  readonly sites: SiteIndex;
}

const KEPT = 6;
/** The extension host answers others after so many milliseconds of reading. */
const SLICE = 8;

/** Timelines of finished sessions, the last few kept. Read in slices, so that a long one holds nobody up. */
export class Timelines {
  readonly #sessions: SessionList;
  readonly #kept = new Map<string, Promise<ReadTimeline>>();

  constructor(sessions: SessionList) {
    this.#sessions = sessions;
  }

  /** By the session's id. Rejects with the RewindError of a session that cannot be read. */
  of(id: string): Promise<ReadTimeline> {
    const known = this.#kept.get(id);
    this.#kept.delete(id);
    const reading = known ?? this.#read(id);
    this.#kept.set(id, reading);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return reading;
  }

  /** As `of`; read anew where the session goes on and has come to a step that is not known yet. */
  async upTo(id: string, step: number): Promise<ReadTimeline> {
    const known = await this.of(id);
    if (known.timeline.steps[step]) return known;
    this.forget(id);
    return this.of(id);
  }

  /** As `of`, for a look in passing: what is kept stays. */
  glance(id: string): Promise<ReadTimeline> {
    return this.#kept.get(id) ?? readInSlices(readSession(this.#sessions.home, id));
  }

  forget(id: string): void {
    this.#kept.delete(id);
  }

  async #read(id: string): Promise<ReadTimeline> {
    try {
      return await readInSlices(readSession(this.#sessions.home, id));
    } catch (error) {
      this.#kept.delete(id);
      throw error;
    }
  }
}

/** The timeline of a `.rw` file's bytes. Rejects with RewindError `bad-cassette` and its kin. */
export function cassetteTimeline(bytes: Uint8Array): Promise<ReadTimeline> {
  return readInSlices(readCassette(bytes));
}

async function readInSlices(session: SessionReader): Promise<ReadTimeline> {
  const growing = new GrowingTimeline(session);
  while (!growing.advance(SLICE)) await nextTurn();
  const timeline = growing.timeline();
  return { timeline, sites: new SiteIndex(timeline) };
}
