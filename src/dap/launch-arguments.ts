import { RewindError } from '../errors.ts';
import type { Fork } from '../tape/fork.ts';

/** Arguments of `launch`, checked. docs/debugger.md describes them. */
export type Launch = SessionLaunch | RunLaunch;

/** Runs nothing, unless something is edited. */
export interface SessionLaunch extends AgentLaunch {
  readonly mode: 'session';
  readonly session: string;
  /** Another session, to be walked in lock-step; null without one. */
  readonly compare: string | null;
  readonly stopAt: number | null;
}

/** Runs an agent: against a recording, or against its providers while it is recorded. */
export type RunLaunch = ReplayLaunch | RecordLaunch | ForkLaunch;

export interface ReplayLaunch extends AgentLaunch {
  readonly mode: 'replay';
  readonly session: string;
}

export interface RecordLaunch extends AgentLaunch {
  readonly mode: 'record';
  readonly command: readonly string[];
}

/** Runs a session's agent anew, with something edited. */
export interface ForkLaunch extends AgentLaunch {
  readonly mode: 'fork';
  readonly fork: Fork;
}

export interface AgentLaunch {
  /** Null: the recorded one. */
  readonly command: readonly string[] | null;
  readonly cwd: string | null;
  /** On top of the adapter's own; null removes a variable. */
  readonly env: Readonly<Record<string, string | null>>;
  readonly stopOnEntry: boolean;
  /** Started in the command's place: see `RunRequest.via`. */
  readonly via: readonly string[];
  /** `HOST=URL` each. */
  readonly upstream: readonly string[];
  /** Whether a fork may ask the providers where the recording has no answer. */
  readonly allowLive: boolean;
  /** Whether a request that carries an edited answer may get the recorded answer to what was not edited. */
  readonly carry: boolean;
}

type Given = Readonly<Record<string, unknown>>;

/** Follows a session that another process records. */
export interface Attach extends AgentLaunch {
  readonly mode: 'attach';
  readonly session: string | null;
  readonly port: number;
}

/** Throws RewindError `bad-launch`. */
export function readAttach(args: object): Attach {
  const { session = null, port = 8877, ...given } = args as Given;
  if (session !== null && (typeof session !== 'string' || session === ''))
    throw bad('session', 'the beginning of an id, or a name');
  if (!Number.isSafeInteger(port) || (port as number) < 1 || (port as number) > 65_535)
    throw bad('port', 'a port from 1 to 65535');
  return {
    ...(readLaunch({ ...given, mode: 'session' }) as SessionLaunch),
    mode: 'attach',
    session,
    port: port as number,
  };
}

/** Throws RewindError `bad-launch` or `mode-not-there`. */
export function readLaunch(args: object): Launch {
  const given = args as Given;
  const { mode = 'session', session = 'latest', stopOnEntry = true, stopAt = null, compare = null } = given;
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
  if (compare !== null && (typeof compare !== 'string' || compare === ''))
    throw bad('compare', 'the beginning of an id, a name, or a .rw file');
  if (compare !== null && mode !== 'session') {
    throw new RewindError(
      'bad-launch',
      `"compare" walks two finished recordings; mode ${mode} runs an agent`,
      'Record it first, then launch with "mode": "session".',
    );
  }
  if (typeof stopOnEntry !== 'boolean') throw bad('stopOnEntry', 'true or false');
  const { allowLive = mode === 'record', carry = true } = given;
  if (typeof allowLive !== 'boolean') throw bad('allowLive', 'true or false');
  if (typeof carry !== 'boolean') throw bad('carry', 'true or false');
  if (mode === 'session' && stopAt !== null && !(Number.isSafeInteger(stopAt) && (stopAt as number) >= 0))
    throw bad('stopAt', 'the number of a step');
  const agent: AgentLaunch = {
    command: readCommand(given),
    cwd: readCwd(given),
    env: readEnv(given),
    via: readVia(given),
    upstream: readUpstream(given),
    stopOnEntry,
    allowLive,
    carry,
  };
  if (mode === 'session') return { ...agent, mode, session, compare, stopAt: stopAt as number | null };
  if (mode === 'replay') return { ...agent, mode, session };
  const { command } = agent;
  if (!command)
    throw bad('command', 'there: it says what to run, as a list of words (or "program" and "args")');
  return { ...agent, mode, command };
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
