/**
 * What the hooks cost an agent, without the proxy: starting a process, one call on a keep-alive connection, and one
 * `await` of a program with very many of them.
 *
 *     node bench/hooks.ts [--rounds 9] [--node FILE] [--python FILE]
 *
 * Rounds go through all modes in turn, each in processes of its own; a figure is the least of all rounds, which other work
 * on the machine disturbs least. An await is measured in CPU time of its thread.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { hookFiles } from '../src/launch/hook-files.ts';
import { table } from './peers/figures.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    node: { type: 'string', default: process.execPath },
    python: { type: 'string', default: 'python3' },
  },
});
const modes = ['no hook', 'off', 'fast', 'deep'] as const;
type Mode = (typeof modes)[number];

/** Each prints milliseconds a call and microseconds an await. CALLS of them warm up first. */
const nodeAgent = `
const url = process.env.TARGET;
const call = async () => { const r = await fetch(url, { method: 'POST', body: '{}' }); await r.arrayBuffer(); };
const calls = async n => { const t = performance.now(); for (let i = 0; i < n; i++) await call(); return (performance.now() - t) / n; };
const leaf = async i => i + 1;
const cpu = () => { const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)(); return user + system; };
const awaits = async n => { const t = cpu(); let x = 0; for (let i = 0; i < n; i++) x = await leaf(x); return (cpu() - t) / n; };
(async () => { await calls(100); const perCall = await calls(300); const perAwait = await awaits(100000); console.log(perCall, perAwait); })();
`;
const pythonAgent = `
import asyncio, http.client, os, time
host = os.environ["TARGET"].split("/")[2]
connection = http.client.HTTPConnection(host)
def calls(n):
    start = time.perf_counter()
    for _ in range(n):
        connection.request("POST", "/", b"{}")
        connection.getresponse().read()
    return (time.perf_counter() - start) * 1e3 / n
async def leaf(): pass
async def awaits(n):
    start = time.thread_time()
    for _ in range(n): await asyncio.create_task(leaf())
    return (time.thread_time() - start) * 1e6 / n
calls(100)
print(calls(300), asyncio.run(awaits(100000)))
`;

const folder = mkdtempSync(join(tmpdir(), 'rewind-bench-'));
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end('{}'));
});
const elsewhere = createServer(server.listeners('request')[0] as () => void);
const portOf = async (each: typeof server) => {
  await new Promise<void>(resolve => each.listen(0, '127.0.0.1', resolve));
  return (each.address() as AddressInfo).port;
};
const [port, proxyPort] = [await portOf(server), await portOf(elsewhere)];

function environment(mode: Mode): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  const bare = { PATH, HOME, TARGET: `http://127.0.0.1:${port}/` };
  if (mode === 'no hook') return bare;
  const hooks = hookFiles();
  return {
    ...bare,
    NODE_OPTIONS: `--require ${hooks.node}`,
    PYTHONPATH: hooks.pythonFolder,
    REWIND_PROXY: `http://127.0.0.1:${proxyPort}`,
    REWIND_HOSTS: `127.0.0.1:${port}`,
    REWIND_SITES: mode,
  };
}

const run = promisify(execFile);
interface Figures {
  readonly start: number[];
  readonly call: number[];
  readonly await: number[];
}

async function measure(
  program: string,
  agent: string,
  empty: readonly string[],
): Promise<Map<Mode, Figures>> {
  const all = new Map<Mode, Figures>(modes.map(mode => [mode, { start: [], call: [], await: [] }]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [mode, figures] of all) {
      const options = { env: environment(mode) };
      const before = performance.now();
      await run(program, [...empty], options);
      figures.start.push(performance.now() - before);
      const [call = NaN, each = NaN] = (await run(program, [agent], options)).stdout
        .trim()
        .split(' ')
        .map(Number);
      figures.call.push(call);
      figures.await.push(each);
    }
  }
  return all;
}

function report(title: string, all: ReadonlyMap<Mode, Figures>): void {
  const bare = all.get('no hook');
  if (!bare) return;
  const rows = [...all].map(([mode, figures]) => {
    const added = (name: keyof Figures, digits: number) => {
      const value = Math.min(...figures[name]);
      const more = value - Math.min(...bare[name]);
      return mode === 'no hook'
        ? value.toFixed(digits)
        : `${value.toFixed(digits)} (${more < 0 ? '' : '+'}${more.toFixed(digits)})`;
    };
    return [mode, added('start', 1), added('call', 3), added('await', 2)];
  });
  console.log(`\n${title}\n\n${table(['mode', 'start, ms', 'a call, ms', 'an await, µs'], rows)}`);
}

try {
  const script = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const version = async (program: string) => (await run(program, ['--version'])).stdout.trim();
  const nodeFigures = await measure(values.node, script('agent.cjs', nodeAgent), ['-e', '0']);
  report(`Node ${await version(values.node)}`, nodeFigures);
  const pythonFigures = await measure(values.python, script('agent.py', pythonAgent), [
    '-c',
    'import http.client',
  ]);
  report(`${await version(values.python)} (an await: a task)`, pythonFigures);
} finally {
  server.close();
  elsewhere.close();
  server.closeAllConnections();
  elsewhere.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
}
