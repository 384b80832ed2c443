import { readCall } from '../providers/read-call.ts';
import { wholeExchanges } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';
import { textOf } from '../timeline/step-view.ts';

const INSTRUCTIONS = 60;

/** Requests by what they are, without what they say: method, host, path and the beginning of a model's instructions. */
export function traceOf(session: SessionReader): readonly string[] {
  const hosts = session.start.extraHosts ?? [];
  return [...wholeExchanges(session)].map(exchange => {
    const { method, host, path } = exchange.request;
    const system = textOf(readCall(exchange, hosts)?.system ?? []).slice(0, INSTRUCTIONS);
    return `${method} ${host}${path.split('?')[0]}${system === '' ? '' : ` (${system})`}`;
  });
}

/** The first request that unbroken runs make, all equally often, and this one less often; null where there is none. */
export function leftOut(usual: readonly (readonly string[])[], seen: readonly string[]): string | null {
  const count = (trace: readonly string[], request: string): number =>
    trace.filter(one => one === request).length;
  const [first = [], ...others] = usual;
  for (const request of new Set(first)) {
    const times = count(first, request);
    if (others.some(other => count(other, request) !== times)) continue;
    if (count(seen, request) < times) return request;
  }
  return null;
}
