import type { PriceTable } from '../providers/prices.ts';
import type { Home } from '../sessions/home.ts';
import { type Index, openIndex } from '../sessions/index-db.ts';
import { withProgress } from './progress.ts';

/** The index, brought up to date with progress; the first time reads every session. */
export function updatedIndex(home: Home, prices: PriceTable): Promise<Index> {
  return withProgress('reading new sessions into the index', progress =>
    openIndex(home, {
      prices,
      onProgress: (done, of) => progress.update(`reading new sessions into the index: ${done} of ${of}`),
    }),
  );
}
