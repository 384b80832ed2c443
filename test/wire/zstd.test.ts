import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { RewindError } from '../../src/errors.ts';
import { loadZstd, zstdCompress, zstdDecompress } from '../../src/wire/zstd.ts';
import { loadPortableZstd, portableCompress, portableDecompress } from '../../src/wire/zstd-portable.ts';

const LIMIT = 1 << 24;

before(async () => {
  await loadZstd();
  await loadPortableZstd();
});

const samples: readonly Uint8Array[] = [
  new Uint8Array(0),
  Buffer.from('a'),
  Buffer.from('{"role":"user"}'.repeat(5000)),
  randomBytes(300_000),
  new Uint8Array(3_000_000),
];

test('both codecs read what both codecs write', () => {
  for (const plain of samples) {
    for (const packed of [
      zstdCompress(plain, 9),
      zstdCompress(plain, 3, { windowLog: 22, longDistance: true }),
      portableCompress(plain, 9),
    ]) {
      assert.deepEqual(Buffer.from(zstdDecompress(packed)), Buffer.from(plain));
      assert.deepEqual(Buffer.from(portableDecompress(packed, LIMIT)), Buffer.from(plain));
    }
  }
});

test('frames in a row are joined', () => {
  const packed = Buffer.concat([zstdCompress(Buffer.from('one ')), zstdCompress(Buffer.from('two'))]);
  assert.equal(Buffer.from(zstdDecompress(packed)).toString(), 'one two');
  assert.equal(Buffer.from(portableDecompress(packed, LIMIT)).toString(), 'one two');
});

test('a bomb is refused by name, by both codecs', () => {
  const bomb = zstdCompress(new Uint8Array(50_000_000), 19);
  assert.ok(bomb.length < 10_000);
  assert.throws(
    () => zstdDecompress(bomb, 1_000_000),
    error => error instanceof RewindError && error.code === 'body-too-large' && error.hint !== '',
  );
  assert.throws(() => portableDecompress(bomb, 1_000_000), RangeError);
});

test('a head that claims a window of gigabytes allocates nothing', () => {
  const claim = Buffer.from('28b52ffd00a8010000', 'hex');
  assert.throws(() => portableDecompress(claim, LIMIT), RangeError);
});

test('a cut frame is an error, never a shorter body', () => {
  const packed = zstdCompress(Buffer.from('hello hello hello hello '.repeat(100)));
  for (let cut = 0; cut < packed.length; cut++) {
    assert.throws(() => zstdDecompress(packed.subarray(0, cut)), `native, cut at ${cut}`);
    assert.throws(() => portableDecompress(packed.subarray(0, cut), LIMIT), `portable, cut at ${cut}`);
  }
});

test('damaged input ends in an error or in bytes, within the limit', () => {
  const packed = zstdCompress(Buffer.from('the quick brown fox '.repeat(500)));
  fc.assert(
    fc.property(fc.nat(packed.length - 1), fc.nat(255), (at, byte) => {
      const hurt = Uint8Array.from(packed);
      hurt[at] = byte;
      for (const decode of [zstdDecompress, portableDecompress]) {
        try {
          assert.ok(decode(hurt, 100_000).length <= 100_000);
        } catch (error) {
          assert.ok(error instanceof Error);
        }
      }
    }),
    { numRuns: 200 },
  );
});
