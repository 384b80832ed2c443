import { PassThrough } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Hands, RewindSession } from '../../src/dap/rewind-session.ts';

export type Message = DebugProtocol.Response | DebugProtocol.Event;
type Body = Record<string, never>;

/** A client that waits longer than this will wait for ever. */
const PATIENCE = 60_000;

/** A debug client over two byte streams, as an editor is. Keeps everything that was said, in order. */
export class DapClient {
  readonly said: (DebugProtocol.Request | Message)[] = [];
  readonly #send: (bytes: string) => void;
  readonly #waiting = new Set<() => void>();
  #gone: string | null = null;
  #seq = 0;
  #buffer = Buffer.alloc(0);

  constructor(send: (bytes: string) => void) {
    this.#send = send;
  }

  /** A client of an adapter in this process. */
  static of(hands: Hands): DapClient {
    const [toAdapter, fromAdapter] = [new PassThrough(), new PassThrough()];
    const session = new RewindSession(hands);
    session.start(toAdapter, fromAdapter);
    const client = new DapClient(bytes => toAdapter.write(bytes));
    fromAdapter.on('data', bytes => client.receive(bytes));
    return client;
  }

  /** The adapter is gone: whoever waits waits in vain. */
  hangUp(why: string): void {
    this.#gone = why;
    for (const look of [...this.#waiting]) look();
  }

  receive(bytes: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    for (;;) {
      const head = /^Content-Length: (\d+)\r\n\r\n/.exec(this.#buffer.toString('latin1', 0, 64));
      if (!head) {
        if (this.#buffer.length > 0 && !'Content-Length: '.startsWith(this.#buffer.toString('latin1', 0, 16)))
          throw new Error(`not DAP: ${this.#buffer.toString('utf8', 0, 200)}`);
        return;
      }
      const end = head[0].length + Number(head[1]);
      if (this.#buffer.length < end) return;
      this.said.push(JSON.parse(this.#buffer.toString('utf8', head[0].length, end)) as Message);
      this.#buffer = this.#buffer.subarray(end);
      for (const look of [...this.#waiting]) look();
    }
  }

  /** Sends a request; gives the answer's body. Throws where the adapter refuses. */
  async ask<T = Body>(command: string, args?: object): Promise<T> {
    const response = await this.response(command, args);
    if (!response.success) throw new Error(`${command}: ${response.message}`);
    return response.body as T;
  }

  response(command: string, args?: object): Promise<DebugProtocol.Response> {
    return this.answer(this.post(command, args));
  }

  /** The answer to a request that was posted. */
  async answer(seq: number): Promise<DebugProtocol.Response> {
    return (await this.#until(
      message => message.type === 'response' && (message as DebugProtocol.Response).request_seq === seq,
    )) as DebugProtocol.Response;
  }

  /** Sends a request without waiting for its answer; gives its number. */
  post(command: string, args?: object): number {
    const request: DebugProtocol.Request = {
      seq: ++this.#seq,
      type: 'request',
      command,
      ...(args ? { arguments: args } : {}),
    };
    this.said.push(request);
    const json = JSON.stringify(request);
    this.#send(`Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
    return request.seq;
  }

  /** The next event of this name, from what is said after `since`. */
  async event<T = Body>(name: string, since = this.said.length): Promise<T> {
    const found = await this.#until(
      message => message.type === 'event' && (message as DebugProtocol.Event).event === name,
      since,
    );
    return (found as DebugProtocol.Event).body as T;
  }

  events(name: string): readonly DebugProtocol.Event[] {
    return this.said.filter(
      (message): message is DebugProtocol.Event =>
        message.type === 'event' && (message as DebugProtocol.Event).event === name,
    );
  }

  /** Initializes, launches, configures, and waits for the first stop. */
  async launch(args: object = {}, features: object = {}): Promise<Stopped> {
    await this.ask('initialize', { adapterID: 'rewind', ...EDITOR, ...features });
    const launched = this.ask('launch', { mode: 'session', session: 'latest', ...args });
    await Promise.all([launched, this.event('initialized')]);
    const stopped = this.event<Stopped>('stopped');
    await this.ask('configurationDone');
    return stopped;
  }

  /** Sends a request that moves, and waits for the stop. */
  async move(command: string, args: object = { threadId: 1 }): Promise<Stopped> {
    const since = this.said.length;
    await this.ask(command, args);
    return this.event<Stopped>('stopped', since);
  }

  #until(
    wanted: (message: DebugProtocol.ProtocolMessage) => boolean,
    since = 0,
  ): Promise<DebugProtocol.ProtocolMessage> {
    return new Promise((resolve, reject) => {
      let at = since;
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`waited in vain; last said: ${JSON.stringify(this.said.slice(-3))}`));
      }, PATIENCE);
      const look = (): void => {
        for (; at < this.said.length; at++) {
          const message = this.said[at]!;
          if (!wanted(message)) continue;
          this.#waiting.delete(look);
          clearTimeout(timer);
          resolve(message);
          return;
        }
        if (this.#gone === null) return;
        this.#waiting.delete(look);
        clearTimeout(timer);
        reject(new Error(this.#gone));
      };
      this.#waiting.add(look);
      look();
    });
  }
}

export type Stopped = DebugProtocol.StoppedEvent['body'];

/** What VS Code says that it can do. */
export const EDITOR = {
  clientID: 'vscode',
  linesStartAt1: true,
  columnsStartAt1: true,
  pathFormat: 'path',
  supportsVariableType: true,
  supportsVariablePaging: true,
  supportsRunInTerminalRequest: true,
  supportsMemoryReferences: true,
  supportsProgressReporting: true,
  supportsInvalidatedEvent: true,
};
