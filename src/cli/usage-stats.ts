import type { Rows } from '../sessions/index-db.ts';

/** One LLM call as the statistics need it. */
export interface CountedCall {
  readonly session: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly model: string;
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly costUsd: number | null;
  readonly latencyMs: number | null;
  readonly ttftMs: number | null;
  readonly failed: boolean;
}

/** Documented in docs/json.md. */
export interface Totals {
  readonly sessions: number;
  readonly calls: number;
  readonly errors: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  /** Part of the input tokens that came from the provider's cache, 0 to 1; null without input. */
  readonly cacheHitRate: number | null;
  /** Null = unknown; a lower bound where `costIncomplete`. */
  readonly costUsd: number | null;
  readonly costIncomplete: boolean;
  readonly latencyMs: Percentiles | null;
  readonly ttftMs: Percentiles | null;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** What was really asked of a provider: answers given from a tape cost nothing, and imports were paid elsewhere. */
export function callsSql(since: number, all: boolean): string {
  const modes = all
    ? ''
    : "AND s.mode IN ('record', 'fork', 'proxy') AND (c.match IS NULL OR c.match = 'LIVE')";
  return `SELECT c.session, s.started_at + c.at_ms, coalesce(c.model, c.request_model), c.input_tokens, c.cached_tokens,
    c.output_tokens, c.cost_usd, c.latency_ms, c.ttft_ms, c.error IS NOT NULL OR c.error_type IS NOT NULL
    FROM calls c JOIN sessions s ON s.id = c.session WHERE s.started_at + c.at_ms >= ${Math.floor(since)} ${modes}`;
}

export function countedCalls({ rows }: Rows): readonly CountedCall[] {
  const count = (value: unknown) => (typeof value === 'number' ? value : 0);
  const known = (value: unknown) => (typeof value === 'number' ? value : null);
  return rows.map(([session, time, model, input, cached, output, cost, latency, ttft, failed]) => ({
    session: String(session),
    time: count(time),
    model: typeof model === 'string' ? model : 'unknown',
    input: count(input),
    cached: count(cached),
    output: count(output),
    costUsd: known(cost),
    latencyMs: known(latency),
    ttftMs: known(ttft),
    failed: failed === 1,
  }));
}

export function totalsOf(calls: readonly CountedCall[]): Totals {
  const sum = (field: 'input' | 'cached' | 'output') => calls.reduce((total, call) => total + call[field], 0);
  const costs = calls.flatMap(({ costUsd }) => costUsd ?? []);
  const input = sum('input');
  return {
    sessions: new Set(calls.map(({ session }) => session)).size,
    calls: calls.length,
    errors: calls.filter(({ failed }) => failed).length,
    inputTokens: input,
    outputTokens: sum('output'),
    cachedTokens: sum('cached'),
    cacheHitRate: input > 0 ? sum('cached') / input : null,
    costUsd: costs.length > 0 ? costs.reduce((a, b) => a + b, 0) : null,
    costIncomplete: costs.length < calls.length,
    latencyMs: percentiles(calls.flatMap(({ latencyMs }) => latencyMs ?? [])),
    ttftMs: percentiles(calls.flatMap(({ ttftMs }) => ttftMs ?? [])),
  };
}

/** Nearest rank. */
export function percentiles(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** Calls by a key, groups in the order of their first call. */
export function grouped(
  calls: readonly CountedCall[],
  keyOf: (call: CountedCall) => string,
): ReadonlyMap<string, readonly CountedCall[]> {
  const groups = new Map<string, CountedCall[]>();
  for (const call of calls) {
    const group = groups.get(keyOf(call));
    if (group) group.push(call);
    else groups.set(keyOf(call), [call]);
  }
  return groups;
}

/** The day of this machine's calendar, `2026-11-23`. */
export function dayOf(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
