import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { FILE_HEAD, nonceOf, notALog, scanFrames } from './frame.ts';
import { type Home, logPath, sessionFolder } from './home.ts';
import { recorderOf } from './lock.ts';
import { LogState } from './log-state.ts';
import { readLog } from './read-log.ts';
import { LogReader, readSession } from './reader.ts';
import type { LogRecord } from './records.ts';
import type { SessionReader } from './session.ts';

/**
 * Reads a session again and again while it is being recorded: each time as `readSession` would, and of the log only what
 * was added since. Readers that were given before see what comes later.
 */
export function followSession(home: Home, id: string): () => SessionReader {
  const path = logPath(home, id);
  let log = new FollowedLog();
  return () => {
    if (recorderOf(sessionFolder(home, id)) === undefined) return readSession(home, id);
    if (!log.readOn(path)) {
      log = new FollowedLog();
      log.readOn(path);
    }
    // What cannot be a log is told in the reader's words.
    return new LogReader(id, log.state.start ? log.state : readLog(id, path, true));
  };
}

class FollowedLog {
  readonly state = new LogState();
  #file = -1;
  #offset = 0;
  #nonce = 0;

  /** False where another file has taken the log's place: it was packed. */
  readOn(path: string): boolean {
    const fd = openSync(path, 'r');
    try {
      const { ino, size } = fstatSync(fd);
      if (this.#offset > 0 && (ino !== this.#file || size < this.#offset)) return false;
      this.#file = ino;
      this.#take(readFrom(fd, this.#offset, size));
      return true;
    } finally {
      closeSync(fd);
    }
  }

  #take(bytes: Buffer): void {
    let from = 0;
    if (this.#offset === 0) {
      if (notALog(bytes)) return;
      this.#nonce = nonceOf(bytes).nonce;
      from = FILE_HEAD;
    }
    let end = bytes.length;
    for (const found of scanFrames(bytes, this.#nonce, from)) {
      if ('kind' in found) this.state.take(found as unknown as LogRecord, found.bytes as Buffer);
      // The next look finds it whole.
      else if (found.tail) end = found.from;
      else
        this.state.warnings.push(
          `bytes ${this.#offset + found.from} to ${this.#offset + found.to} of the log are damaged and were skipped`,
        );
    }
    this.#offset += end;
  }
}

function readFrom(fd: number, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(to - from);
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(fd, bytes, done, bytes.length - done, from + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}
