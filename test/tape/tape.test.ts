import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { SessionReader } from '../../src/sessions/session.ts';
import type { Responder } from '../../src/tape/responder.ts';
import { Tape } from '../../src/tape/tape.ts';
import type { WireRequest } from '../../src/wire/exchange.ts';
import { answerOf, askOf, HeldReply, requestOf, sessionOf } from './tape-session.ts';

const chat = (content: string, more: object = {}): WireRequest =>
  requestOf({ model: 'gpt-4o', messages: [{ role: 'user', content }], ...more });

async function play(tape: Responder, request: WireRequest, more = {}): Promise<HeldReply> {
  const reply = new HeldReply();
  await tape.respond(askOf(request, more), reply);
  return reply;
}

const brief = (reply: HeldReply): string => `${reply.labelled} ${reply.text}`;

test('answers with the recorded head, chunks and trailers', async () => {
  const answer = answerOf(['data: 1\n\n', 'data: 2\n\n'], {
    headers: [
      ['Content-Type', 'text/event-stream'],
      ['Set-Cookie', 'a'],
      ['set-cookie', 'b'],
    ],
    end: { kind: 'complete', at: 20, trailers: [['X-Sum', '1']] },
  });
  const reply = await play(new Tape(sessionOf([{ request: chat('a'), answer }])), chat('a'));
  assert.equal(reply.labelled, 'EXACT');
  assert.deepEqual(reply.headed, answer.head);
  assert.deepEqual(
    reply.chunks,
    answer.chunks.map(chunk => chunk.bytes),
  );
  assert.deepEqual(reply.trailers, [['X-Sum', '1']]);
  assert.equal(reply.ended, 'end');
});

test('gives parallel requests their own answers in whatever order they come', async () => {
  const names = Array.from({ length: 16 }, (_, i) => `task ${i}`);
  const tape = new Tape(sessionOf(names.map(name => ({ request: chat(name), answer: answerOf(name) }))));
  const shuffled = names.toReversed();
  const replies = await Promise.all(shuffled.map(name => play(tape, chat(name))));
  assert.deepEqual(
    replies.map(brief),
    shuffled.map(name => `EXACT ${name}`),
  );
});

test('a log is read on between other events; who asks or reports before that has all of it', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `task ${i}`);
  let read = 0;
  const whole = sessionOf(names.map(name => ({ request: chat(name), answer: answerOf(name) })));
  const slow: SessionReader = {
    ...whole,
    answer: seq => whole.exchange(seq).answer,
    exchanges: function* () {
      for (const exchange of whole.exchanges()) {
        read++;
        const until = performance.now() + 1;
        while (performance.now() < until);
        yield exchange;
      }
    },
  };
  const asked = new Tape(slow);
  assert.equal(read, 0);
  await new Promise(resolve => setImmediate(resolve));
  assert.ok(read > 0 && read < names.length, `${read} were read in one turn`);
  assert.equal(brief(await play(asked, chat('task 39'))), 'EXACT task 39');
  assert.equal(read, names.length);
  assert.equal(new Tape(slow).report().neverAsked.length, names.length);
});

test('gives repeated requests their answers in order, then the last one again', async () => {
  const tape = new Tape(
    sessionOf(['one', 'two'].map(text => ({ request: chat('same'), answer: answerOf(text) }))),
  );
  const replies = [];
  for (let i = 0; i < 4; i++) replies.push(brief(await play(tape, chat('same'))));
  assert.deepEqual(replies, ['EXACT one', 'EXACT two', 'MEMO two', 'MEMO two']);
});

test('prefers the same call site among equal keys', async () => {
  const site = (line: number): string =>
    Buffer.from(
      JSON.stringify({ v: 1, l: 'n', q: line, p: line, t: 0, w: 's', f: [['/a.js', line, 1, 'f']] }),
    ).toString('base64url');
  const recorded = [3, 7].map(line => ({
    request: chat('same'),
    site: site(line),
    answer: answerOf(`line ${line}`),
  }));
  const tape = new Tape(sessionOf(recorded));
  assert.equal(brief(await play(tape, chat('same'), { site: site(7) })), 'EXACT line 7');
  assert.equal(brief(await play(tape, chat('same'), { site: site(3) })), 'EXACT line 3');
});

test('prefers the byte-identical request among equal keys', async () => {
  const turn = (id: string): WireRequest =>
    requestOf({
      model: 'm',
      messages: [
        {
          role: 'assistant',
          tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: id, content: 'ok' },
      ],
    });
  const tape = new Tape(
    sessionOf(['call_a', 'call_b'].map(id => ({ request: turn(id), answer: answerOf(id) }))),
  );
  assert.equal(brief(await play(tape, turn('call_b'))), 'EXACT call_b');
  assert.equal(brief(await play(tape, turn('call_new'))), 'EXACT call_a');
});

test('labels a request asked again after a recorded failure as a retry', async () => {
  const failures = [
    answerOf('busy', { status: 429 }),
    answerOf('down', { status: 503 }),
    answerOf('cut', { end: { kind: 'reset', at: 9, message: 'ECONNRESET' } }),
    answerOf('fine'),
  ];
  const tape = new Tape(sessionOf(failures.map(answer => ({ request: chat('a'), answer }))));
  const replies = [];
  for (let i = 0; i < 5; i++) replies.push(await play(tape, chat('a')));
  assert.deepEqual(replies.map(brief), ['EXACT busy', 'RETRY down', 'RETRY cut', 'RETRY fine', 'MEMO fine']);
  assert.deepEqual(
    replies.map(reply => reply.ended),
    ['end', 'end', 'reset', 'end', 'end'],
  );
});

test('gives an answer again to an agent that left before its end', async () => {
  const tape = new Tape(
    sessionOf([
      { request: chat('a'), answer: answerOf(['1', '2', '3']) },
      { request: chat('a'), answer: answerOf('later') },
    ]),
  );
  const hangUp = new AbortController();
  const reply = new HeldReply();
  reply.onChunk = count => {
    if (count === 1) hangUp.abort();
  };
  await tape.respond(askOf(chat('a'), { signal: hangUp.signal }), reply);
  assert.equal(reply.text, '1');
  assert.equal(reply.ended, null);
  assert.equal(brief(await play(tape, chat('a'))), 'RETRY 123');
  assert.equal(brief(await play(tape, chat('a'))), 'EXACT later');
});

test('does not wait for a reader that has gone', async () => {
  const tape = new Tape(sessionOf([{ request: chat('a'), answer: answerOf(['1', '2']) }]));
  const hangUp = new AbortController();
  const reply = new HeldReply();
  reply.onChunk = () => {
    setImmediate(() => hangUp.abort());
    return new Promise(() => undefined);
  };
  await tape.respond(askOf(chat('a'), { signal: hangUp.signal }), reply);
  assert.equal(reply.chunks.length, 1);
});

test('a slot whose answer a fault replaced is asked again as a retry', async () => {
  const tape = new Tape(sessionOf([{ request: chat('a'), answer: answerOf('truth') }]));
  const choice = tape.choose(askOf(chat('a')));
  assert.ok('slot' in choice);
  tape.reopen(choice.slot.seq);
  assert.equal(brief(await play(tape, chat('a'))), 'RETRY truth');
});

test('finds the request behind what an experiment put into it', async () => {
  const undo = (request: WireRequest): WireRequest | null => {
    const text = Buffer.from(request.body).toString();
    return text.includes('INJECTED ')
      ? { ...request, body: Buffer.from(text.replaceAll('INJECTED ', '')) }
      : null;
  };
  const tape = new Tape(sessionOf([{ request: chat('a') }, { request: chat('b') }]), { undo });
  assert.equal(brief(await play(tape, chat('INJECTED b'))), 'CARRIED answer 1');
  assert.equal(brief(await play(tape, chat('a'))), 'EXACT answer 0');
  assert.equal((await play(tape, chat('INJECTED c'))).labelled, 'MISS');
});

test('finds a redacted request again', async () => {
  const redact = (request: WireRequest): WireRequest => ({
    ...request,
    body: Buffer.from(Buffer.from(request.body).toString().replaceAll('secret', '******')),
  });
  const session = sessionOf([{ request: redact(chat('my secret')) }]);
  assert.equal(brief(await play(new Tape(session, { redact }), chat('my secret'))), 'EXACT answer 0');
});

test('goes live at the first miss and stays there', async () => {
  const asked: string[] = [];
  const live: Responder = {
    async respond(ask, reply) {
      asked.push(Buffer.from(ask.request.body).toString());
      reply.head({ status: 200, reason: '', headers: [] });
      reply.end();
    },
  };
  const tape = new Tape(sessionOf([{ request: chat('a') }, { request: chat('b') }]), { live });
  assert.equal((await play(tape, chat('a'))).labelled, 'EXACT');
  assert.equal((await play(tape, chat('new'))).labelled, 'LIVE');
  assert.equal((await play(tape, chat('b'))).labelled, 'LIVE');
  assert.equal(asked.length, 2);
});

test('a fork answers up to its step, edited, and not behind it', async () => {
  const recorded = ['a', 'b', 'c'].map(content => ({ request: chat(content) }));
  const tape = new Tape(sessionOf(recorded), { until: 1, edits: new Map([[1, answerOf('edited')]]) });
  assert.equal(brief(await play(tape, chat('a'))), 'EXACT answer 0');
  assert.equal(brief(await play(tape, chat('b'))), 'EDITED edited');
  const missed = await play(tape, chat('c'));
  assert.equal(missed.labelled, 'MISS');
  assert.equal(missed.detail, 'behind-the-fork');
  assert.equal((await play(tape, chat('a'))).detail, 'used-up');
});

test('an unfinished answer is a miss with its own reason', async () => {
  const tape = new Tape(
    sessionOf([{ request: chat('a'), answer: answerOf('half', { end: { kind: 'unfinished' } }) }]),
  );
  const reply = await play(tape, chat('a'));
  assert.equal(reply.labelled, 'MISS');
  assert.equal(reply.detail, 'unfinished');
  assert.deepEqual(tape.report().neverAsked, []);
});

test('a miss that was recorded is no answer', async () => {
  const tape = new Tape(
    sessionOf([{ request: chat('a'), answer: answerOf('no', { status: 599 }), label: 'MISS' }]),
  );
  assert.equal((await play(tape, chat('a'))).detail, 'empty-session');
});

test('holds an answer open where the recorded agent hung up', async () => {
  const answer = answerOf(['partial'], { end: { kind: 'client-gone', at: 50 } });
  const tape = new Tape(sessionOf([{ request: chat('a'), answer }]));
  const hangUp = new AbortController();
  const reply = new HeldReply();
  const playing = tape.respond(askOf(chat('a'), { signal: hangUp.signal }), reply);
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(reply.text, 'partial');
  assert.equal(reply.ended, null);
  hangUp.abort();
  await playing;
  assert.equal(reply.ended, null);
  assert.equal(brief(await play(tape, chat('a'), { arrived: -1e9 })), 'RETRY partial');
});

test('closes on an agent that waits much longer than the recorded one', async () => {
  const answer = answerOf(['partial'], { end: { kind: 'client-gone', at: 50 } });
  const tape = new Tape(sessionOf([{ request: chat('a'), answer }]));
  const reply = await play(tape, chat('a'), { arrived: performance.now() - 60_000 });
  assert.equal(reply.ended, 'close');
});

test('keeps the recorded schedule when asked to', async () => {
  const answer = answerOf(['1', '2'], { at: [20, 40] });
  const tape = new Tape(sessionOf([{ request: chat('a'), answer }]), { speed: 1 });
  const order: string[] = [];
  const reply = new HeldReply();
  reply.onChunk = count => void order.push(`chunk ${count}`);
  const arrived = performance.now();
  const timer = setTimeout(() => order.push('timer'), 5);
  await tape.respond(askOf(chat('a'), { arrived }), reply);
  clearTimeout(timer);
  assert.deepEqual(order, ['timer', 'chunk 1', 'chunk 2']);
  assert.ok(performance.now() - arrived >= 39, 'not before its time');
});

test('decodes a compressed answer for a client that cannot', async () => {
  const bytes = gzipSync('{"ok":true}');
  const answer = {
    ...answerOf(''),
    head: {
      status: 200,
      reason: 'OK',
      headers: [
        ['Content-Encoding', 'gzip'],
        ['Content-Length', String(bytes.length)],
      ],
    },
    chunks: [{ at: 3, bytes }],
  } as const;
  const from = (accept: string | null): WireRequest =>
    requestOf({ model: 'm' }, { headers: accept === null ? [] : [['Accept-Encoding', accept]] });
  const session = sessionOf([{ request: from('gzip, br'), answer }]);
  const plain = await play(new Tape(session), from(null));
  assert.equal(plain.text, '{"ok":true}');
  assert.deepEqual(plain.headed?.headers, [['Content-Length', '11']]);
  assert.equal((await play(new Tape(session), from('gzip;q=0, *;q=1'))).text, '{"ok":true}');
  for (const accept of ['gzip, br', 'deflate, gzip;q=0.5', '*']) {
    const same = await play(new Tape(session), from(accept));
    assert.deepEqual(same.chunks, [bytes], accept);
    assert.deepEqual(same.headed, answer.head);
  }
});

test('loose: gives the nearest unused answer of the same endpoint, labelled', async () => {
  const recorded = ['the cat sat on the mat', 'stock prices fell today'].map(text => ({
    request: chat(text),
  }));
  const tape = new Tape(sessionOf(recorded), { match: 'loose' });
  assert.equal(brief(await play(tape, chat('stock prices rose today'))), 'LOOSE answer 1');
  assert.equal(brief(await play(tape, chat('stock prices rose again'))), 'LOOSE answer 0');
  const elsewhere = requestOf({ model: 'gpt-4o' }, { path: '/v1/embeddings' });
  assert.equal((await play(tape, elsewhere)).labelled, 'MISS');
});

test('reports answers by label, misses once, and what nobody asked for', async () => {
  const tape = new Tape(sessionOf(['a', 'b', 'c'].map(content => ({ request: chat(content) }))));
  await play(tape, chat('a'));
  await play(tape, chat('a'));
  for (let i = 0; i < 3; i++) await play(tape, chat('zzz'));
  const report = tape.report();
  assert.deepEqual(report.answers, { EXACT: 1, MEMO: 1, MISS: 3 });
  assert.deepEqual(
    report.misses.map(({ miss, times }) => [miss.reason, times]),
    [['changed', 3]],
  );
  assert.deepEqual(report.neverAsked, [1, 2]);
});

test('property: whatever the order of different requests, each key gives its answers in recorded order', async () => {
  const runs = fc
    .array(fc.nat(4), { minLength: 1, maxLength: 24 })
    .chain(keys => fc.tuple(fc.constant(keys), fc.shuffledSubarray(keys, { minLength: keys.length })));
  await fc.assert(
    fc.asyncProperty(runs, async ([recorded, asked]) => {
      const tape = new Tape(
        sessionOf(recorded.map((key, i) => ({ request: chat(`${key}`), answer: answerOf(`${key}.${i}`) }))),
      );
      const replies = await Promise.all(asked.map(key => play(tape, chat(`${key}`))));
      for (const key of new Set(recorded)) {
        const due = recorded.flatMap((one, i) => (one === key ? [`EXACT ${key}.${i}`] : []));
        assert.deepEqual(replies.filter((_, i) => asked[i] === key).map(brief), due);
      }
      assert.deepEqual(tape.report().neverAsked, []);
    }),
  );
});
