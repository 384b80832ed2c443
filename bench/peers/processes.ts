import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** A process of a bench, and how long it took from spawn until it could be talked to, in milliseconds. */
export interface Running<T> {
  readonly ready: T;
  readonly readyMs: number;
  readonly pid: number;
  /** Resident memory in MB now; 0 where the platform does not say. */
  rss(): number;
  /** SIGKILL by default. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** A script of bench/peers that sends its first message when it serves. */
export function startPeer<T>(
  script: string,
  parameters: readonly string[],
  execArgv: readonly string[] = [],
): Promise<Running<T>> {
  const path = script.includes('/') ? script : fileURLToPath(new URL(script, import.meta.url));
  const started = performance.now();
  const child = fork(path, [...parameters], {
    execArgv: [...execArgv],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', message => {
      resolve({ ...running(child), ready: message as T, readyMs: performance.now() - started });
    });
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`${script} ended with ${code}`)));
  });
}

/** A program that serves once its port takes connections. */
export async function startProgram(
  program: string,
  parameters: readonly string[],
  port: number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Running<{ readonly port: number }>> {
  const started = performance.now();
  const child = spawn(program, [...parameters], { stdio: 'ignore', env });
  let gone = false;
  child.once('exit', () => {
    gone = true;
  });
  while (!(await takesConnections(port))) {
    if (gone) throw new Error(`${program} ended before it served`);
    if (performance.now() - started > 20_000) throw new Error(`${program} did not serve within 20 s`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  return { ...running(child), ready: { port }, readyMs: performance.now() - started };
}

/** The path, once a file is there. */
export async function there(path: string): Promise<string> {
  for (let waited = 0; !existsSync(path); waited += 20) {
    if (waited > 10_000) throw new Error(`${path} does not come`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return path;
}

export function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function running(child: ChildProcess): Pick<Running<unknown>, 'pid' | 'rss' | 'stop'> {
  return {
    pid: child.pid ?? 0,
    rss: () => residentMb(child.pid ?? 0),
    stop: (signal = 'SIGKILL') =>
      new Promise(resolve => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.removeAllListeners('exit');
        child.once('exit', () => resolve());
        child.kill(signal);
      }),
  };
}

function residentMb(pid: number): number {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return 0;
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(path, 'utf8'))?.[1];
  return Math.round(Number(kb ?? 0) / 1024);
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
