import { constants } from 'node:os';
import type { AgentProcess, ProcessEnd } from './agent-process.ts';
import { inForeground } from './process-status.ts';

/** Sent on to the agent. Job control (SIGTSTP, SIGCONT) reaches it with our process group; SIGKILL cannot be seen. */
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** Two Ctrl-C within this many milliseconds end the agent hard. */
const impatienceMs = 2_000;

/**
 * Passes signals on while the agent runs; returns what undoes it. A Ctrl-C in a terminal reaches the whole foreground
 * group, the agent included: it is not sent a second time, which many programs take for "now!".
 */
export function forwardSignals(agent: AgentProcess): () => void {
  let interruptedAt = Number.NEGATIVE_INFINITY;
  const handlers = forwarded.map(signal => {
    const handler = () => {
      const fromKeys = (signal === 'SIGINT' || signal === 'SIGQUIT') && !agent.ownTerminal && inForeground();
      if (signal === 'SIGINT') {
        const now = performance.now();
        if (now - interruptedAt < impatienceMs) return agent.kill('SIGKILL');
        interruptedAt = now;
      }
      if (!fromKeys) agent.kill(signal);
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

/**
 * Ends our own process the way the agent ended: with its exit code, or by the same signal, so that a shell or a
 * supervisor above cannot tell the difference. Signals that cannot end us (Node ignores SIGPIPE) become 128 + n.
 */
export function endLike(end: ProcessEnd): never {
  if (end.signal) {
    process.removeAllListeners(end.signal);
    if (end.signal !== 'SIGPIPE') process.kill(process.pid, end.signal);
    process.exit(exitCodeOf(end));
  }
  process.exit(end.code ?? 1);
}

/** As a shell's `$?` shows it: the code, or 128 + the signal's number. */
export function exitCodeOf(end: ProcessEnd): number {
  if (end.signal) return 128 + (constants.signals[end.signal] ?? 0);
  return end.code ?? 1;
}
