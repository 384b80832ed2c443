import type { AgentProcess, ProcessEnd, StartOptions } from './agent-process.ts';
import type { NamedPipe } from './named-pipe.ts';
import { relay } from './piped-process.ts';

/** The output of an agent that somebody else starts, on two named pipes; resolves when all of it was passed on. */
export function relayed(
  pipes: readonly NamedPipe[],
  onOutput: StartOptions['onOutput'],
): () => Promise<void> {
  const relays = (['stdout', 'stderr'] as const).map((stream, i) =>
    relay(pipes[i]!.reader, bytes => onOutput(stream, bytes), undefined),
  );
  return async () => {
    await Promise.all(relays.map(each => each.drained()));
  };
}

/** An agent that is no child of ours: it leads a process group, and we are told how it ended. */
export function separateProcess(
  pid: number,
  ended: Promise<ProcessEnd>,
  drained: () => Promise<void>,
): AgentProcess {
  const over = ended.then(async end => {
    await drained();
    return end;
  });
  over.catch(() => undefined); // awaited by whoever gets the process
  return {
    pid,
    ended: over,
    kill: signal => {
      try {
        process.kill(-pid, signal);
      } catch {
        // it has just ended
      }
    },
    unrecorded: [],
    ownTerminal: false,
  };
}
