import { once } from 'node:events';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';

export type Coding = 'identity' | 'gzip' | 'br' | 'zstd';

/** The coding to answer in: the wished one where the client takes it. `auto`: gzip for whole bodies, as vendors do. */
export function chooseCoding(accept: string | undefined, wish: Coding | 'auto', stream: boolean): Coding {
  const coding = wish === 'auto' ? (stream ? 'identity' : 'gzip') : wish;
  const taken = (accept ?? '')
    .toLowerCase()
    .split(',')
    .map(part => part.trim().split(/\s*;\s*/))
    .filter(([, quality]) => !/^q=0(\.0*)?$/.test(quality ?? ''))
    .map(([name]) => name);
  return taken.includes(coding) || (coding !== 'identity' && taken.includes('*')) ? coding : 'identity';
}

/** Encodes a body piece by piece; each piece can be decoded when it arrives. */
export interface BodyEncoder {
  piece(bytes: Uint8Array): Promise<Uint8Array>;
  end(): Promise<Uint8Array>;
}

const NOTHING = new Uint8Array();
const IDENTITY: BodyEncoder = { piece: async bytes => bytes, end: async () => NOTHING };

export function encoderOf(coding: Coding): BodyEncoder {
  switch (coding) {
    case 'identity':
      return IDENTITY;
    case 'gzip':
      return flushing(zlib.createGzip(), zlib.constants.Z_SYNC_FLUSH);
    case 'br': {
      const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 };
      return flushing(zlib.createBrotliCompress({ params }), zlib.constants.BROTLI_OPERATION_FLUSH);
    }
    case 'zstd':
      return flushing(zlib.createZstdCompress(), zlib.constants.ZSTD_e_flush);
  }
}

/** Whether this Node can write the coding (zstd: from 22.15). */
export function canWrite(coding: Coding): boolean {
  return coding !== 'zstd' || typeof zlib.createZstdCompress === 'function';
}

function flushing(
  stream: Transform & { flush(kind: number, done: () => void): void },
  kind: number,
): BodyEncoder {
  let pending: Buffer[] = [];
  stream.on('data', (bytes: Buffer) => pending.push(bytes));
  const taken = () => {
    const bytes = Buffer.concat(pending);
    pending = [];
    return bytes;
  };
  return {
    async piece(bytes) {
      stream.write(bytes);
      await new Promise<void>(done => {
        stream.flush(kind, done);
      });
      return taken();
    },
    async end() {
      const ended = once(stream, 'end');
      stream.end();
      await ended;
      return taken();
    },
  };
}
