import { RewindError } from '../errors.ts';

/** Arguments of `launch`, checked. docs/debugger.md describes them. */
export interface SessionLaunch {
  readonly session: string;
  readonly stopOnEntry: boolean;
  readonly stopAt: number | null;
}

/** Throws RewindError `bad-launch` or `mode-not-there`. */
export function readLaunch(args: object): SessionLaunch {
  const {
    mode = 'session',
    session = 'latest',
    stopOnEntry = true,
    stopAt = null,
  } = args as Record<string, unknown>;
  if (mode !== 'session') {
    throw new RewindError(
      'mode-not-there',
      `This version walks finished recordings only; it has no mode ${JSON.stringify(mode)}`,
      'Write "mode": "session". To record or replay, use `rewind record` and `rewind replay`.',
    );
  }
  if (typeof session !== 'string' || session === '') {
    throw bad('session', 'the beginning of an id, a name, "latest" or a .rw file');
  }
  if (typeof stopOnEntry !== 'boolean') throw bad('stopOnEntry', 'true or false');
  if (stopAt !== null && !(Number.isSafeInteger(stopAt) && (stopAt as number) >= 0)) {
    throw bad('stopAt', 'the number of a step');
  }
  return { session, stopOnEntry, stopAt: stopAt as number | null };
}

function bad(name: string, wanted: string): RewindError {
  return new RewindError(
    'bad-launch',
    `"${name}" of the launch configuration is not ${wanted}`,
    'docs/debugger.md lists them all.',
  );
}
