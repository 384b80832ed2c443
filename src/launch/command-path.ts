import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { RewindError } from '../errors.ts';

/** What a shell answers for a command that it cannot start; see `sysexits` of POSIX, 2.8.2. */
export const notFoundCode = 127;
export const notExecutableCode = 126;

/**
 * The file that a command names, as a shell would look it up. Throws RewindError `command-not-found` (a shell's 127) or
 * `command-not-executable` (126).
 */
export function commandPath(
  command: string,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const named = command.includes('/') || (process.platform === 'win32' && command.includes('\\'));
  const candidates = named ? [resolve(cwd, command)] : onPath(command, cwd, env);
  let blocked: string | undefined;
  for (const file of candidates) {
    const state = stateOf(file);
    if (state === 'executable') return file;
    if (state === 'blocked') blocked ??= file;
  }
  if (blocked) {
    throw new RewindError(
      'command-not-executable',
      `${blocked} cannot be executed`,
      `Give the program that runs it (such as \`python ${command}\`), or make it executable with chmod +x.`,
    );
  }
  throw new RewindError(
    'command-not-found',
    `There is no command ${JSON.stringify(command)}${named ? '' : ' on PATH'}`,
    'Give the command as you would type it: rewind record python my_agent.py',
  );
}

/** The exit code that a shell gives for such an error; undefined for every other error. */
export function exitCodeOfStartError(error: unknown): number | undefined {
  if (!(error instanceof RewindError)) return undefined;
  if (error.code === 'command-not-found') return notFoundCode;
  if (error.code === 'command-not-executable') return notExecutableCode;
  return undefined;
}

function onPath(command: string, cwd: string, env: Readonly<Record<string, string | undefined>>): string[] {
  if (command === '') return [];
  const folders = (env.PATH ?? env.Path ?? '/usr/local/bin:/usr/bin:/bin').split(delimiter);
  const endings = process.platform === 'win32' ? ['', ...(env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';')] : [''];
  return folders.flatMap(folder =>
    endings.map(ending => join(resolve(cwd, folder || '.'), command + ending)),
  );
}

function stateOf(file: string): 'executable' | 'blocked' | 'missing' {
  try {
    if (!statSync(file).isFile()) return 'blocked';
  } catch {
    return 'missing';
  }
  try {
    accessSync(file, constants.X_OK);
    return 'executable';
  } catch {
    return 'blocked';
  }
}
