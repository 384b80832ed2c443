import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffBody } from '../../src/sessions/body-delta.ts';
import { BodyWindow } from '../../src/sessions/body-window.ts';
import { ByteReader, ByteWriter } from '../../src/sessions/byte-writer.ts';
import { answerFromLines, answerLines } from '../../src/sessions/cassette-answer.ts';
import { chunksFromText, chunksToText } from '../../src/sessions/chunk-text.ts';
import { packChunks, unpackChunks } from '../../src/sessions/chunk-times.ts';
import { packColumns, unpackColumns } from '../../src/sessions/columns.ts';
import { readStyled, writeStyled } from '../../src/sessions/json-style.ts';
import { restoreBody } from '../../src/sessions/stored-exchange.ts';

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes);

/** Events as the vendors send them, pieces of them, and anything. */
const streamText = fc
  .array(
    fc.oneof(
      fc
        .record({ id: fc.constant('x'), n: fc.double(), delta: fc.string() })
        .map(v => `data: ${JSON.stringify(v)}\n\n`),
      fc
        .tuple(fc.constantFrom('\n', '\r\n'), fc.json({ maxDepth: 2 }))
        .map(([eol, v]) => `event: e${eol}data: ${v}${eol}${eol}`),
      fc.json({ maxDepth: 2 }).map(v => `data: ${v.replaceAll(':', ': ')}\n\n`),
      fc.constantFrom(
        'data: [DONE]\n\n',
        ': ping\n\n',
        '\n',
        '\r\n',
        '{"a":1.0}',
        '"',
        '\\',
        '\0',
        'data: {"a":"',
      ),
      fc.string(),
    ),
    { maxLength: 12 },
  )
  .map(pieces => pieces.join(''));

const body = fc.oneof(
  streamText.map(text => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map(asBuffer),
);

test('answers come back from columns, whatever their bytes', () => {
  fc.assert(
    fc.property(fc.array(body, { maxLength: 6 }), answers => {
      assert.deepEqual(unpackColumns(packColumns(answers)), answers);
    }),
    { numRuns: 1500 },
  );
});

/** Events that differ from each other in a few bytes, anywhere. */
const almostAlike = fc
  .array(
    fc.tuple(
      fc.nat(60),
      fc.nat(3),
      fc.constantFrom('', 'x', '7', '.', '"', '\\', '\0', ':', '":', '\n', '"a":"'),
    ),
    { maxLength: 40 },
  )
  .map(edits => {
    const event = 'data: {"id":"x","n":12,"m":null,"delta":{"text":"word"}}';
    return edits
      .map(([at, cut, put]) => `${event.slice(0, at)}${put}${event.slice(at + cut)}\n\n`)
      .join(`${event}\n\n`);
  });

test('events that are almost of one kind come back from columns', () => {
  fc.assert(
    fc.property(fc.array(almostAlike, { maxLength: 4 }), texts => {
      const answers = texts.map(text => Buffer.from(text));
      assert.deepEqual(unpackColumns(packColumns(answers)), answers);
    }),
    { numRuns: 1500 },
  );
});

test('an event that holds a zero byte is not taken for the template of another', () => {
  const answers = ['b', '\0', 'c'].map(value => Buffer.from(`data: {"a":"${value}"}\n\n`));
  assert.deepEqual(unpackColumns(packColumns(answers)), answers);
});

test('events of one kind differ by their values alone, however kinds take turns', () => {
  const event = (kind: string, n: number) => `data: {"kind":"${kind}","${kind}":${n}}\n\n`;
  const turns = Array.from({ length: 200 }, (_, n) => event(n % 3 === 0 ? 'one' : 'two', n)).join('');
  const alone = Array.from({ length: 200 }, (_, n) => event('one', n)).join('');
  const sizeOf = (text: string) => packColumns([Buffer.from(text)]).length;
  assert.ok(sizeOf(turns) < sizeOf(alone) + 100, `${sizeOf(turns)} against ${sizeOf(alone)} bytes`);
});

test('answers come back from the lines of a cassette, whatever their bytes', () => {
  fc.assert(
    fc.property(body, answer => {
      const lines = answerLines(answer);
      const written = lines.map(line => JSON.stringify(line));
      assert.deepEqual(answerFromLines(written.map(line => JSON.parse(line))), answer);
    }),
    { numRuns: 3000 },
  );
});

test('JSON of any style comes back from its value', () => {
  const styles = fc.record({
    colon: fc.constantFrom('', ' '),
    indent: fc.constantFrom(undefined, 2, 4),
    pad: fc.nat(3),
    ascii: fc.boolean(),
    tail: fc.constantFrom('', '\n'),
  });
  let read = 0;
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), styles, (json, { colon, indent, pad, ascii, tail }) => {
      let text = JSON.stringify(JSON.parse(json), null, indent);
      if (!/^[[{]/.test(text)) return;
      if (ascii)
        text = text.replace(/[\u007f-\uffff]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
      text = text.replaceAll('":', `":${indent ? ' ' : colon}`).replaceAll(':  ', ': ');
      text = `${text.slice(0, -1)}${indent ? '' : ' '.repeat(pad)}${text.slice(-1)}${tail}`;
      const styled = readStyled(text);
      if (!styled) return;
      read++;
      assert.equal(writeStyled(styled.value, styled.style), text);
    }),
    { numRuns: 2000 },
  );
  assert.ok(read > 300, `only ${read} were read`);
});

test('chunk places come back, in binary and as text', () => {
  fc.assert(
    fc.property(
      streamText,
      fc.array(fc.nat(60), { maxLength: 20 }),
      fc.array(fc.nat(5000)),
      (text, sizes, steps) => {
        const answer = Buffer.from(text);
        const chunks = [];
        let from = 0;
        let tenths = 100;
        for (let i = 0; from < answer.length; i++) {
          const size = Math.min(sizes[i % Math.max(1, sizes.length)] || answer.length, answer.length - from);
          tenths += (steps[i] ?? 3) - 2;
          chunks.push({ at: Math.max(0, tenths) / 10, size });
          from += size;
        }
        const { times, cuts } = packChunks(chunks, answer);
        assert.deepEqual(unpackChunks(new ByteReader(times), new ByteReader(cuts), answer), chunks);
        assert.deepEqual(chunksFromText(chunksToText(chunks, answer, 4.5), answer, 4.5), chunks);
      },
    ),
    { numRuns: 1500 },
  );
});

/** A body, and what an agent makes of it for its next call: grown, cut, moved, with a new date at the front. */
const history = fc
  .array(fc.tuple(fc.constantFrom('grow', 'date', 'compact', 'swap', 'other'), fc.nat(9)), { maxLength: 12 })
  .map(steps => {
    let parts = Array.from({ length: 8 }, (_, i) => `part ${i} ${`${i}abc `.repeat(900)}`);
    return steps.map(([step, n], i) => {
      if (step === 'grow') parts = [...parts, `new ${i} ${'text '.repeat(n * 80)}`];
      if (step === 'date') parts = [`2025-01-0${n}`, ...parts.slice(1)];
      if (step === 'compact') parts = [parts[0]!, 'summary', ...parts.slice(-3)];
      if (step === 'swap') parts = parts.toReversed();
      if (step === 'other') parts = [`quite other ${`${n}${i} `.repeat(300)}`, ...parts.slice(n)];
      return Buffer.from(JSON.stringify({ messages: parts }));
    });
  });

test('a body comes back from its difference to any other', () => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map(asBuffer),
    fc.string().map(text => Buffer.from(text.repeat(400))),
  );
  fc.assert(
    fc.property(anyBytes, anyBytes, (base, target) => {
      const { ops, inserted } = diffBody(base, target);
      const whole = { size: base.length, inserted: () => base };
      const body = { size: target.length, base: 0, ops, inserted: () => asBuffer(inserted) };
      assert.deepEqual(
        restoreBody(body, () => whole),
        target,
      );
    }),
    { numRuns: 1000 },
  );
});

test('rewritten histories come back down the whole chain, and cost what they changed', () => {
  fc.assert(
    fc.property(history, bodies => {
      const window = new BodyWindow();
      const stored = bodies.map((raw, key) => {
        const near = window.encode(raw);
        window.remember({
          key,
          raw,
          body: raw,
          depth: near ? near.base.depth + 1 : 0,
          spans: [],
          version: 0,
        });
        return near
          ? {
              size: raw.length,
              base: near.base.key,
              ops: near.delta.ops,
              inserted: () => asBuffer(near.delta.inserted),
            }
          : { size: raw.length, inserted: () => raw };
      });
      for (const [i, raw] of bodies.entries()) {
        assert.deepEqual(
          restoreBody(stored[i]!, base => stored[base]),
          raw,
        );
      }
    }),
    { numRuns: 300 },
  );
});

test('a date at the front, a moved marker and a compacted history are stored as small differences', () => {
  const messages = Array.from({ length: 60 }, (_, i) => ({
    role: 'user',
    content: `${i} ${`words ${i} `.repeat(200)}`,
  }));
  const text = (date: string, list: unknown[]) =>
    Buffer.from(JSON.stringify({ system: `Today is ${date}.`, messages: list }));
  const window = new BodyWindow();
  const first = text('Monday 1', messages);
  window.remember({ key: 0, raw: first, body: first, depth: 0, spans: [], version: 0 });
  const marked = messages.map((message, i) =>
    i === 30 ? { ...message, cache_control: { type: 'ephemeral' } } : message,
  );
  const compacted = [{ role: 'user', content: 'A summary.' }, ...messages.slice(-20)];
  for (const next of [text('Tuesday 22', messages), text('Monday 1', marked), text('Sunday', compacted)]) {
    const { delta } = window.encode(next)!;
    assert.ok(delta.inserted.length < 3000, `${delta.inserted.length} bytes of ${next.length}`);
  }
});

test('damaged packed bytes throw, and neither hang nor come back wrong in length', () => {
  const packed = packColumns([Buffer.from('data: {"a":"b"}\n\ndata: {"a":"c"}\n\n'), Buffer.from('x')]);
  fc.assert(
    fc.property(fc.nat(packed.length - 1), fc.nat(255), (at, value) => {
      const damaged = Buffer.from(packed);
      damaged[at] = value;
      try {
        unpackColumns(damaged);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }),
    { numRuns: 1500 },
  );
});

test('numbers of any size come back from a byte writer', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat()), numbers => {
      const writer = new ByteWriter();
      for (const number of numbers) writer.varint(number);
      const reader = new ByteReader(writer.take());
      assert.deepEqual(
        numbers.map(() => reader.varint()),
        numbers,
      );
      assert.ok(reader.done);
    }),
  );
});
