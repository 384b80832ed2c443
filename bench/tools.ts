/**
 * What `rewind.tool` costs where Rewind is not running: nanoseconds a call, on top of the same function bare.
 *
 *     npm run build && node bench/tools.ts [rounds]
 *
 * An empty function of one parameter is called a million times, bare and wrapped, in turns; plain and `async`. Each figure is the
 * median over the rounds of wrapped less bare.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, table } from './peers/figures.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const rounds = Number(process.argv[2] ?? 15);
const CALLS = 1_000_000;

const NODE = `
const { rewind } = require('./dist/agent.cjs');
const plain = order => order, wrapped = rewind.tool(plain, { name: 'plain', replay: 'tape' });
const later = async order => order, wrappedLater = rewind.tool(later, { name: 'later', replay: 'tape' });
const ns = work => async n => {
  const from = process.hrtime.bigint();
  await work(n);
  return Number(process.hrtime.bigint() - from) / n;
};
const loop = f => ns(n => { for (let i = 0; i < n; i++) f(i); });
const loopLater = f => ns(async n => { for (let i = 0; i < n; i++) await f(i); });
(async () => {
  const rows = [];
  for (const [bare, tool] of [[loop(plain), loop(wrapped)], [loopLater(later), loopLater(wrappedLater)]]) {
    await bare(${CALLS / 10}), await tool(${CALLS / 10});
    const found = [];
    for (let i = 0; i < ${rounds}; i++) found.push([await bare(${CALLS}), await tool(${CALLS})]);
    rows.push(found);
  }
  console.log(JSON.stringify(rows));
})();`;

const PYTHON = `
import asyncio, json, sys, time
sys.path.insert(0, "python")
import rewind

def plain(order): return order
async def later(order): return order

def loop(f, n):
    began = time.perf_counter_ns()
    for i in range(n): f(i)
    return (time.perf_counter_ns() - began) / n

async def loop_later(f, n):
    began = time.perf_counter_ns()
    for i in range(n): await f(i)
    return (time.perf_counter_ns() - began) / n

tape = rewind.tool(replay="tape")
wrapped, wrapped_later = tape(plain), tape(later)
rows = [
    [[loop(plain, ${CALLS}), loop(wrapped, ${CALLS})] for _ in range(${rounds})],
    [[asyncio.run(loop_later(later, ${CALLS})), asyncio.run(loop_later(wrapped_later, ${CALLS}))] for _ in range(${rounds})],
]
print(json.dumps(rows))`;

const { REWIND_TOOLS: _tools, ...env } = process.env;
const measured = (file: string, args: readonly string[]): readonly (readonly [number, number])[][] =>
  JSON.parse(execFileSync(file, args, { cwd: root, env, encoding: 'utf8' })) as [number, number][][];

const venv = join(root, '.venv/bin/python');
const results = {
  [`Node ${process.versions.node}`]: measured(process.execPath, ['-e', NODE]),
  Python: measured(existsSync(venv) ? venv : 'python3', ['-c', PYTHON]),
};

const whole = (ns: number): string => `${Math.round(ns)}`;
const rows = Object.entries(results).flatMap(([language, kinds]) =>
  kinds.map((found, i) => [
    `${language}, ${i === 0 ? 'a plain function' : 'async'}`,
    whole(median(found.map(([bare]) => bare))),
    whole(median(found.map(([, tool]) => tool))),
    whole(median(found.map(([bare, tool]) => tool - bare))),
  ]),
);
console.log(table(['ns a call', 'bare', 'wrapped', 'added'], rows));
