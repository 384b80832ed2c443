import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Running } from './processes.ts';

interface Timing {
  readonly firstByte: number;
  readonly total: number;
}

export interface VcrClient extends Running<undefined> {
  measure(
    path: string,
    bodies: readonly Buffer[],
  ): Promise<{ readonly direct: readonly Timing[]; readonly vcr: readonly Timing[] }>;
}

/** vcr_client.py in a process of its own. */
export function startVcrClient(python: string, parameters: readonly string[]): VcrClient {
  const script = fileURLToPath(new URL('vcr_client.py', import.meta.url));
  const child = spawn(python, [script, ...parameters], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const timings = (pairs: readonly [number, number][]) =>
    pairs.map(([firstByte, total]) => ({ firstByte, total }));
  return {
    ready: undefined,
    readyMs: 0,
    pid: child.pid ?? 0,
    rss: () => 0,
    async measure(path, bodies) {
      child.stdin.write(`${JSON.stringify({ path, bodies: bodies.map(String) })}\n`);
      const line = await lines.next();
      if (line.done) throw new Error('vcr_client.py ended');
      const { direct, vcr } = JSON.parse(line.value);
      return { direct: timings(direct), vcr: timings(vcr) };
    },
    stop: () =>
      new Promise(resolve => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.stdin.end();
      }),
  };
}
