import { RewindError } from '../errors.ts';

/** Arguments of `launch`, checked. docs/debugger.md describes them. */
export type Launch = SessionLaunch | RunLaunch;

export interface SessionLaunch {
  readonly mode: 'session';
  readonly session: string;
  readonly stopOnEntry: boolean;
  readonly stopAt: number | null;
}

/** Runs an agent: against a recording, or against its providers while it is recorded. */
export type RunLaunch = ReplayLaunch | RecordLaunch;

export interface ReplayLaunch extends AgentLaunch {
  readonly mode: 'replay';
  readonly session: string;
  /** Null: the recorded one. */
  readonly command: readonly string[] | null;
}

export interface RecordLaunch extends AgentLaunch {
  readonly mode: 'record';
  readonly command: readonly string[];
  /** `HOST=URL` each. */
  readonly upstream: readonly string[];
}

interface AgentLaunch {
  readonly cwd: string | null;
  /** On top of the adapter's own; null removes a variable. */
  readonly env: Readonly<Record<string, string | null>>;
  readonly stopOnEntry: boolean;
  /** Started in the command's place: see `RunRequest.via`. */
  readonly via: readonly string[];
}

type Given = Readonly<Record<string, unknown>>;

/** Throws RewindError `bad-launch` or `mode-not-there`. */
export function readLaunch(args: object): Launch {
  const given = args as Given;
  const { mode = 'session', session = 'latest', stopOnEntry = true, stopAt = null } = given;
  if (mode !== 'session' && mode !== 'replay' && mode !== 'record') {
    throw new RewindError(
      'mode-not-there',
      `There is no mode ${JSON.stringify(mode)}`,
      'Write "mode": "session", "replay" or "record".',
    );
  }
  if (typeof session !== 'string' || session === '') {
    throw bad('session', 'the beginning of an id, a name, "latest" or a .rw file');
  }
  if (typeof stopOnEntry !== 'boolean') throw bad('stopOnEntry', 'true or false');
  if (mode === 'session') {
    if (stopAt !== null && !(Number.isSafeInteger(stopAt) && (stopAt as number) >= 0)) {
      throw bad('stopAt', 'the number of a step');
    }
    return { mode, session, stopOnEntry, stopAt: stopAt as number | null };
  }
  const agent: AgentLaunch = { cwd: readCwd(given), env: readEnv(given), stopOnEntry, via: readVia(given) };
  const command = readCommand(given);
  if (mode === 'replay') return { mode, session, command, ...agent };
  if (!command)
    throw bad('command', 'there: it says what to run, as a list of words (or "program" and "args")');
  return { mode, command, upstream: readUpstream(given), ...agent };
}

function readCommand({ command, program, args = [] }: Given): readonly string[] | null {
  if (!isWords(args)) throw bad('args', 'a list of words');
  if (command !== undefined && command !== null) {
    if (!isWords(command) || !command[0]) throw bad('command', 'a list of words, the program first');
    return command;
  }
  if (program === undefined || program === null) return null;
  if (typeof program !== 'string' || program === '') throw bad('program', 'the path of a program');
  return [program, ...args];
}

function readCwd({ cwd }: Given): string | null {
  if (cwd === undefined || cwd === null || cwd === '') return null;
  if (typeof cwd !== 'string') throw bad('cwd', 'the path of a folder');
  return cwd;
}

function readEnv({ env = {} }: Given): AgentLaunch['env'] {
  const wanted = 'an object of names and texts';
  if (typeof env !== 'object' || env === null || Array.isArray(env)) throw bad('env', wanted);
  for (const value of Object.values(env)) {
    if (value !== null && typeof value !== 'string') throw bad('env', wanted);
  }
  return env as AgentLaunch['env'];
}

function readVia({ via = [] }: Given): readonly string[] {
  if (!isWords(via)) throw bad('via', 'a list of words');
  return via;
}

function readUpstream({ upstream = [] }: Given): readonly string[] {
  const list = typeof upstream === 'string' ? [upstream] : upstream;
  if (!isWords(list)) throw bad('upstream', 'a list of HOST=URL');
  return list;
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(word => typeof word === 'string');
}

function bad(name: string, wanted: string): RewindError {
  return new RewindError(
    'bad-launch',
    `"${name}" of the launch configuration is not ${wanted}`,
    'docs/debugger.md lists them all.',
  );
}
