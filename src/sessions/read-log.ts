import { readFileSync } from 'node:fs';
import { RewindError } from '../errors.ts';
import { errnoOf, fileError } from './file-error.ts';
import { nonceOf, notALog, scanFrames } from './frame.ts';
import { LogState } from './log-state.ts';
import type { LogRecord } from './records.ts';

/** Reads a log file whole. `live`: it is being written, so that a record that is half there is nothing to tell of. */
export function readLog(id: string, path: string, live: boolean): LogState {
  const file = readFile(id, path);
  const wrong = notALog(file);
  if (wrong === 'foreign') {
    throw new RewindError(
      'not-a-log',
      `The log of session ${id} is damaged at its first bytes`,
      'Delete it with `rewind rm`.',
    );
  }
  if (wrong === 'newer') {
    throw new RewindError('newer-log', `Session ${id} was recorded by a newer Rewind`, 'Update Rewind.');
  }
  const state = new LogState();
  if (!wrong) {
    const { nonce, damaged } = nonceOf(file);
    if (damaged) state.warnings.push('the first bytes of the log are damaged; nothing is lost by it');
    for (const found of scanFrames(file, nonce)) {
      if ('kind' in found) state.take(found as unknown as LogRecord, found.bytes as Buffer);
      else if (!found.tail) {
        state.warnings.push(`bytes ${found.from} to ${found.to} of the log are damaged and were skipped`);
      } else if (!live) {
        state.warnings.push(`the last ${found.to - found.from} bytes of the log are torn and were dropped`);
      }
    }
  }
  if (!state.start) {
    throw new RewindError(
      'empty-log',
      `The log of session ${id} holds nothing whole`,
      'Delete it with `rewind rm`.',
    );
  }
  return state;
}

function readFile(id: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw fileError(error, `read session ${id}`, path);
    throw new RewindError(
      'no-such-session',
      `There is no session ${id}`,
      '`rewind list` shows what is there.',
    );
  }
}
