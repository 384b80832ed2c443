/**
 * What a session costs on disk and in CPU, against the plain bytes, zstd of each body, and `xz -9e` of everything.
 *
 *     node bench/disk.ts [--xz] [--turns 50,500]
 *
 * Prints a Markdown table. `--xz` runs xz too: two to three minutes for 500 turns.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exportCassette } from '../src/sessions/cassette.ts';
import { logPath, openHome } from '../src/sessions/home.ts';
import { packLog } from '../src/sessions/pack.ts';
import { readLog } from '../src/sessions/read-log.ts';
import { readSession } from '../src/sessions/reader.ts';
import { createSession } from '../src/sessions/writer.ts';
import { flatHeaders, type RawHeaders } from '../src/wire/headers.ts';
import { zstdCompress } from '../src/wire/zstd.ts';
import { type Plan, syntheticSession } from './synthetic-session.ts';

const { values } = parseArgs({
  options: { xz: { type: 'boolean', default: false }, turns: { type: 'string', default: '50,500' } },
});

const headText = (headers: RawHeaders): Buffer => Buffer.from(`${flatHeaders(headers).join('\r\n')}\r\n\r\n`);

/** CPU of this process, in milliseconds. */
function cpuOf<T>(work: () => T): { readonly result: T; readonly ms: number } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, ms: (user + system) / 1000 };
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

interface Row {
  readonly what: string;
  readonly bytes: number;
  readonly cpuMs: number;
}

async function measure(folder: string, name: string, plan: Plan): Promise<void> {
  const home = openHome(join(folder, 'home'));
  const writer = createSession(home, {
    startedAt: Date.UTC(2025, 5, 1),
    command: ['node', 'agent.ts'],
    cwd: folder,
    mode: 'record',
    scope: 'llm',
  });
  const plainFile = join(folder, 'plain');
  const plain = openSync(plainFile, 'w');
  const rows: Row[] = [];
  const requestTimes: number[] = [];
  const chunkTimes: number[] = [];
  const timed = (times: number[], work: () => void): void => {
    const from = performance.now();
    work();
    times.push(performance.now() - from);
  };
  let bodies = 0;
  let zstdBytes = 0;
  let zstdMs = 0;
  let recordMs = 0;
  let seq = 0;
  for (const { request, answerHeaders, chunks } of syntheticSession(plan)) {
    const answer = Buffer.concat(chunks.map(({ bytes }) => bytes));
    const heads = [headText(request.headers), headText(answerHeaders)];
    for (const piece of [heads[0]!, request.body, heads[1]!, answer]) writeSync(plain, piece);
    bodies += request.body.length + answer.length;
    const each = cpuOf(() => [request.body, answer].map(body => zstdCompress(body, 3).length));
    zstdMs += each.ms;
    zstdBytes += each.result[0]! + each.result[1]! + heads[0]!.length + heads[1]!.length;
    const last = chunks.at(-1)!.at;
    recordMs += cpuOf(() => {
      timed(requestTimes, () => writer.request({ seq, at: seq * 5000, request }));
      writer.answerHead(seq, chunks[0]!.at - 1, { status: 200, reason: 'OK', headers: answerHeaders });
      for (const { at, bytes } of chunks) timed(chunkTimes, () => writer.answerChunk(seq, at, bytes));
      writer.answerEnd(seq, { kind: 'complete', at: last, trailers: [] });
    }).ms;
    seq++;
  }
  closeSync(plain);
  const path = logPath(home, writer.id);
  const live = statSync(path).size;
  const state = readLog(writer.id, path, true);
  const packing = cpuOf(() => packLog(state));
  const sealing = process.cpuUsage();
  await writer.seal();
  const { user, system } = process.cpuUsage(sealing);
  const packed = statSync(path).size;
  const cassette = cpuOf(() => exportCassette(readSession(home, writer.id)));

  rows.push({ what: 'plain bytes (heads and bodies)', bytes: statSync(plainFile).size, cpuMs: 0 });
  rows.push({ what: 'zstd -3 of each body', bytes: zstdBytes, cpuMs: zstdMs });
  const xz = values.xz ? runXz(plainFile) : undefined;
  if (xz) rows.push(xz);
  rows.push({ what: 'Rewind, while recording', bytes: live, cpuMs: recordMs });
  rows.push({ what: 'Rewind, sealed (with times of all chunks)', bytes: packed, cpuMs: packing.ms });
  rows.push({
    what: 'cassette (.rw)',
    bytes: cassette.result.reduce((sum, { length }) => sum + length, 0),
    cpuMs: cassette.ms,
  });

  console.log(
    `\n### ${name}: ${seq} turns, ${(bodies / 1e6).toFixed(1)} MB of bodies, ${chunkTimes.length} chunks\n`,
  );
  console.log('| | bytes | of plain | of xz | CPU |');
  console.log('|---|---:|---:|---:|---:|');
  for (const { what, bytes, cpuMs } of rows) {
    const ofXz = xz ? (bytes / xz.bytes).toFixed(2) : '';
    const cells = [bytes.toLocaleString('en'), `${((100 * bytes) / rows[0]!.bytes).toFixed(2)} %`, ofXz];
    console.log(`| ${what} | ${cells.join(' | ')} | ${cpuMs ? `${Math.round(cpuMs)} ms` : ''} |`);
  }
  if (xz)
    console.log(
      `\nSealed against xz: ${(packed / xz.bytes).toFixed(3)} × the bytes, 1/${Math.round(xz.cpuMs / packing.ms)} of the CPU.`,
    );
  console.log(
    `\nWriting: request ${(median(requestTimes) * 1000).toFixed(0)} µs, chunk ${(median(chunkTimes) * 1000).toFixed(1)} µs at the median; sealing in all (pack, hash, summary) ${((user + system) / 1000).toFixed(0)} ms of CPU.`,
  );
}

function runXz(file: string): Row {
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['-c', `TIMEFORMAT='%U %S'; time xz -9e -k -c "$0" | wc -c`, file],
    {
      encoding: 'utf8',
    },
  );
  const [user = 0, system = 0] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  if (status !== 0 || !(user > 0)) throw new Error(`xz did not run: ${stderr}`);
  return { what: '`xz -9e` of everything', bytes: Number(stdout), cpuMs: (user + system) * 1000 };
}

const lengths = values.turns.split(',').map(Number);
for (const turns of lengths) {
  const plans: readonly (readonly [string, Plan])[] = [
    ['One agent', { turns, agents: 1 }],
    ['Two sub-agents interleaved, one compaction', { turns, agents: 3, compactAt: turns >> 1 }],
  ];
  for (const [name, plan] of plans) {
    const folder = mkdtempSync(join(tmpdir(), 'rewind-bench-'));
    try {
      await measure(folder, name, plan);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
