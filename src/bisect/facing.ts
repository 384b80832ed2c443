import type { AlignedRow, Alignment } from '../timeline/align.ts';

/**
 * A call that only one run made, where the other run made another one at the same point of the conversation: the two
 * face each other, and whoever deviated there moved first. It stays alone where the other run is at its end, or where the
 * other run's next call comes here too, out of the very same conversation.
 */
export function facing(rows: readonly AlignedRow[], at: number, { a, b, lanes }: Alignment): AlignedRow {
  const row = rows[at]!;
  if (row.kind !== 'removed' && row.kind !== 'added') return row;
  const own = row.kind === 'removed' ? a.steps[row.a]!.lane : b.steps[row.b]!.lane;
  const pair = lanes.find(lane => (row.kind === 'removed' ? lane.a : lane.b) === own);
  const other = row.kind === 'removed' ? pair?.b : pair?.a;
  if (other === null || other === undefined) return row;
  for (const next of rows.slice(at + 1, at + 1 + NEAR)) {
    const index = row.kind === 'removed' ? ('b' in next ? next.b : null) : 'a' in next ? next.a : null;
    if (index === null || (row.kind === 'removed' ? b : a).steps[index]!.lane !== other) continue;
    const alike =
      next.kind === 'same' || (next.kind === 'changed' && next.where === 'answer' && !next.carries);
    if (alike) return row;
    const [one, two] = row.kind === 'removed' ? [row.a, index] : [index, row.b];
    return { kind: 'changed', a: one, b: two, where: 'both', carries: false };
  }
  return row;
}

/** Calls that faced each other are looked at once: what the alignment had put beside them stands alone then. */
export class Taken {
  readonly #good = new Set<number>();
  readonly #bad = new Set<number>();

  left(row: AlignedRow): AlignedRow | null {
    const good = 'a' in row && !this.#good.has(row.a) ? row.a : null;
    const bad = 'b' in row && !this.#bad.has(row.b) ? row.b : null;
    if (good !== null) this.#good.add(good);
    if (bad !== null) this.#bad.add(bad);
    if (good !== null && bad !== null) return row;
    if (good !== null) return { kind: 'removed', a: good };
    return bad === null ? null : { kind: 'added', b: bad };
  }
}

/** Rows behind a call of one run in which its counterpart is looked for. */
const NEAR = 200;
