import { connect, type Socket } from 'node:net';
import type { Engine } from './engine.ts';
import type { Answer } from './messages.ts';

export type Verb = 'ask' | 'done' | 'end';

/**
 * One connection to the engine: a tool asks and reports by the same, so that the engine sees it where nobody will report.
 * Bare HTTP on a socket: the clients that agents use are instrumented, and ours is no call of theirs.
 */
export class Talk {
  readonly #engine: Engine;
  #socket: Socket | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Undefined where the engine is gone or does not know us. */
  say(verb: Verb, message: object): Promise<Answer | undefined> {
    return new Promise(resolve => {
      this.#socket ??= connect({ host: this.#engine.host, port: this.#engine.port, noDelay: true });
      const socket = this.#socket;
      let received = Buffer.alloc(0);
      const end = (answer: Answer | undefined): void => {
        socket.removeAllListeners();
        // It keeps no process alive while the tool runs, and its breaking is seen when it is used again.
        socket.on('error', () => undefined);
        socket.unref();
        if (!answer) this.close();
        resolve(answer);
      };
      socket.on('data', (bytes: Buffer) => {
        received = Buffer.concat([received, bytes]);
        const answer = readAnswer(received);
        if (answer !== 'more') end(answer);
      });
      socket.on('error', () => end(undefined));
      socket.on('close', () => end(undefined));
      socket.ref();
      socket.write(requestBytes(this.#engine, verb, message));
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}

export function requestBytes({ host, port, path }: Engine, verb: Verb, message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const name = host.includes(':') ? `[${host}]` : host;
  const head = [
    `POST ${path}/${verb} HTTP/1.1`,
    `host: ${name}:${port}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

export function readAnswer(received: Buffer): Answer | undefined | 'more' {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return 'more';
  const head = received.toString('latin1', 0, end);
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
  if (Number.isNaN(length) || !/^HTTP\/1\.1 200 /.test(head)) return undefined;
  if (received.length < end + 4 + length) return 'more';
  try {
    return JSON.parse(received.toString('utf8', end + 4, end + 4 + length)) as Answer;
  } catch {
    return undefined;
  }
}
