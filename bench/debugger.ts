/**
 * The debugger on a long recording: 5,000 calls and 5,000 tool steps in 200 lanes, read from disk and walked over the
 * adapter's streams, once as it was recorded and once with the steps that the first walk left beside the log. Prints a
 * Markdown table of each: what a client waits, and what of it the thread of adapter and client had the processor, which
 * says more where others use the machine too. `node bench/debugger.ts [lanes] [calls a lane]`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openHome } from '../src/sessions/home.ts';
import { resolveSession } from '../src/sessions/resolve.ts';
import { createSession } from '../src/sessions/writer.ts';
import { DapClient, type Stopped } from '../test/dap/dap-client.ts';
import { AGENT, siteOf } from '../test/dap/recordings.ts';
import { syntheticSession } from './synthetic-session.ts';

const [lanes = 200, callsEach = 25, existing, size] = process.argv
  .slice(2)
  .map((word, i) => (i === 2 ? word : Number(word))) as [number?, number?, string?, number?];
const MOVES = 400;

if (existing === undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-bench-'));
  try {
    const written = await record(openHome(folder), lanes, callsEach);
    // Each in a process of its own, whose memory is the debugger's alone.
    const file = fileURLToPath(import.meta.url);
    for (const title of ['The first time', 'Any other time']) {
      console.log(`\n### ${title}\n`);
      spawnSync(process.execPath, [file, `${lanes}`, `${callsEach}`, folder, `${written}`], {
        stdio: 'inherit',
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else await walk(openHome(existing), size ?? 0);

/** Writes the session; gives the bytes of its requests and answers. */
async function record(home: ReturnType<typeof openHome>, agents: number, turns: number): Promise<number> {
  const writer = createSession(home, {
    startedAt: Date.UTC(2026, 0, 1),
    command: ['node', 'agent.ts'],
    cwd: '/shop',
    mode: 'record',
    scope: 'llm',
  });
  let [seq, at, bytes] = [0, 0, 0];
  for (let agent = 0; agent < agents; agent++) {
    for (const turn of syntheticSession({ turns, agents: 1, seed: agent + 1 })) {
      const site = siteOf([AGENT, 10 + (seq % 40), 'ask'], [AGENT, 90, 'main']);
      writer.request({ seq, at, request: turn.request, site });
      writer.answerHead(seq, 200, { status: 200, reason: 'OK', headers: turn.answerHeaders });
      let end = 0;
      for (const chunk of turn.chunks) {
        writer.answerChunk(seq, chunk.at, chunk.bytes);
        end = chunk.at;
        bytes += chunk.bytes.length;
      }
      writer.answerEnd(seq, { kind: 'complete', at: end, trailers: [] });
      bytes += turn.request.body.length;
      seq++;
      at += end + 500;
    }
  }
  await writer.seal();
  return bytes;
}

async function walk(home: ReturnType<typeof openHome>, written: number): Promise<void> {
  const began = performance.now();
  const client = DapClient.of({
    openSession: reference => resolveSession(home, reference),
    hasFile: path => path === AGENT,
  });
  await client.launch();
  const firstStop = performance.now() - began;
  await client.move('next');
  const firstMove = performance.now() - began - firstStop;
  const sources = (await client.ask<{ sources: unknown[] }>('loadedSources')).sources.length;
  const whole = performance.now() - began;

  const times = new Map<string, Took[]>();
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const [start, before] = [performance.now(), process.threadCpuUsage()];
    const result = await work();
    const { user, system } = process.threadCpuUsage(before);
    const list = times.get(name) ?? [];
    list.push({ ms: performance.now() - start, cpu: (user + system) / 1000 });
    times.set(name, list);
    return result;
  };
  let [peak, raw] = [0, false];
  const look = async ({ threadId }: Stopped): Promise<void> => {
    const { stackFrames } = await timed('stackTrace (20 frames)', () =>
      client.ask<{ stackFrames: { id: number }[] }>('stackTrace', { threadId, startFrame: 0, levels: 20 }),
    );
    await timed('evaluate 1 (what a round trip costs here)', () =>
      client.ask('evaluate', { expression: '1' }),
    );
    const { scopes } = await timed('scopes', () =>
      client.ask<{ scopes: { name: string; variablesReference: number }[] }>('scopes', {
        frameId: stackFrames[0]!.id,
      }),
    );
    for (const { name, variablesReference } of scopes) {
      if ((name === 'Transport') !== raw) continue;
      const { variables } = await timed(`variables: ${name}`, () =>
        client.ask<{ variables: { name: string; variablesReference: number }[] }>('variables', {
          variablesReference,
        }),
      );
      const messages = variables.find(variable => variable.name === 'messages');
      if (name !== 'Request' || !messages) continue;
      await timed('variables: 100 messages', () =>
        client.ask('variables', { variablesReference: messages.variablesReference, start: 0, count: 100 }),
      );
    }
    peak = Math.max(peak, process.memoryUsage().rss);
  };
  let thread = 1;
  const move = async (name: string, command: string, args: object = {}): Promise<void> => {
    const stopped = await timed(name, () => client.move(command, { threadId: thread, ...args }));
    thread = stopped.threadId!;
    client.said.length = 0;
    await look(stopped);
  };
  const random = mulberry(7);
  for (let i = 0; i < MOVES; i++) await move('step over', 'next');
  for (let i = 0; i < MOVES / 2; i++) await move('step back', 'stepBack');
  for (let i = 0; i < MOVES / 2; i++) await move('step in', 'stepIn');
  for (let i = 0; i < MOVES; i++) await move('jump', 'goto', { targetId: Math.floor(random() * sources) });
  // Only in its own pass: it unpacks megabytes of the recording, which costs garbage collection later.
  raw = true;
  for (let i = 0; i < MOVES; i++)
    await move('jump, Transport open', 'goto', { targetId: Math.floor(random() * sources) });
  raw = false;
  await move('jump to the end', 'goto', { targetId: sources - 1 });
  await client.ask('setDataBreakpoints', { breakpoints: [{ dataId: 'change:usage.input < 0' }] });
  await move('reverse-continue over all, watching usage', 'reverseContinue');
  await client.ask('setDataBreakpoints', { breakpoints: [{ dataId: 'change:request.system' }] });
  await move('continue over all, watching the prompt', 'continue');
  await move('jump to the start', 'goto', { targetId: 0 });
  await client.ask('setDataBreakpoints', { breakpoints: [{ dataId: 'change:request.messages[1]' }] });
  await move('continue over all, watching message 1', 'continue');

  const at = (values: readonly number[], share: number): string => {
    const sorted = values.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(2);
  };
  const row = (name: string, took: readonly Took[]): string => {
    const [ms, cpu] = [took.map(one => one.ms), took.map(one => one.cpu)];
    return `| ${name} | ${took.length} | ${at(ms, 0.5)} | ${at(ms, 0.99)} | ${at(ms, 1)} | ${at(cpu, 0.99)} |`;
  };
  const once = (name: string, ms: number): string => `| ${name} | 1 | | | ${ms.toFixed(2)} | |`;
  const { rss, heapUsed } = process.memoryUsage();
  console.log(
    [
      `${sources} steps, ${lanes} lanes, ${(written / 1e6).toFixed(0)} MB of requests and answers`,
      '',
      '| | times | median ms | p99 ms | most ms | p99 CPU ms |',
      '|---|---|---|---|---|---|',
      once('launch to first stop', firstStop),
      once('the first step over, while the rest is read', firstMove),
      once('launch to whole recording read', whole),
      ...[...times].map(([name, values]) => row(name, values)),
      '',
      `Memory: peak ${(Math.max(peak, rss) / 1e6).toFixed(0)} MB resident, ${(heapUsed / 1e6).toFixed(0)} MB heap at the end`,
      `Load: ${loadavg()[0]!.toFixed(1)} on ${cpus().length} cores`,
    ].join('\n'),
  );
  await client.ask('disconnect');
}

interface Took {
  readonly ms: number;
  /** Milliseconds of processor time. */
  readonly cpu: number;
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
