import { wholeExchanges } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { Exchange } from '../wire/exchange.ts';
import { MatchKeyer } from './match-key.ts';

/**
 * A run that was left before its end, continued by what is left of the recording that it followed. `known`: the `seq` of the
 * run's exchanges that count; one that was under way when the run was left is asked again.
 */
export function continuedSession(
  run: SessionReader,
  known: ReadonlySet<number>,
  followed: SessionReader | null,
): SessionReader {
  const base = Math.max(-1, ...known) + 1;
  const keyer = new MatchKeyer(undefined, run.start.extraHosts);
  const asked = new Map<string, number>();
  const ofRun = function* (): Generator<Exchange> {
    for (const exchange of wholeExchanges(run)) if (known.has(exchange.seq)) yield exchange;
  };
  for (const { request, label } of ofRun()) {
    const { key } = keyer.fingerprint(request);
    // A miss was answered by nobody.
    if (label !== 'MISS') asked.set(key, (asked.get(key) ?? 0) + 1);
  }
  const left: number[] = [];
  for (const { seq, request } of followed ? wholeExchanges(followed) : []) {
    const { key } = keyer.fingerprint(request);
    const times = asked.get(key) ?? 0;
    if (times > 0) asked.set(key, times - 1);
    else left.push(seq);
  }
  const exchange = (seq: number): Exchange =>
    seq < base ? run.exchange(seq) : { ...followed!.exchange(seq - base), seq };
  const { sealed, output, warnings, webSockets } = run;
  return {
    // A replay that was left is but a part of its recording: that is what a fork of it is compared with.
    start: run.start.mode === 'replay' && followed ? followed.start : run.start,
    sealed,
    output,
    warnings,
    webSockets,
    length: base + left.length,
    tools: [...run.tools, ...(followed?.tools.slice(run.tools.length) ?? [])],
    exchange,
    *exchanges() {
      yield* ofRun();
      for (const seq of left) yield exchange(base + seq);
    },
  };
}
