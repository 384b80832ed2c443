import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recorder, type SessionClock } from '../../src/proxy/recorder.ts';
import type { SessionWriter } from '../../src/sessions/session.ts';
import type { Ask, Reply, Responder } from '../../src/tape/responder.ts';

const ok = { status: 200, reason: 'OK', headers: [['Content-Length', '4']] } as const;
const stream = { status: 200, reason: 'OK', headers: [['Transfer-Encoding', 'chunked']] } as const;

/** Notes every call to writer and reply, in one list. */
function rig(inner: Responder['respond'], fails: (record: string) => boolean = () => false, forwards = true) {
  const events: string[] = [];
  const told: string[] = [];
  const note = (who: string, what: string) => {
    events.push(`${who} ${what}`);
    if (who === 'disk' && fails(what)) throw new Error('no space left on device');
  };
  const writer = {
    request: ({ seq, at, site }: { seq: number; at: number; site?: string }) =>
      note('disk', `request ${seq} ${at} ${site}`),
    label: (_: number, label: string) => note('disk', `label ${label}`),
    answerHead: (_: number, at: number) => note('disk', `head ${at}`),
    answerChunk: (_: number, at: number, bytes: Uint8Array) =>
      note('disk', `chunk ${at} ${Buffer.from(bytes)}`),
    answerEnd: (_: number, end: { kind: string; at: number }) => note('disk', `${end.kind} ${end.at}`),
    together: (work: () => void) => work(),
  } as unknown as SessionWriter;
  const reply: Reply = {
    label: label => note('agent', `label ${label}`),
    head: () => note('agent', 'head'),
    chunk: bytes => note('agent', `chunk ${Buffer.from(bytes)}`),
    end: () => note('agent', 'end'),
    fail: how => note('agent', how),
  };
  let now = 1000;
  const clock: SessionClock = { startedAt: 900, now: () => now++ };
  const controller = new AbortController();
  const ask: Ask = {
    seq: 7,
    arrived: 1000,
    site: 'here',
    signal: controller.signal,
    request: {
      method: 'POST',
      scheme: 'https',
      host: 'api.test',
      path: '/',
      httpVersion: '1.1',
      headers: [],
      body: Buffer.from('{}'),
    },
  };
  const recorder = new Recorder({ respond: inner, forwards }, writer, clock, message => told.push(message));
  return { events, told, controller, run: () => recorder.respond(ask, reply) };
}

const turn = () => new Promise(resolve => setImmediate(resolve));

test('the request is on disk in the turn in which it goes on; the whole answer before the agent has its end', async () => {
  const { events, run } = rig(async (_, reply) => {
    events.push('inner asked');
    reply.label('EXACT');
    reply.head(ok);
    reply.chunk(Buffer.from('ab'));
    reply.chunk(Buffer.from('cd'));
    reply.end();
  });
  await run();
  assert.deepEqual(events, [
    'inner asked',
    'agent label EXACT',
    'agent head',
    'agent chunk ab',
    'disk request 7 100 here',
    'disk label EXACT',
    'disk head 0',
    'disk chunk 1 ab',
    'disk chunk 2 cd',
    'disk complete 3',
    'agent chunk cd',
    'agent end',
  ]);
});

test('what goes no further is written down behind its answer, before the responder is done', async () => {
  const { events, run } = rig(
    async (_, reply) => {
      events.push('inner asked');
      reply.head(ok);
      reply.chunk(Buffer.from('abcd'));
      reply.end();
    },
    undefined,
    false,
  );
  await run();
  assert.deepEqual(events, [
    'inner asked',
    'agent head',
    'agent chunk abcd',
    'agent end',
    'disk request 7 100 here',
    'disk head 0',
    'disk chunk 1 abcd',
    'disk complete 2',
  ]);
});

test('a stream goes to the agent first, and to disk in the same turn', async () => {
  const { events, run } = rig(async (_, reply) => {
    reply.head(stream);
    reply.chunk(Buffer.from('one'));
    await turn();
    reply.chunk(Buffer.from('two'));
    reply.end();
  });
  await run();
  assert.deepEqual(events, [
    'agent head',
    'agent chunk one',
    'disk request 7 100 here',
    'disk head 0',
    'disk chunk 1 one',
    'agent chunk two',
    'disk chunk 2 two',
    'disk complete 3',
    'agent end',
  ]);
});

test('the last bytes are not kept where the end does not come', async () => {
  const { events, run } = rig(async (_, reply) => {
    reply.head(ok);
    assert.equal(reply.chunk(Buffer.from('abcd')), undefined, 'a host told to wait would keep its end back');
    await turn();
    events.push('inner goes on');
    reply.fail('close', 'on purpose');
  });
  await run();
  assert.ok(events.indexOf('agent chunk abcd') < events.indexOf('inner goes on'));
  assert.deepEqual(events.slice(-2), ['disk closed 2', 'agent close']);
});

test('an agent that hangs up: said once, and nothing after it', async () => {
  const { events, controller, run } = rig(async (_, reply) => {
    reply.head(stream);
    reply.chunk(Buffer.from('one'));
    controller.abort();
    reply.chunk(Buffer.from('late'));
    reply.fail('reset', 'cancelled');
  });
  await run();
  await turn();
  assert.deepEqual(
    events.filter(each => each.startsWith('disk')),
    ['disk request 7 100 here', 'disk head 0', 'disk chunk 1 one', 'disk client-gone 3'],
  );
});

test('an agent that hung up before it was asked for: its request is told all the same', async () => {
  const { events, controller, run } = rig(async (_, reply) => reply.label('LIVE'));
  controller.abort();
  await run();
  assert.deepEqual(
    events.filter(each => each.startsWith('disk')),
    ['disk request 7 100 here', 'disk client-gone 0'],
  );
});

test('a writer that fails costs the recording, not the answer, and is told once', async () => {
  const answer: Responder['respond'] = async (_, reply) => {
    reply.head(ok);
    reply.chunk(Buffer.from('abcd'));
    reply.end();
  };
  const { events, told, run } = rig(answer, record => record.startsWith('head'));
  await run();
  await run();
  const agent = events.filter(each => each.startsWith('agent'));
  assert.deepEqual(agent.slice(0, 3), ['agent head', 'agent chunk abcd', 'agent end']);
  assert.equal(
    events.filter(each => each.startsWith('disk chunk')).length,
    0,
    'nothing more of that exchange',
  );
  assert.deepEqual(told, ['Exchange 7 was not recorded whole: no space left on device']);
});
