import { RewindError } from '../errors.ts';

/** The system error's code (`ENOSPC`, `EACCES` …), or an empty string. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** A file operation's failure in the user's words; anything else comes back as it was. */
export function fileError(error: unknown, doing: string, path: string): unknown {
  const code = errnoOf(error);
  const told = (id: string, what: string, hint: string): RewindError =>
    new RewindError(id, `Cannot ${doing}: ${what} (${path}, ${code})`, hint, { cause: error });
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return told(
        'no-permission',
        'permission denied',
        'Give your user the right to write there, or set REWIND_HOME to a folder of your own.',
      );
    case 'EROFS':
      return told(
        'read-only-home',
        'the file system is read-only',
        'Set REWIND_HOME to a folder that can be written.',
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return told(
        'disk-full',
        'the disk is full',
        'Free some space, or delete sessions with `rewind rm`, or set REWIND_HOME to another disk.',
      );
    case 'EFBIG':
      return told(
        'file-too-large',
        'the file may not grow further',
        'Raise the file size limit (`ulimit -f`).',
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return told(
        'not-a-folder',
        'a file stands where a folder should be',
        'Move that file away, or set REWIND_HOME to another folder.',
      );
    case 'EISDIR':
      return told('not-a-file', 'a folder stands where a file should be', 'Name a file.');
    case 'ENOENT':
      return told('no-such-file', 'there is no such file or folder', 'Check the path.');
    case 'EMFILE':
    case 'ENFILE':
      return told('too-many-files', 'too many files are open', 'Raise the limit (`ulimit -n`).');
    case 'EIO':
      return told(
        'disk-error',
        'the disk reports an error',
        'Check the disk; what was read before is whole.',
      );
    default:
      return error;
  }
}
