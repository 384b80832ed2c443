import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Redactor } from '../../src/sessions/redaction.ts';
import { RequestBodies } from '../../src/sessions/request-bodies.ts';
import { restoreBody, type StoredBody } from '../../src/sessions/stored-exchange.ts';

const SECRETS = [
  `sk-proj-${'aB3'.repeat(16)}`,
  'seen "before" 1234',
  `Bearer ${'x9'.repeat(12)}`,
  `eyJ${'hbGci1'.repeat(4)}.eyJ${'zdWIi2'.repeat(4)}.sig3sig3`,
];

/** Bodies of a run: each is the last one, grown, cut or patched, so that secrets come whole, in halves, and go again. */
const run = fc
  .array(
    fc.record({
      at: fc.nat(700),
      cut: fc.constantFrom(0, 0, 0, 1, 7, 300),
      piece: fc.oneof(
        fc.constantFrom(...SECRETS, '"', ' ', '\n', 'text '.repeat(60)),
        fc.tuple(fc.constantFrom(...SECRETS), fc.nat(40)).map(([secret, n]) => secret.slice(0, n)),
        fc.tuple(fc.constantFrom(...SECRETS), fc.nat(40)).map(([secret, n]) => secret.slice(n)),
      ),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map(edits => {
    let body = `{"messages":["${'prompt '.repeat(90)}"]}`;
    return edits.map(({ at, cut, piece }) => {
      body = body.slice(0, at) + piece + body.slice(at + cut);
      return Buffer.from(body);
    });
  });

test('a body that is searched only where it changed is masked as if it were searched whole', () => {
  fc.assert(
    fc.property(run, fc.nat(8), (bodies, learnAt) => {
      const redactor = new Redactor(undefined, [SECRETS[1]!]);
      const requests = new RequestBodies(redactor);
      const stored = new Map<number, StoredBody>();
      for (const [seq, raw] of bodies.entries()) {
        if (seq === learnAt) redactor.command(['--api-key', 'pt prompt pr']);
        const { fields, bytes, body } = requests.store(seq, raw, []);
        assert.equal(body.toString(), redactor.body(raw, []).toString());
        stored.set(seq, { ...fields, inserted: () => Buffer.from(bytes) });
        assert.deepEqual(
          restoreBody(stored.get(seq)!, base => stored.get(base)),
          body,
          'and comes back',
        );
      }
    }),
    { numRuns: 1500 },
  );
});

test('bodies that are kept in used memory come back, whatever their sizes', () => {
  const requests = new RequestBodies(new Redactor());
  const stored = new Map<number, StoredBody>();
  const bodies = Array.from({ length: 60 }, (_, seq) => {
    const lane = seq % 3;
    const length = (lane + 1) * 15_000 + seq * 700;
    return Buffer.from(`${lane}: ${`lane ${lane} says ${lane * 7}. `.repeat(length / 15)}and ${seq}`);
  });
  for (const [seq, raw] of bodies.entries()) {
    const { fields, bytes } = requests.store(seq, Buffer.from(raw), []);
    const written = Buffer.from(bytes);
    stored.set(seq, { ...fields, inserted: () => written });
  }
  for (const [seq, raw] of bodies.entries()) {
    assert.deepEqual(
      restoreBody(stored.get(seq)!, base => stored.get(base)),
      raw,
      `body ${seq}`,
    );
  }
  assert.ok([...stored.values()].filter(({ base }) => base !== undefined).length > 50, 'as differences');
});
