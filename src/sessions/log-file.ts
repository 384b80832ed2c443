import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { errnoOf, fileError } from './file-error.ts';
import { encodeFrame, encodeFrameInto, fileHead } from './frame.ts';
import type { FrameKind } from './records.ts';

/** Frames up to this size, also several together, go out in one write from a buffer that is used again. */
const SCRATCH = 128 * 1024;

/**
 * A log open for appending. When `append` returns, the record has left the process. A disk that refuses a write ends
 * the log at its last whole record: the file is cut there, `onBroken` is told once, and later records are dropped, for
 * the agent's run must go on.
 */
export class LogFile {
  readonly #path: string;
  /** Told once, when the disk refuses a record. */
  onBroken: (error: unknown) => void = () => undefined;
  readonly #nonce = randomBytes(4).readUInt32LE();
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH);
  readonly #fd: number;
  /** Bytes of the scratch that are still to be written. */
  #gathered = 0;
  #gathering = false;
  #size = 0;
  #error: unknown;
  #state: 'open' | 'broken' | 'closed' = 'open';

  /** Makes the file; throws RewindError where that fails. */
  constructor(path: string) {
    this.#path = path;
    const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;
    try {
      this.#fd = openSync(path, O_APPEND | O_CREAT | O_EXCL | O_WRONLY, 0o600);
    } catch (error) {
      throw fileError(error, 'write the session log', path);
    }
    if (!this.#write([fileHead(this.#nonce)])) throw this.#error;
  }

  /** Why the log ended early; undefined while it has not. */
  get error(): unknown {
    return this.#error;
  }

  /** Whether this record is in the file, or will be when `together` ends. */
  append(kind: FrameKind, fields: unknown, bytes?: Uint8Array): boolean {
    if (this.#state !== 'open') return false;
    let end = encodeFrameInto(this.#scratch, this.#gathered, this.#nonce, kind, fields, bytes);
    if (end === undefined) {
      if (!this.#flush()) return false;
      end = encodeFrameInto(this.#scratch, 0, this.#nonce, kind, fields, bytes);
    }
    if (end === undefined) return this.#write(encodeFrame(this.#nonce, kind, fields, bytes));
    this.#gathered = end;
    return this.#gathering || this.#flush();
  }

  /** What `work` appends is in the file when this returns; inside of another `together`, when that one does. */
  together(work: () => void): void {
    const outermost = !this.#gathering;
    this.#gathering = true;
    try {
      work();
    } finally {
      if (outermost) {
        this.#gathering = false;
        this.#flush();
      }
    }
  }

  sync(): void {
    if (this.#state !== 'open') return;
    try {
      fsyncSync(this.#fd);
    } catch (error) {
      this.#break(error); // a full disk may say so only now
    }
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    closeSync(this.#fd);
  }

  #flush(): boolean {
    const length = this.#gathered;
    this.#gathered = 0;
    return length === 0 || this.#write([this.#scratch.subarray(0, length)]);
  }

  #write(pieces: readonly Uint8Array[]): boolean {
    try {
      for (const piece of pieces) {
        // A full disk takes part of a write before it refuses the rest.
        for (let done = 0; done < piece.length; ) done += writeSync(this.#fd, piece, done);
      }
      this.#size += pieces.reduce((sum, piece) => sum + piece.length, 0);
      return true;
    } catch (error) {
      this.#break(error);
      return false;
    }
  }

  #break(error: unknown): void {
    this.#state = 'broken';
    this.#cutBack();
    this.#error = fileError(error, 'go on recording', this.#path);
    this.onBroken(this.#error);
  }

  /** Drops the half-written record, or records. Where even that fails, the reader drops it. */
  #cutBack(): void {
    try {
      if (fstatSync(this.#fd).size > this.#size) ftruncateSync(this.#fd, this.#size);
    } catch (error) {
      if (errnoOf(error) === '') throw error;
    }
  }
}
