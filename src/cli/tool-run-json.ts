import type { ToolRun } from '../sessions/session.ts';
import { parseCallSite } from '../wire/call-site.ts';

/** A tool's run as a helper told of it (docs/json.md). */
export function toolRunJson(run: ToolRun): object {
  const { at, durationMs, name, method, callId, result, error, errorType, label, stream, opaque } = run;
  return {
    at,
    durationMs,
    name,
    method: method ?? null,
    callId: callId ?? null,
    arguments: run.arguments,
    result: result ?? null,
    error: error === undefined ? null : { type: errorType ?? 'Error', message: error },
    label: label ?? null,
    stream: stream ?? false,
    opaque: opaque ?? false,
    finished: !run.unfinished,
    site: (run.site === undefined ? undefined : parseCallSite(run.site)) ?? null,
  };
}
