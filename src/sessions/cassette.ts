import { existsSync, readFileSync, statSync } from 'node:fs';
import { RewindError } from '../errors.ts';
import { readCassette } from './cassette-read.ts';
import { checkSize } from './cassette-size.ts';
import { fileError } from './file-error.ts';
import { type Home, sessionFolder } from './home.ts';
import { readSession } from './reader.ts';
import type { SessionReader, SessionSummary } from './session.ts';
import { summarise } from './summary.ts';
import { createSession, type SessionOptions } from './writer.ts';

export { exportCassette } from './cassette-export.ts';
export { readCassette } from './cassette-read.ts';

/** Reads a `.rw` file from disk. What is wrong with it names the file. */
export function readCassetteFile(path: string): SessionReader {
  return naming(path, () => readCassette(cassetteBytes(path)));
}

/** Of many files it must be told which one is meant: a RewindError that does not say so is given the path. */
export function naming<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RewindError) || error.message.includes(path)) throw error;
    throw new RewindError(error.code, `${path}: ${error.message}`, error.hint, { cause: error });
  }
}

function cassetteBytes(path: string): Buffer {
  try {
    checkSize(statSync(path).size);
    return readFileSync(path);
  } catch (error) {
    throw fileError(error, 'read the cassette', path);
  }
}

/**
 * Writes a cassette that was read into the home as a session; its id is the hash of the file, so that importing it again
 * gives the same session. Every exchange is read before anything is written: a bad cassette leaves nothing behind.
 */
export async function importCassette(
  home: Home,
  cassette: SessionReader,
  options: SessionOptions = {},
): Promise<SessionSummary> {
  const { id } = cassette.start;
  if (existsSync(sessionFolder(home, id))) return summarise(readSession(home, id));
  checkWhole(cassette);
  const { rewindVersion: _, ...start } = cassette.start;
  const writer = createSession(home, start, options);
  for (const { seq, at, request, answer, label } of cassette.exchanges()) {
    writer.request({ seq, at, request });
    if (label) writer.label(seq, label);
    if (answer.head) writer.answerHead(seq, answer.headAt ?? 0, answer.head);
    for (const chunk of answer.chunks) writer.answerChunk(seq, chunk.at, chunk.bytes);
    if (answer.end.kind !== 'unfinished') writer.answerEnd(seq, answer.end);
  }
  for (const piece of cassette.output) writer.output(piece);
  for (const tool of cassette.tools) writer.tool(tool);
  for (const seen of cassette.webSockets) writer.webSocket(seen);
  if (cassette.exit) writer.exit(cassette.exit);
  return writer.seal();
}

/** What all bodies of one cassette may unfold to: a session of some thousand long calls. */
const LARGEST_SESSION = 16 * 1024 ** 3;

function checkWhole(cassette: SessionReader): void {
  let size = 0;
  for (const { request, answer } of cassette.exchanges()) {
    size += request.body.length + answer.chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (size > LARGEST_SESSION) {
      throw new RewindError(
        'bad-cassette',
        `The cassette unfolds to more than ${LARGEST_SESSION} bytes`,
        'Such a file is an attack, or several sessions in one.',
      );
    }
  }
}
