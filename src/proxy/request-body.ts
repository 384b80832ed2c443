import type { Readable } from 'node:stream';

/** What became of a request's body. */
export type RequestBody =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  /** The agent hung up while sending. */
  | { readonly kind: 'aborted' };

const none: RequestBody = { kind: 'whole', bytes: new Uint8Array() };

export function readBody(request: Readable, limit: number): Promise<RequestBody> {
  return new Promise(resolve => {
    const pieces: Buffer[] = [];
    let size = 0;
    request.on('data', (bytes: Buffer) => {
      size += bytes.length;
      if (size > limit) {
        request.removeAllListeners('data');
        request.resume();
        resolve({ kind: 'too-large' });
        return;
      }
      pieces.push(bytes);
    });
    request.on('end', () => {
      const [only] = pieces;
      if (!only) resolve(none);
      else resolve({ kind: 'whole', bytes: pieces.length === 1 ? only : Buffer.concat(pieces) });
    });
    request.on('error', () => resolve({ kind: 'aborted' }));
    request.on('close', () => resolve({ kind: 'aborted' }));
  });
}
