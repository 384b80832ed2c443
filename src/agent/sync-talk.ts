import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Engine } from './engine.ts';
import type { Answer } from './messages.ts';
import { readAnswer, requestBytes, type Verb } from './talk.ts';

/**
 * The same conversation for functions that cannot wait: a worker thread holds the connections while this thread sleeps.
 * Started by the first such tool that runs under Rewind.
 */
export class SyncTalk {
  readonly #engine: Engine;
  readonly #id: number;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#id = ++made;
  }

  /** Undefined where the engine is gone or does not know us. */
  say(verb: Verb, message: object): Answer | undefined {
    const { host, port } = this.#engine;
    const { signal, port: to } = worker();
    const before = Atomics.load(signal, 0);
    to.postMessage({ id: this.#id, host, port, bytes: requestBytes(this.#engine, verb, message) });
    Atomics.wait(signal, 0, before);
    const bytes: unknown = receiveMessageOnPort(to)?.message;
    if (!(bytes instanceof Uint8Array)) return undefined;
    const answer = readAnswer(Buffer.from(bytes));
    return answer === 'more' ? undefined : answer;
  }

  close(): void {
    worker().port.postMessage({ id: this.#id, close: true });
  }
}

let made = 0;
let running: { readonly signal: Int32Array<SharedArrayBuffer>; readonly port: MessagePort } | undefined;

function worker(): NonNullable<typeof running> {
  if (running) return running;
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const thread = new Worker(SOURCE, {
    eval: true,
    // Nothing of the agent's is loaded into it: neither its --import nor Rewind's hook.
    execArgv: [],
    env: {},
    workerData: { signal, port: port2 },
    transferList: [port2],
  });
  thread.unref();
  port1.unref();
  running = { signal, port: port1 };
  return running;
}

/** As text: one file is what is published. An answer is whole once its announced length is there. */
const SOURCE = `
const { workerData: { signal, port } } = require('node:worker_threads');
const { connect } = require('node:net');
const sockets = new Map();
const give = bytes => {
  port.postMessage(bytes);
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
};
const isWhole = bytes => {
  const end = bytes.indexOf('\\r\\n\\r\\n');
  const length = end < 0 ? null : /content-length: *(\\d+)/i.exec(bytes.toString('latin1', 0, end));
  return end >= 0 && (!length || bytes.length >= end + 4 + Number(length[1]));
};
port.on('message', ({ id, host, port: number, bytes, close }) => {
  let socket = sockets.get(id);
  if (close) {
    sockets.delete(id);
    return void socket?.destroy();
  }
  if (!socket) sockets.set(id, (socket = connect({ host, port: number, noDelay: true })));
  let received = Buffer.alloc(0);
  const end = what => {
    socket.removeAllListeners();
    socket.on('error', () => undefined);
    give(what);
  };
  socket.on('data', more => {
    received = Buffer.concat([received, more]);
    if (isWhole(received)) end(received);
  });
  socket.on('error', () => end(null));
  socket.on('close', () => end(null));
  socket.write(bytes);
});
`;
