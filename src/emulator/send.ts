import type { ServerResponse } from 'node:http';
import { type Http2ServerResponse, constants as http2 } from 'node:http2';
import { setTimeout as delay, setImmediate as immediate } from 'node:timers/promises';
import { flatHeaders } from '../wire/headers.ts';
import type { Behaviour, Fault } from './behaviour.ts';
import { canWrite, chooseCoding, encoderOf } from './coding.ts';
import type { Outcome } from './outcome.ts';

export type Socketed = ServerResponse | Http2ServerResponse;

/** Sends an answer with the behaviour's latency and coding; a fault breaks it off. Resolves when all is done. */
export async function send(
  response: Socketed,
  outcome: Outcome,
  behaviour: Behaviour,
  fault: Fault | undefined,
  accept: string | undefined,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const wait = async (milliseconds: number) => {
    if (milliseconds > 0) await delay(milliseconds, undefined, { signal: gone.signal }).catch(ignoreAbort);
  };
  await wait(behaviour.latency.firstByteMs + (fault?.delayMs ?? 0));
  if (gone.signal.aborted) return;
  const breaks = fault && (fault.kind === 'cut' || fault.kind === 'reset' || fault.kind === 'end-early');
  if (breaks && fault.afterEvents === null && fault.kind !== 'end-early')
    return breakOff(response, fault.kind);

  const wished = chooseCoding(accept, outcome.encoding ?? behaviour.encoding, outcome.stream);
  const coding = canWrite(wished) ? wished : 'identity';
  writeHead(response, outcome, coding);
  const encoder = encoderOf(coding);
  const pieces = breaks ? begun(outcome, fault.afterEvents ?? 0) : outcome.pieces;
  for (const [index, piece] of pieces.entries()) {
    if (index > 0)
      await (behaviour.latency.perChunkMs > 0 ? wait(behaviour.latency.perChunkMs) : immediate());
    if (gone.signal.aborted) return;
    await write(response, await encoder.piece(typeof piece === 'string' ? Buffer.from(piece) : piece));
  }
  if (breaks && fault.kind !== 'end-early') {
    // So that the last piece leaves before the connection breaks.
    await delay(20);
    return breakOff(response, fault.kind);
  }
  const rest = await encoder.end();
  if (gone.signal.aborted) return;
  if (rest.length > 0) await write(response, rest);
  await new Promise<void>(done => {
    response.once('close', done);
    response.end(() => done());
  });
}

/** The first events of a stream, or the first half of a whole body. */
function begun(outcome: Outcome, events: number): readonly (string | Uint8Array)[] {
  if (outcome.stream) return outcome.pieces.slice(0, events);
  return outcome.pieces.map(piece => piece.slice(0, Math.floor(piece.length / 2)));
}

function writeHead(response: Socketed, outcome: Outcome, coding: string): void {
  const encoded: [string, string][] = coding === 'identity' ? [] : [['Content-Encoding', coding]];
  const own: [string, string][] = [['Content-Type', outcome.contentType], ...encoded];
  response.sendDate = false;
  if ('stream' in response) {
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of [...own, ...outcome.headers]) {
      const key = name.toLowerCase();
      const before = headers[key];
      headers[key] = before === undefined ? value : [before, value].flat();
    }
    response.writeHead(outcome.status, headers);
    return;
  }
  const length = wholeLength(outcome, coding);
  const framing: [string, string] =
    length === undefined ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(length)];
  response.writeHead(
    outcome.status,
    flatHeaders([...own, framing, ['Connection', 'keep-alive'], ...outcome.headers]),
  );
  response.flushHeaders();
}

/** Errors come with a length, answers in chunks: as the vendors' edges send them. */
function wholeLength(outcome: Outcome, coding: string): number | undefined {
  if (outcome.status < 400 || coding !== 'identity') return undefined;
  return outcome.pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
}

async function write(response: Socketed, bytes: Uint8Array): Promise<void> {
  if (bytes.length === 0) return;
  // Both classes share this signature; their union hides it.
  const more = (response as ServerResponse).write(bytes);
  if (more || response.destroyed) return;
  await new Promise<void>(done => {
    response.once('drain', done);
    response.once('close', done);
  });
}

export function breakOff(response: Socketed, kind: 'cut' | 'reset'): void {
  if ('stream' in response) {
    response.stream.close(kind === 'reset' ? http2.NGHTTP2_INTERNAL_ERROR : http2.NGHTTP2_CANCEL);
    return;
  }
  const socket = response.socket;
  if (kind === 'cut') socket?.destroy();
  else socket?.resetAndDestroy();
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}
