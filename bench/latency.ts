/**
 * Latency that recording adds, against mitmproxy, llm-rewind, vcrpy and the least Node MITM, in one run:
 *
 *     REWIND_BENCH_MITMDUMP=…/mitmdump REWIND_BENCH_LLM_REWIND=…/rewind REWIND_BENCH_VCRPY=…/python node bench/latency.ts
 *
 * Options: --rounds 7, --calls 150, --warm-up 500. A row whose variable is not set is left out, and the table says so.
 *
 * Every row is one keep-alive connection to the same local HTTPS server; no two requests are alike. Rounds go through all rows in
 * random order, so that a slow moment of the machine hits all of them. So many calls a row as --warm-up says (a thirtieth of
 * them streamed) come first and do not count: V8 compiles what runs often only after some hundreds of them. "added" is a row's median less that of the same client
 * without anything between.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chatRequest } from './peers/bodies.ts';
import { bundled } from './peers/bundle.ts';
import { makeCertificates } from './peers/certificates.ts';
import { openClient } from './peers/client.ts';
import { median, ms, percentile, shuffled, table, times } from './peers/figures.ts';
import { freePort, type Running, startPeer, startProgram, there } from './peers/processes.ts';
import { startVcrClient } from './peers/vcr-client.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    calls: { type: 'string', default: '150' },
    'warm-up': { type: 'string', default: '500' },
  },
});
const rounds = Number(values.rounds);
const calls = Number(values.calls);
const warmUpCalls = Number(values['warm-up']);

const workloads = [
  { path: '/json-2k', size: 2 * 1024, calls, warmUp: warmUpCalls },
  { path: '/json-200k', size: 200 * 1024, calls: Math.ceil(calls / 3), warmUp: warmUpCalls },
  { path: '/sse', size: 2 * 1024, calls: Math.ceil(calls / 10), warmUp: Math.ceil(warmUpCalls / 30) },
] as const;
type Workload = (typeof workloads)[number];

const measures = [
  { title: 'JSON, 2 KB request and answer', path: '/json-2k', of: 'total' },
  { title: 'JSON, 200 KB request and answer', path: '/json-200k', of: 'total' },
  { title: 'SSE, 40 events 2 ms apart: first byte', path: '/sse', of: 'firstByte' },
  { title: 'SSE, 40 events 2 ms apart: total', path: '/sse', of: 'total' },
] as const;

interface Timing {
  readonly firstByte: number;
  readonly total: number;
}

interface Row {
  readonly name: string;
  /** The row without anything between client and host; itself for that one. */
  readonly base: string;
  readonly samples: Map<Workload['path'], Timing[]>;
}

/** Rows that are measured together. */
interface Group {
  readonly rows: readonly Row[];
  measure(workload: Workload, bodies: readonly Buffer[]): Promise<readonly (readonly Timing[])[]>;
}

const folder = mkdtempSync(join(tmpdir(), 'rewind-bench-'));
const running: Running<unknown>[] = [];
const leftOut: string[] = [];
let sent = 0;

try {
  makeCertificates(folder);
  const benchCa = join(folder, 'ca.pem');
  const upstream = await keep(startPeer<{ port: number }>('upstream.ts', [folder]));
  const { port } = upstream.ready;
  const group = async (name: string, caFile: string, proxyPort?: number): Promise<Group> => {
    const ca = readFileSync(caFile, 'utf8');
    const client = await openClient({ port, ca, ...(proxyPort !== undefined && { proxyPort }) });
    return {
      rows: [row(name, 'direct')],
      async measure({ path }, bodies) {
        const timings: Timing[] = [];
        for (const body of bodies) timings.push(await client.post(path, body));
        return [timings];
      },
    };
  };

  const groups: Group[] = [await group('direct', benchCa)];

  const floor = await keep(startPeer<{ port: number }>('bare-mitm.ts', [folder]));
  groups.push(await group('bare Node MITM', benchCa, floor.ready.port));

  const script = await bundled('rewind-record.ts', folder);
  const rewind = await keep(
    startPeer<{ port: number; caPath: string }>(script, [folder, join(folder, 'home')]),
  );
  groups.push(await group('Rewind, recording', rewind.ready.caPath, rewind.ready.port));

  const alone = await keep(
    startPeer<{ port: number; caPath: string }>(script, [folder, join(folder, 'home-2'), 'no']),
  );
  groups.push(await group("Rewind's proxy without its recorder", alone.ready.caPath, alone.ready.port));

  const mitmdump = process.env.REWIND_BENCH_MITMDUMP;
  if (mitmdump) {
    const proxyPort = await freePort();
    const confdir = join(folder, 'mitmproxy');
    const trust = ['--set', `confdir=${confdir}`, '--set', `ssl_verify_upstream_trusted_ca=${benchCa}`];
    const listen = ['--listen-host', '127.0.0.1', '-p', String(proxyPort), '-q', '-w', join(folder, 'flows')];
    await keep(startProgram(mitmdump, [...listen, ...trust], proxyPort));
    groups.push(await group('mitmdump -w', await there(join(confdir, 'mitmproxy-ca-cert.pem')), proxyPort));
  } else leftOut.push('mitmdump: REWIND_BENCH_MITMDUMP is not set');

  const llmRewind = process.env.REWIND_BENCH_LLM_REWIND;
  if (llmRewind) {
    const proxyPort = await freePort();
    const home = join(folder, 'llm-rewind');
    mkdirSync(home);
    const python = join(dirname(llmRewind), 'python');
    const parameters = [
      fileURLToPath(new URL('peers/llm_rewind_record.py', import.meta.url)),
      String(proxyPort),
      home,
    ];
    await keep(startProgram(python, parameters, proxyPort, { ...process.env, HOME: home }));
    groups.push(await group('llm-rewind', await there(join(home, 'mitmproxy-ca-cert.pem')), proxyPort));
  } else leftOut.push('llm-rewind: REWIND_BENCH_LLM_REWIND is not set');

  const vcrPython = process.env.REWIND_BENCH_VCRPY;
  if (vcrPython) {
    const client = startVcrClient(vcrPython, [String(port), benchCa, folder]);
    running.push(client);
    groups.push({
      rows: [
        row('direct, Python requests', 'direct, Python requests'),
        row('vcrpy', 'direct, Python requests'),
      ],
      async measure({ path }, bodies) {
        const { direct, vcr } = await client.measure(path, bodies);
        return [direct, vcr];
      },
    });
  } else leftOut.push('vcrpy: REWIND_BENCH_VCRPY is not set (a Python with vcrpy and requests)');

  for (let round = -1; round < rounds; round++) {
    for (const each of shuffled(groups)) {
      for (const workload of workloads) await measure(each, workload, round < 0);
    }
  }
  print(groups.flatMap(({ rows }) => rows));
} finally {
  for (const each of running) await each.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function keep<T extends Running<unknown>>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  running.push(started);
  return started;
}

function row(name: string, base: string): Row {
  return { name, base, samples: new Map() };
}

async function measure(group: Group, workload: Workload, warmUp: boolean): Promise<void> {
  const count = warmUp ? workload.warmUp : workload.calls;
  const bodies = Array.from({ length: count }, () => chatRequest(sent++, workload.size));
  const timings = await group.measure(workload, bodies);
  if (warmUp) return;
  for (const [index, { samples }] of group.rows.entries()) {
    samples.set(workload.path, [...(samples.get(workload.path) ?? []), ...timings[index]!]);
  }
}

function print(rows: readonly Row[]): void {
  console.log(`\nNode ${process.version}, ${cpus().length} cores, ${rounds} rounds; milliseconds.\n`);
  for (const { title, path, of } of measures) {
    const values = (name: string) =>
      (rows.find(row => row.name === name)?.samples.get(path) ?? []).map(timing => timing[of]);
    const added = ({ name, base }: Row) => median(values(name)) - median(values(base));
    const over = (each: Row, name: string) => {
      const other = rows.find(row => row.name === name);
      return each.name === each.base || !other ? '' : times(added(each) / added(other));
    };
    console.log(`**${title}** (${values('direct').length} calls a row)\n`);
    console.log(
      table(
        ['', 'median', 'p99', 'added', 'of the floor', "of mitmproxy's"],
        rows.map(each => [
          each.name,
          ms(median(values(each.name))),
          ms(percentile(values(each.name), 99)),
          each.name === each.base ? '' : ms(added(each)),
          over(each, 'bare Node MITM'),
          over(each, 'mitmdump -w'),
        ]),
      ),
    );
    console.log('');
  }
  for (const each of leftOut) console.log(`Left out: ${each}`);
}
