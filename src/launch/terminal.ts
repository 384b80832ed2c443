import type { AgentProcess, StartOptions } from './agent-process.ts';
import { startPiped } from './piped-process.ts';
import { inForeground } from './process-status.ts';
import { loadPty, startOnTerminal } from './terminal-process.ts';

/**
 * Starts the agent with the user's own standard streams.
 *
 * - all three are a terminal: the agent gets a terminal of its own and everything is recorded;
 * - none is: exact bytes through pipes, recorded;
 * - some are: those are handed down and go past us unrecorded (a stream cannot be a terminal and be read by us unless
 *   all of them are), the others are recorded.
 *
 * In the background (`rewind record … &`), or without node-pty, terminals are handed down too.
 */
export async function startOnUsersStreams(options: StartOptions): Promise<AgentProcess> {
  const terminals = new Set<'stdout' | 'stderr'>();
  if (process.stdout.isTTY) terminals.add('stdout');
  if (process.stderr.isTTY) terminals.add('stderr');
  if (terminals.size === 2 && process.stdin.isTTY && inForeground()) {
    const pty = await loadPty();
    const agent = pty && tryOnTerminal(pty, options);
    if (agent) return agent;
  }
  return startPiped({ ...options, stdio: 'inherit', terminals });
}

/** Undefined where the machine gives no pseudo-terminal (a sandbox without /dev/ptmx). */
function tryOnTerminal(...given: Parameters<typeof startOnTerminal>): AgentProcess | undefined {
  try {
    return startOnTerminal(...given);
  } catch {
    return undefined; // the terminal is handed down instead, and the user is told that it is not recorded
  }
}

/** Starts the agent without input; its output is only recorded. */
export function startCaptured(options: StartOptions): Promise<AgentProcess> {
  return startPiped({ ...options, stdio: 'capture', terminals: new Set() });
}
