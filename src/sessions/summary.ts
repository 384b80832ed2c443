import { costOf, PRICES, type PriceTable } from '../providers/prices.ts';
import { readCall } from '../providers/read-call.ts';
import { wholeExchanges } from './reader.ts';
import type { SessionReader, SessionSummary } from './session.ts';

/** One session in a line. Damaged exchanges are passed over: reading them by name says what is wrong. */
export function summarise(reader: SessionReader, prices: PriceTable = PRICES): SessionSummary {
  const { start, exit } = reader;
  let calls = 0;
  let errors = 0;
  let inputTokens = 0;
  let outputTokens = 0;
  let known = 0;
  let costUsd = 0;
  let durationMs = exit?.at ?? 0;
  const models = new Set<string>();
  for (const exchange of wholeExchanges(reader)) {
    const { at, answer } = exchange;
    durationMs = Math.max(durationMs, at + ('at' in answer.end ? answer.end.at : 0));
    const call = readCall(exchange, start.extraHosts);
    if (!call) continue;
    calls++;
    if (call.error) errors++;
    inputTokens += call.usage?.input ?? 0;
    outputTokens += call.usage?.output ?? 0;
    const cost = costOf(call, prices, start.startedAt + at);
    if (cost !== null) {
      known++;
      costUsd += cost;
    }
    const model = call.responseModel ?? call.requestModel;
    if (model !== null) models.add(model);
  }
  return {
    id: start.id,
    ...(start.name !== undefined && { name: start.name }),
    mode: start.mode,
    startedAt: start.startedAt,
    durationMs,
    command: start.command,
    cwd: start.cwd,
    ...(start.git && { commit: start.git.commit, dirty: start.git.dirty }),
    ...(start.parent && { parent: start.parent }),
    ...(start.within !== undefined && { within: start.within }),
    calls,
    errors,
    ...(reader.webSockets.length > 0 && { webSockets: reader.webSockets.length }),
    inputTokens,
    outputTokens,
    costUsd: known > 0 || calls === 0 ? costUsd : null,
    costIncomplete: known < calls,
    models: [...models],
    ...(exit && { exit }),
    sealed: reader.sealed,
  };
}
