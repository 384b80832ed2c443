import type { SessionReader } from '../sessions/session.ts';
import { VERSION } from '../version.ts';
import type { Exchange } from '../wire/exchange.ts';
import type { ForeignSession } from './foreign.ts';

/** A foreign recording as a session, without writing it anywhere: to be replayed as it is. */
export function foreignSession(foreign: ForeignSession): SessionReader {
  const exchanges = new Map<number, Exchange>(foreign.exchanges.map(exchange => [exchange.seq, exchange]));
  return {
    start: {
      id: foreign.id,
      name: foreign.name,
      startedAt: foreign.startedAt ?? 0,
      command: [],
      cwd: '',
      mode: 'import',
      scope: foreign.scope,
      rewindVersion: VERSION,
    },
    sealed: true,
    warnings: foreign.warnings,
    length: foreign.exchanges.length,
    exchange(seq) {
      const found = exchanges.get(seq);
      if (!found) throw new RangeError(`no exchange ${seq}`);
      return found;
    },
    exchanges: () => foreign.exchanges,
    output: [],
    tools: [],
    webSockets: [],
  };
}
