import { RewindError } from '../errors.ts';
import { reportError } from './report-error.ts';

/** `rewind list | head` closes our stdout early: that is the reader's wish, not an error. A full disk is one. */
export function quietPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    const hint = 'Check the disk of the file that it leads to.';
    process.exit(
      reportError(new RewindError('cannot-write', `stdout cannot be written: ${error.code}`, hint), false),
    );
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
