import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** What a kept process tells (python/rewind_hook/_rewind_hook/keep.py). */
export type KeeperNews =
  | { readonly at: 'call'; readonly unsound?: string }
  | { readonly at: 'kept'; readonly name: string }
  | { readonly at: 'started'; readonly pid: number }
  | { readonly at: 'ended'; readonly code: number | null; readonly signal: number | null };

/** One process at the other end; lines both ways. */
export interface KeeperLine {
  say(line: string): void;
  onNews: (news: KeeperNews) => void;
  onEnd: () => void;
  end(): void;
}

/** Where a Python agent's hook asks whether to keep its process, and kept processes wait for orders. */
export class KeepServer {
  readonly path: string;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  /** `onLine` is told of each process that comes, before its first news. */
  static async open(folder: string, onLine: (line: KeeperLine) => void): Promise<KeepServer> {
    const path = join(folder, `keep-${process.pid}`);
    const server = new KeepServer(path, onLine);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(path, resolve);
    });
    return server;
  }

  private constructor(path: string, onLine: (line: KeeperLine) => void) {
    this.path = path;
    this.#server = createServer(socket => {
      this.#open.add(socket);
      socket.on('close', () => this.#open.delete(socket));
      onLine(lineOver(socket));
    });
  }

  /** Kept processes end with their line. */
  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }
}

function lineOver(socket: Socket): KeeperLine {
  const line: KeeperLine = {
    say: text => void socket.write(`${text}\n`),
    onNews: () => undefined,
    onEnd: () => undefined,
    end: () => void socket.destroy(),
  };
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const one of lines) line.onNews(JSON.parse(one) as KeeperNews);
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => line.onEnd());
  return line;
}
