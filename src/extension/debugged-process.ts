import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type * as vscode from 'vscode';

/** What the stand-in understands, a line each. */
type ToStandIn =
  | { readonly output: string; readonly stream: 'stdout' | 'stderr' }
  | { readonly exitCode: number }
  | { readonly problem: string };

interface DebugEvent {
  readonly type: string;
  readonly event?: string;
  readonly body?: { readonly category?: string; readonly output?: string; readonly exitCode?: number };
}

/** An agent that a language's debugger runs, and the stand-in that the engine holds for it: both end with one another. */
export class DebuggedProcess {
  readonly #socket: Socket;
  #session: vscode.DebugSession | undefined;
  readonly #exitFile: string;
  #exitCode: number | undefined;

  /** `exitFile`: where `tell-exit.cjs` writes, the outermost process last. */
  constructor(socket: Socket, exitFile: string) {
    this.#socket = socket;
    this.#exitFile = exitFile;
    // The engine ended the agent. Not by the editor's own stop, which would end our debugger too.
    socket.once('close', () =>
      this.#session
        ?.customRequest('disconnect', { terminateDebuggee: true })
        .then(undefined, () => undefined),
    );
  }

  /** Overhears a debug session of the agent: the first is that of the whole, further ones are processes of it. */
  tracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    this.#session ??= session;
    return { onDidSendMessage: (message: DebugEvent) => this.#hear(message) };
  }

  fail(problem: string): void {
    this.#say({ problem });
  }

  end(): void {
    const told = existsSync(this.#exitFile)
      ? readFileSync(this.#exitFile, 'utf8').trim().split('\n').at(-1)
      : '';
    const exitCode = this.#exitCode ?? (told ? Number(told) : undefined);
    if (exitCode === undefined) this.fail('How the agent ended is not known: its debugger did not say.');
    else this.#say({ exitCode });
    this.#session = undefined;
  }

  #hear({ type, event, body }: DebugEvent): void {
    if (type !== 'event' || !body) return;
    const { category, output, exitCode } = body;
    if (event === 'exited' && exitCode !== undefined) this.#exitCode = exitCode;
    if (event !== 'output' || output === undefined) return;
    if (category === 'stdout' || category === 'stderr') this.#say({ output, stream: category });
  }

  #say(message: ToStandIn): void {
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(message)}\n`);
  }
}
