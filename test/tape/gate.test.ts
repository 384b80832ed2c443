import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Gate, type Place } from '../../src/tape/gate.ts';
import type { Ask, Reply, Responder } from '../../src/tape/responder.ts';
import { requestOf } from './tape-session.ts';

const hello: Responder = {
  async respond({ seq }, reply) {
    reply.label('EXACT');
    reply.head({ status: 200, reason: 'OK', headers: [] });
    await reply.chunk(Buffer.from(`answer ${seq}`));
    reply.end();
  },
};

class Asked {
  readonly said: string[] = [];
  readonly abort = new AbortController();
  readonly done: Promise<void>;
  #done = false;

  constructor(gate: Gate, seq: number) {
    const ask: Ask = { seq, arrived: 0, request: requestOf({}), signal: this.abort.signal };
    const reply: Reply = {
      label: label => this.said.push(label),
      head: ({ status }) => this.said.push(String(status)),
      chunk: bytes => void this.said.push(Buffer.from(bytes).toString()),
      end: () => this.said.push('end'),
      fail: how => this.said.push(how),
    };
    this.done = gate.respond(ask, reply).then(() => {
      this.#done = true;
    });
  }

  get isDone(): boolean {
    return this.#done;
  }
}

const whole = (seq: number): string[] => ['EXACT', '200', `answer ${seq}`, 'end'];
const at =
  (...places: Place[]) =>
  (_: Ask, place: Place): boolean =>
    places.includes(place);

test('a gate that holds nothing passes an answer on as it comes', async () => {
  const asked = new Asked(new Gate(hello, { holds: at() }), 0);
  await asked.done;
  assert.deepEqual(asked.said, whole(0));
});

test('a call is held before it is answered and again behind its answer', async () => {
  let answered = 0;
  const counting: Responder = {
    respond(ask, reply) {
      answered++;
      assert.ok(ask.arrived > 0, 'the time in front of the gate is not the answer’s');
      return hello.respond(ask, reply);
    },
  };
  const gate = new Gate(counting, { holds: at('before', 'after') });
  const asked = new Asked(gate, 3);
  await turn();
  assert.deepEqual([...gate.held], [[3, 'before']]);
  assert.equal(answered, 0);
  gate.release(3);
  await turn();
  assert.deepEqual([...gate.held], [[3, 'after']]);
  assert.equal(answered, 1);
  assert.deepEqual(asked.said, [], 'nothing reaches the agent');
  gate.release(3);
  await asked.done;
  assert.deepEqual(asked.said, whole(3));
  assert.equal(gate.held.size, 0);
});

test('parallel calls are each held, and released one by one or together', async () => {
  let changes = 0;
  const gate = new Gate(hello, { holds: at('after'), onChange: () => changes++ });
  const calls = [0, 1, 2].map(seq => new Asked(gate, seq));
  await turn();
  assert.deepEqual([...gate.held.keys()], [0, 1, 2]);
  assert.equal(gate.answering.size, 0);
  assert.equal(changes, 3);
  gate.release(1);
  await calls[1]!.done;
  assert.deepEqual(
    calls.map(({ isDone }) => isDone),
    [false, true, false],
  );
  gate.release();
  await Promise.all(calls.map(({ done }) => done));
  assert.deepEqual(
    calls.map(({ said }) => said),
    [whole(0), whole(1), whole(2)],
  );
});

test('a call is answering until its answer is known', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow: Responder = {
    async respond(ask, reply) {
      await promise;
      return hello.respond(ask, reply);
    },
  };
  const gate = new Gate(slow, { holds: at('after') });
  const asked = new Asked(gate, 7);
  await turn();
  assert.deepEqual([[...gate.answering], gate.held.size], [[7], 0]);
  resolve();
  await turn();
  assert.deepEqual([gate.answering.size, [...gate.held.keys()]], [0, [7]]);
  gate.release();
  await asked.done;
});

test('an agent that hangs up is let go, and gets nothing', async () => {
  const gate = new Gate(hello, { holds: at('before', 'after') });
  const [early, late] = [new Asked(gate, 0), new Asked(gate, 1)];
  await turn();
  gate.release(1);
  await turn();
  early.abort.abort();
  late.abort.abort();
  await Promise.all([early.done, late.done]);
  assert.deepEqual([early.said, late.said, gate.held.size], [[], [], 0]);
});

test('closing lets everything go and holds nothing more', async () => {
  const gate = new Gate(hello, { holds: at('before', 'after') });
  const held = [new Asked(gate, 0), new Asked(gate, 1)];
  await turn();
  gate.release(1);
  await turn();
  await gate.close();
  const later = new Asked(gate, 2);
  await Promise.all([...held, later].map(({ done }) => done));
  assert.deepEqual(
    [...held, later].map(({ said }) => said),
    [whole(0), whole(1), whole(2)],
  );
});

test('a defect behind the gate is told, and nothing stays held', async () => {
  const broken: Responder = { respond: () => Promise.reject(new Error('boom')) };
  const gate = new Gate(broken, { holds: at('after') });
  await assert.rejects(new Asked(gate, 0).done, /boom/);
  assert.equal(gate.answering.size, 0);
});
