import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { RewindError } from '../errors.ts';
import { errnoOf, fileError } from './file-error.ts';

/**
 * Everything Rewind keeps on disk:
 *
 *     sessions/<id>/log    the truth: one session, append-only
 *     sessions/<id>/lock   its recorder, while one lives
 *     sessions/<id>/log.*  caches made from the log; may be deleted at any time
 *     sessions.jsonl       one summary line a session; rebuilt from the logs where it lacks one
 *     index.sqlite         a cache over the logs; may be deleted at any time
 *     claims/              which test of a run records which cassette; may be deleted while none does
 *     ca/                  the certificate authority
 */
export interface Home {
  readonly path: string;
  readonly sessions: string;
  readonly summaries: string;
  readonly index: string;
  readonly ca: string;
}

/** 32 lower-case hex digits: nothing else ever becomes part of a path. */
export const SESSION_ID = /^[0-9a-f]{32}$/;

/**
 * The home: `dir`, else `REWIND_HOME`, else `~/.rewind`. Made with mode 0700 where it is missing. A home that cannot be
 * written still opens for reading.
 */
export function openHome(dir?: string): Home {
  const path = resolve(dir ?? (process.env.REWIND_HOME || join(homedir(), '.rewind')));
  try {
    makeFolders(path);
    const stat = statSync(path);
    if (!stat.isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
    if (stat.uid === process.getuid?.() && (stat.mode & 0o077) !== 0) makePrivate(path);
  } catch (error) {
    throw fileError(error, 'open the Rewind home', path);
  }
  return {
    path,
    sessions: join(path, 'sessions'),
    summaries: join(path, 'sessions.jsonl'),
    index: join(path, 'index.sqlite'),
    ca: join(path, 'ca'),
  };
}

/** Not Node's `recursive`: on a file system that makes no folders (/proc) that tries for ever. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolders(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

/** On a read-only disk it stays as it is, and can be read. */
function makePrivate(path: string): void {
  try {
    chmodSync(path, 0o700);
  } catch (error) {
    if (errnoOf(error) !== 'EROFS') throw error;
  }
}

/** The folder of one session. Refuses anything but a session id, so that no input can name a path outside the home. */
export function sessionFolder(home: Home, id: string): string {
  if (!SESSION_ID.test(id)) {
    throw new RewindError(
      'bad-session-id',
      `${JSON.stringify(id)} is not a session id`,
      'A session id is 32 hex digits; `rewind list` shows them.',
    );
  }
  return join(home.sessions, id);
}

export function logPath(home: Home, id: string): string {
  return join(sessionFolder(home, id), 'log');
}
