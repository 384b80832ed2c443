import { providerOf } from '../providers/hosts.ts';
import type { SessionReader, SessionSummary } from './session.ts';

/** One session in a line. */
export function summarise(reader: SessionReader): SessionSummary {
  const { start, exit } = reader;
  let calls = 0;
  let errors = 0;
  let lastAt = exit?.at ?? 0;
  for (const { at, request, answer } of reader.exchanges()) {
    if (providerOf(request.host, request.path)) calls++;
    if ((answer.head?.status ?? 0) >= 400 || answer.end.kind === 'reset') errors++;
    lastAt = Math.max(lastAt, at + ('at' in answer.end ? answer.end.at : 0));
  }
  return {
    id: start.id,
    ...(start.name !== undefined && { name: start.name }),
    mode: start.mode,
    startedAt: start.startedAt,
    durationMs: lastAt,
    command: start.command,
    cwd: start.cwd,
    ...(start.git && { commit: start.git.commit, dirty: start.git.dirty }),
    ...(start.parent && { parent: start.parent }),
    calls,
    errors,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: null,
    costIncomplete: calls > 0,
    models: [],
    ...(exit && { exit }),
    sealed: reader.sealed,
  };
}
