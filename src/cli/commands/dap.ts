import { existsSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Command } from 'commander';
import { type Hands, RewindSession } from '../../dap/rewind-session.ts';
import { RewindError } from '../../errors.ts';
import { openHome } from '../../sessions/home.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import { attachedSession } from '../attached-session.ts';
import { agentOf } from '../debugged-agent.ts';
import { exportFromDebugger, whyOf } from '../debugger-help.ts';
import { examples } from '../examples.ts';
import { portNumber } from '../option-values.ts';
import { err } from '../terminal.ts';
import { untilStopped } from '../until-stopped.ts';

interface Options {
  readonly server?: number;
  readonly port?: number;
}

export function define(command: Command): void {
  command
    .description(
      'The debug adapter: speaks the Debug Adapter Protocol on stdin and stdout, or to each connection of a port.',
    )
    .option('--server <port>', 'listen on 127.0.0.1 instead; 0 = a free port, printed on stderr', portNumber)
    .option('--port <port>', 'the same', portNumber)
    .action(run);
  examples(command, [
    ['rewind dap', 'what an editor starts'],
    ['rewind dap --server=4711', 'docs/debugger.md has the settings of VS Code, Neovim and Emacs'],
  ]);
}

async function run(options: Options): Promise<void> {
  const port = options.server ?? options.port;
  if (port === undefined) await overStdio();
  else await overTcp(port);
}

const hands: Hands = {
  openSession: reference => resolveSession(openHome(), reference),
  agentOf,
  attach: attachedSession,
  hasFile: existsSync,
  why: whyOf,
  exportSession: exportFromDebugger,
  onFault: fault => err.line(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)),
};

async function overStdio(): Promise<void> {
  const session = new RewindSession(hands);
  session.start(process.stdin, process.stdout);
  // An agent that runs must not outlive us.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.once(signal, () => session.shutdown());
  // Ends with the client, however it goes.
  await new Promise<void>(resolve => {
    session.on('disconnected', resolve);
    process.stdin.on('end', resolve).on('close', resolve);
  });
  process.stdin.destroy();
}

async function overTcp(port: number): Promise<void> {
  const open = new Set<Socket>();
  const server = createServer(socket => {
    open.add(socket);
    const session = new RewindSession(hands);
    session.on('disconnected', () => {
      open.delete(socket);
      socket.end();
    });
    session.start(socket, socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => {
      reject(
        new RewindError(
          'port-taken',
          `Cannot listen on 127.0.0.1:${port}: ${error.message}`,
          'Use --server=0.',
          {
            cause: error,
          },
        ),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  err.line(`Debug adapter on 127.0.0.1:${(server.address() as AddressInfo).port}`);
  await untilStopped();
  server.close();
  for (const socket of open) socket.destroy();
}
