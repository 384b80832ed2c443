/**
 * Ruby's VCR (github.com/vcr/vcr, `lib/vcr/structs.rb`), YAML or JSON, and those that took its format over: Betamax, R's vcr.
 * An interaction has vcrpy's shape.
 */
import type { Exchange } from '../wire/exchange.ts';
import { asArray, asObject } from '../wire/json.ts';
import { type ForeignEntries, Notes } from './foreign.ts';
import { readInteraction } from './vcrpy.ts';

export function isRubyVcr(file: unknown): boolean {
  return Array.isArray(asObject(file).http_interactions);
}

export function readRubyVcr(file: unknown): ForeignEntries {
  const notes = new Notes();
  const exchanges: Exchange[] = [];
  let startedAt: number | null = null;
  for (const interaction of asArray(asObject(file).http_interactions)) {
    const read = readInteraction(interaction, notes);
    if (!read) continue;
    const recorded = Date.parse(String(asObject(interaction).recorded_at ?? ''));
    if (!Number.isNaN(recorded)) startedAt ??= recorded;
    const seq = exchanges.length;
    // Whole seconds: several calls may share one.
    const at = Math.max(seq, (exchanges.at(-1)?.at ?? -1) + 1, recorded - (startedAt ?? recorded) || 0);
    exchanges.push({ seq, at, ...read });
  }
  return { format: 'vcr', exchanges, notes, startedAt };
}
