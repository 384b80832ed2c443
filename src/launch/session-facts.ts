import { execFile } from 'node:child_process';
import { createHash, hash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import type { SessionStart } from '../sessions/session.ts';

/** Longer than git takes in a large repository with a warm cache; a run never waits for more. */
const gitTimeoutMs = 1_500;

/** Commit, branch and dirtiness of a folder; undefined outside of a repository, without git, or where git is too slow. */
export async function gitFacts(cwd: string): Promise<SessionStart['git']> {
  try {
    const { stdout } = await promisify(execFile)('git', ['status', '--porcelain=v2', '--branch'], {
      cwd,
      timeout: gitTimeoutMs,
      maxBuffer: 16 * 1024 * 1024,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
    });
    const lines = stdout.split('\n').filter(Boolean);
    const commit = /^# branch\.oid ([0-9a-f]{40,64})$/m.exec(stdout)?.[1];
    if (!commit) return undefined;
    const branch = /^# branch\.head (.+)$/m.exec(stdout)?.[1];
    const dirty = lines.some(line => !line.startsWith('#'));
    return { commit, ...(branch && branch !== '(detached)' ? { branch } : {}), dirty };
  } catch {
    return undefined; // no repository, no git, or too slow: a session without commit
  }
}

/** Differ from run to run or terminal to terminal without a meaning for the agent. */
const volatile =
  /^(_|PWD|OLDPWD|SHLVL|TERM.*|COLUMNS|LINES|WINDOWID|DISPLAY|SSH_.*|XDG_SESSION.*|DBUS_.*|GPG_.*|TMUX.*|STY|VSCODE_.*|ITERM_.*|npm_.*|REWIND_.*)$/;

/** What a session notes of where it ran. `digest`: of `environmentDigest`. */
export function environmentFacts(digest: string, program: string): NonNullable<SessionStart['environment']> {
  return { platform: `${process.platform}-${process.arch}`, digest, runtime: runtimeOf(program) };
}

/** A hash over names and hashed values: tells whether two runs had the same environment, and nothing of its values. */
export function environmentDigest(env: Readonly<Record<string, string | undefined>>): string {
  const digest = createHash('sha256');
  for (const name of Object.keys(env).sort()) {
    if (!volatile.test(name)) digest.update(`${name}=${hash('sha256', env[name] ?? '')}\n`);
  }
  return digest.digest('hex');
}

/** The program's own name, links followed (`python3` → `python3.12`). */
function runtimeOf(program: string): string {
  try {
    return basename(realpathSync(program));
  } catch {
    return basename(program);
  }
}
