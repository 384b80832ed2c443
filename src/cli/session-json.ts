import type { SessionSummary } from '../sessions/session.ts';

/** A session as every `--json` gives it; documented in docs/json.md. */
export interface SessionJson {
  readonly id: string;
  readonly name: string | null;
  readonly mode: SessionSummary['mode'];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly commit: string | null;
  readonly dirty: boolean;
  readonly parent: { readonly session: string; readonly step: number | null } | null;
  readonly calls: number;
  readonly errors: number;
  readonly webSockets: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null = unknown. */
  readonly costUsd: number | null;
  readonly costIncomplete: boolean;
  readonly models: readonly string[];
  readonly exit: { readonly code: number | null; readonly signal: string | null } | null;
  readonly sealed: boolean;
}

export function sessionJson(summary: SessionSummary): SessionJson {
  const { parent, exit } = summary;
  return {
    id: summary.id,
    name: summary.name ?? null,
    mode: summary.mode,
    startedAt: isoTime(summary.startedAt),
    durationMs: summary.durationMs,
    command: summary.command,
    cwd: summary.cwd,
    commit: summary.commit ?? null,
    dirty: summary.dirty ?? false,
    parent: parent ? { session: parent.session, step: parent.step ?? null } : null,
    calls: summary.calls,
    errors: summary.errors,
    webSockets: summary.webSockets ?? 0,
    inputTokens: summary.inputTokens,
    outputTokens: summary.outputTokens,
    costUsd: summary.costUsd,
    costIncomplete: summary.costIncomplete,
    models: summary.models,
    exit: exit ? { code: exit.code, signal: exit.signal } : null,
    sealed: summary.sealed,
  };
}

export function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}
