import type { RunRequest } from '../tape/runner.ts';
import type { AgentProcess } from './agent-process.ts';

/** Between the polite signal and the hard one, when a run is stopped. */
const killAfterMs = 2_000;

export interface Stopper {
  readonly timedOut: () => boolean;
  readonly dispose: () => void;
}

/** Ends the agent when its time is over or the caller gives up: politely, then hard. */
export function stopper(agent: AgentProcess, { timeoutMs, signal }: RunRequest): Stopper {
  let late = false;
  let hard: NodeJS.Timeout | undefined;
  const stop = () => {
    agent.kill('SIGTERM');
    hard ??= setTimeout(() => agent.kill('SIGKILL'), killAfterMs);
  };
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          late = true;
          stop();
        }, timeoutMs);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  return {
    timedOut: () => late,
    dispose() {
      clearTimeout(timer);
      clearTimeout(hard);
      signal?.removeEventListener('abort', stop);
    },
  };
}
