import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCredentialHeader } from '../../src/providers/credentials.ts';
import { importCassette, readCassette } from '../../src/sessions/cassette.ts';
import { readSession } from '../../src/sessions/reader.ts';
import type { Exchange } from '../../src/wire/exchange.ts';
import type { RawHeaders } from '../../src/wire/headers.ts';
import { cassetteText } from './cassette-text.ts';
import { corpusFiles, corpusMissing } from './corpus.ts';
import { record, startSession, temporaryHome } from './temporary-home.ts';

test('every call of the corpus comes back byte for byte, from the log and from a cassette', {
  skip: corpusMissing,
}, async t => {
  const home = temporaryHome(t);
  let calls = 0;
  for (const { name, exchanges } of corpusFiles()) {
    const writer = startSession(home, { name });
    for (const exchange of exchanges) record(writer, exchange);
    await writer.seal();
    const session = readSession(home, writer.id);
    assert.deepEqual(session.warnings, [], name);
    const cassette = readCassette(Buffer.from(cassetteText(session)));
    for (const exchange of exchanges) {
      const stored = session.exchange(exchange.seq);
      const where = `${name}, exchange ${exchange.seq}`;
      assert.ok(Buffer.from(stored.request.body).equals(exchange.request.body), `${where}: request`);
      assert.deepEqual({ ...stored.answer, head: undefined }, { ...exchange.answer, head: undefined }, where);
      assert.deepEqual(harmless(stored), harmless(exchange), `${where}: headers`);
      assert.deepEqual(cassette.exchange(exchange.seq), stored, `${where}: cassette`);
      calls++;
    }
  }
  assert.ok(calls > 9000, `only ${calls} calls read`);
});

/** The headers that redaction leaves alone. */
const harmless = ({ request, answer }: Exchange): RawHeaders =>
  [...request.headers, ...(answer.head?.headers ?? [])].filter(([name]) => !isCredentialHeader(name));

test('a cassette of the corpus is the same after an import', { skip: corpusMissing }, async t => {
  const home = temporaryHome(t);
  for (const { name, exchanges } of corpusFiles()) {
    if (exchanges.length > 200) continue; // the large ones take their time, and hold no other kinds
    const writer = startSession(home, { name });
    for (const exchange of exchanges) record(writer, exchange);
    await writer.seal();
    const cassette = cassetteText(readSession(home, writer.id));
    const { id } = await importCassette(home, readCassette(Buffer.from(cassette)));
    assert.equal(cassetteText(readSession(home, id)), cassette, name);
    assert.equal(
      (await importCassette(home, readCassette(Buffer.from(cassette)))).id,
      id,
      `${name}, imported again`,
    );
  }
});
