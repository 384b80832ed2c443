import type { SessionSummary } from '../../src/sessions/session.ts';

/** A session of two seconds and three calls, but for what is given. */
export const aSession = (part: Partial<SessionSummary>): SessionSummary => ({
  id: '0123456789abcdef0123456789abcdef',
  mode: 'record',
  startedAt: 0,
  durationMs: 2000,
  command: ['python', 'agent.py'],
  cwd: '/home/dana/shop',
  calls: 3,
  errors: 0,
  inputTokens: 100,
  outputTokens: 20,
  costUsd: 0.02,
  costIncomplete: false,
  models: ['gpt-4.1-mini-2025-04-14'],
  exit: { at: 2000, code: 0, signal: null },
  sealed: true,
  ...part,
});
