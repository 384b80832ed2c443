import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { RewindError } from '../../src/errors.ts';
import { decodeBody } from '../../src/wire/content-coding.ts';
import { zstdCompress } from '../../src/wire/zstd.ts';

const plain = Buffer.from('{"text":"héllo"}'.repeat(200));
const packed: Readonly<Record<string, Uint8Array>> = {
  gzip: zlib.gzipSync(plain),
  'x-gzip': zlib.gzipSync(plain),
  deflate: zlib.deflateSync(plain),
  br: zlib.brotliCompressSync(plain),
  zstd: zstdCompress(plain),
  'gzip, br': zlib.brotliCompressSync(zlib.gzipSync(plain)),
  ' GZIP ,identity, Zstd': zstdCompress(zlib.gzipSync(plain)),
};

test('every coding and every chain of them is undone', () => {
  for (const [coding, bytes] of Object.entries(packed)) {
    const body = decodeBody(bytes, coding);
    assert.deepEqual(Buffer.from(body.bytes), plain, coding);
    assert.equal(body.decoded, true);
    assert.equal(body.problem, undefined);
  }
  assert.deepEqual(
    Buffer.from(decodeBody(zlib.deflateRawSync(plain), 'deflate').bytes),
    plain,
    'without its zlib wrapper',
  );
  const members = Buffer.concat([zlib.gzipSync('one '), zlib.gzipSync('two')]);
  assert.equal(Buffer.from(decodeBody(members, 'gzip').bytes).toString(), 'one two');
});

test('no coding, identity, an empty body: as it is', () => {
  for (const coding of [undefined, '', 'identity', ' identity , ']) {
    assert.deepEqual(decodeBody(plain, coding), { bytes: plain, decoded: false });
  }
  assert.deepEqual(decodeBody(new Uint8Array(), 'gzip'), { bytes: new Uint8Array(), decoded: false });
});

test('a header that lies: the bytes as they are, and a word about it', () => {
  for (const coding of ['gzip', 'deflate', 'br', 'zstd', 'gzip, br']) {
    const body = decodeBody(plain, coding);
    assert.deepEqual(body.bytes, plain);
    assert.equal(body.decoded, false);
    assert.match(body.problem ?? '', /the bytes are not/);
  }
  assert.match(decodeBody(plain, 'compress').problem ?? '', /unknown content coding "compress"/);
});

test('a cut body goes as far as it goes, and says so', () => {
  const long = Buffer.from(
    Array.from({ length: 5000 }, (_, i) => `line ${i} ${(i * 7919) % 997}\n`).join(''),
  );
  const cut: Readonly<Record<string, Uint8Array>> = {
    gzip: zlib.gzipSync(long),
    deflate: zlib.deflateSync(long),
    br: zlib.brotliCompressSync(long),
  };
  for (const [coding, bytes] of Object.entries(cut)) {
    const body = decodeBody(bytes.subarray(0, bytes.length / 2), coding);
    const got = Buffer.from(body.bytes);
    assert.ok(got.length > 100 && long.subarray(0, got.length).equals(got), coding);
    assert.match(body.problem ?? '', /cut/);
  }
});

test('bombs are refused by name, in any coding, in chains too', () => {
  const zeros = new Uint8Array(40_000_000);
  const bombs: Readonly<Record<string, Uint8Array>> = {
    gzip: zlib.gzipSync(zeros),
    deflate: zlib.deflateSync(zeros),
    br: zlib.brotliCompressSync(zeros, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
    zstd: zstdCompress(zeros),
    'gzip, gzip': zlib.gzipSync(zlib.gzipSync(zeros)),
  };
  for (const [coding, bytes] of Object.entries(bombs)) {
    assert.throws(
      () => decodeBody(bytes, coding, 1_000_000),
      error => error instanceof RewindError && error.code === 'body-too-large',
      coding,
    );
    assert.throws(
      () => decodeBody(bytes.subarray(0, bytes.length - 9), coding, 1_000_000),
      RewindError,
      `${coding}, cut`,
    );
  }
});

test('random and hurt bytes end in bytes, never in a crash', () => {
  const codings = fc.constantFrom('gzip', 'deflate', 'br', 'zstd', 'gzip, br', 'zstd, gzip', 'what');
  const hurt = fc.tuple(codings, fc.nat(), fc.nat(255)).map(([coding, at, byte]) => {
    const bytes = Uint8Array.from(packed[coding] ?? plain);
    bytes[at % bytes.length] = byte;
    return { coding, bytes };
  });
  const random = fc.record({ coding: codings, bytes: fc.uint8Array({ maxLength: 200 }) });
  fc.assert(
    fc.property(fc.oneof(hurt, random), ({ coding, bytes }) => {
      try {
        assert.ok(decodeBody(bytes, coding, 1_000_000).bytes.length <= 1_000_000);
      } catch (error) {
        // A hurt head may claim any size.
        assert.equal((error as RewindError).code, 'body-too-large');
      }
    }),
    { numRuns: 500 },
  );
});
