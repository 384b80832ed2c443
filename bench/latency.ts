/**
 * Latency that recording adds, against direct, mitmproxy, llm-rewind, vcrpy and the least Node MITM, in one run:
 *
 *     node bench/latency.ts [--rounds 7] [--calls 150]
 *
 * Every row is one keep-alive connection to the same local HTTPS server. Rounds go through all rows in random order, so that a
 * slow moment of the machine hits all of them. "added" is a row's median less direct's of the same client.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeCertificates } from './peers/certificates.ts';
import { type Client, openClient } from './peers/client.ts';
import { median, ms, percentile, shuffled, table, times } from './peers/figures.ts';
import { freePort, type Running, startPeer, startProgram } from './peers/processes.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, calls: { type: 'string', default: '150' } },
});
const rounds = Number(values.rounds);
const calls = Number(values.calls);

const workloads = [
  { name: 'JSON 2 KB', path: '/json-2k', body: 2 * 1024, calls, measure: 'total' },
  {
    name: 'JSON 200 KB',
    path: '/json-200k',
    body: 200 * 1024,
    calls: Math.ceil(calls / 2),
    measure: 'total',
  },
  {
    name: 'SSE first byte',
    path: '/sse',
    body: 2 * 1024,
    calls: Math.ceil(calls / 15),
    measure: 'firstByte',
  },
  { name: 'SSE total', path: '/sse', body: 2 * 1024, calls: 0, measure: 'total' },
] as const;

interface Row {
  readonly name: string;
  readonly client: Client;
  readonly samples: Map<string, number[]>;
}

const folder = mkdtempSync(join(tmpdir(), 'rewind-bench-'));
const running: Running<unknown>[] = [];
const skipped: string[] = [];

try {
  makeCertificates(folder);
  const benchCa = readFileSync(join(folder, 'ca.pem'), 'utf8');
  const upstream = await startPeer<{ port: number }>('upstream.ts', [folder]);
  running.push(upstream);
  const { port } = upstream.ready;
  const row = async (name: string, ca: string, proxyPort?: number): Promise<Row> => ({
    name,
    client: await openClient({ port, ca, ...(proxyPort !== undefined && { proxyPort }) }),
    samples: new Map(),
  });

  const rows: Row[] = [await row('direct', benchCa)];

  const floor = await startPeer<{ port: number }>('bare-mitm.ts', [folder]);
  running.push(floor);
  rows.push(await row('bare Node MITM', benchCa, floor.ready.port));

  const rewind = await startPeer<{ port: number; caPath: string }>(
    'rewind-record.ts',
    [folder, join(folder, 'home')],
    ['--max-semi-space-size=4'],
  );
  running.push(rewind);
  rows.push(await row('Rewind, recording', readFileSync(rewind.ready.caPath, 'utf8'), rewind.ready.port));

  const mitmdump = process.env.REWIND_BENCH_MITMDUMP;
  if (mitmdump) {
    const proxyPort = await freePort();
    const confdir = join(folder, 'mitmproxy');
    const trust = [
      '--set',
      `confdir=${confdir}`,
      '--set',
      `ssl_verify_upstream_trusted_ca=${join(folder, 'ca.pem')}`,
    ];
    const where = ['--listen-host', '127.0.0.1', '-p', String(proxyPort), '-q', '-w', join(folder, 'flows')];
    running.push(await startProgram(mitmdump, [...where, ...trust], proxyPort));
    rows.push(
      await row('mitmdump -w', readFileSync(join(confdir, 'mitmproxy-ca-cert.pem'), 'utf8'), proxyPort),
    );
  } else skipped.push('mitmdump: set REWIND_BENCH_MITMDUMP to its path');

  for (let round = -1; round < rounds; round++) {
    for (const each of shuffled(rows)) await measure(each, round < 0);
  }

  print(rows);
} finally {
  for (const each of running) await each.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measure({ client, samples }: Row, warmUp: boolean): Promise<void> {
  for (const { name, path, body, calls: count } of workloads) {
    const bytes = Buffer.alloc(body, 'x');
    for (let i = 0; i < (warmUp ? Math.min(count, 30) : count); i++) {
      const timing = await client.post(path, bytes);
      if (warmUp) continue;
      if (path === '/sse') {
        push(samples, 'SSE first byte', timing.firstByte);
        push(samples, 'SSE total', timing.total);
      } else push(samples, name, timing.total);
    }
  }
}

function push(samples: Map<string, number[]>, name: string, value: number): void {
  const list = samples.get(name);
  if (list) list.push(value);
  else samples.set(name, [value]);
}

function print(rows: readonly Row[]): void {
  const [direct] = rows;
  const of = (row: Row | undefined, name: string) => row?.samples.get(name) ?? [];
  const added = (row: Row | undefined, name: string) => median(of(row, name)) - median(of(direct, name));
  const floor = rows.find(row => row.name.startsWith('bare'));
  console.log(`\nNode ${process.version}, ${cpus().length} cores, ${rounds} rounds. Milliseconds.\n`);
  for (const { name } of workloads) {
    const mitm = rows.find(row => row.name.startsWith('mitmdump'));
    console.log(`**${name}** (${of(direct, name).length} calls a row)\n`);
    console.log(
      table(
        ['', 'median', 'p99', 'added', '÷ floor', '÷ mitmproxy'],
        rows.map(row => [
          row.name,
          ms(median(of(row, name))),
          ms(percentile(of(row, name), 99)),
          row === direct ? '' : ms(added(row, name)),
          row === direct ? '' : times(added(row, name) / added(floor, name)),
          row === direct || !mitm ? '' : times(added(row, name) / added(mitm, name)),
        ]),
      ),
    );
    console.log('');
  }
  for (const each of skipped) console.log(`Skipped: ${each}`);
}
