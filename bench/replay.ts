/**
 * Replay against mitmproxy's, in one run:
 *
 *     REWIND_BENCH_MITMDUMP=…/mitmdump node bench/replay.ts [--rounds 3] [--calls 400]
 *
 * Both record the same 2 KB calls from a local host, which is then stopped. Every recorded call is asked for exactly once, over 1, 8
 * and 32 keep-alive connections; rounds alternate. The first thousand, over one connection, have a row of their own. Rewind runs as `rewind replay` does: from a tape, recording the run as a session.
 * "ready": from the start of the process until it serves, also with a session as long as agents' are. Memory: resident, the most
 * seen after a level. "client": CPU of the load generator, of one core; near 100 % it would be what is measured.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chatRequest } from './peers/bodies.ts';
import { bundled } from './peers/bundle.ts';
import { makeCertificates } from './peers/certificates.ts';
import { median, ms, percentile, shuffled, table, times } from './peers/figures.ts';
import { freePort, type Running, startPeer, startProgram, there } from './peers/processes.ts';
import { openRawClient, type RawClient } from './peers/raw-client.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, calls: { type: 'string', default: '400' } },
});
const rounds = Number(values.rounds);
const calls = Number(values.calls);
const levels = [1, 8, 32] as const;
const warmUp = 1_000;
const perRound = levels.length * calls;
const total = warmUp + rounds * perRound;

interface Row {
  readonly name: string;
  readonly process: Running<unknown>;
  readonly open: () => Promise<RawClient>;
  readonly latencies: Map<number, number[]>;
  /** Requests a second, one figure a round. */
  readonly rates: Map<number, number[]>;
  /** CPU seconds a second that the client took. */
  readonly client: Map<number, number[]>;
  mostMemory: number;
}

/** Further starts: without a tape to read, and with a short one. */
const starts: { readonly what: string; readonly ms: number[] }[] = [];
const shortSession = 50;
const startRounds = 5;

const folder = mkdtempSync(join(tmpdir(), 'rewind-bench-'));
const running: Running<unknown>[] = [];

try {
  makeCertificates(folder);
  const upstream = await startPeer<{ port: number }>('upstream.ts', [folder]);
  running.push(upstream);
  const { port } = upstream.ready;
  const rows = [await rewindRow(port)];
  const mitmdump = process.env.REWIND_BENCH_MITMDUMP;
  if (mitmdump) rows.push(await mitmRow(port, mitmdump));
  await upstream.stop();

  for (const row of rows) await level(row, 1, range(0, warmUp), false);
  for (let round = 0; round < rounds; round++) {
    for (const row of shuffled(rows)) {
      for (const [index, connections] of levels.entries()) {
        const from = warmUp + round * perRound + index * calls;
        await level(row, connections, range(from, from + calls), true);
      }
    }
  }
  print(rows);
  if (!mitmdump) console.log('Left out: mitmdump: REWIND_BENCH_MITMDUMP is not set');
} finally {
  for (const each of running) await each.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function rewindRow(port: number): Promise<Row> {
  const home = join(folder, 'home');
  const recorder = await startPeer<{ port: number; caPath: string; session: string }>(
    await bundled('rewind-record.ts', folder),
    [folder, home],
  );
  running.push(recorder);
  const ca = readFileSync(recorder.ready.caPath, 'utf8');
  await record(await openRawClient({ port, ca, proxyPort: recorder.ready.port }), total);
  await recorder.stop('SIGTERM');
  const script = await bundled('rewind-replay.ts', folder);
  await measureStarts(port, ca, home, script);
  const replayer = await startPeer<{ port: number }>(script, [home, recorder.ready.session]);
  running.push(replayer);
  return row('Rewind', replayer, () => openRawClient({ port, ca, proxyPort: replayer.ready.port }));
}

async function measureStarts(port: number, ca: string, home: string, replay: string): Promise<void> {
  const recording = { what: 'Rewind, recording', ms: [] as number[] };
  const short = { what: `Rewind, with ${shortSession} recorded calls to read`, ms: [] as number[] };
  starts.push(short, recording);
  const script = await bundled('rewind-record.ts', folder);
  for (let i = 0; i < startRounds; i++) {
    const recorder = await startPeer<{ port: number; session: string }>(script, [folder, home]);
    recording.ms.push(recorder.readyMs);
    await record(await openRawClient({ port, ca, proxyPort: recorder.ready.port }), shortSession);
    await recorder.stop('SIGTERM');
    const replayer = await startPeer(replay, [home, recorder.ready.session]);
    short.ms.push(replayer.readyMs);
    await replayer.stop();
  }
}

async function mitmRow(port: number, mitmdump: string): Promise<Row> {
  const confdir = join(folder, 'mitmproxy');
  const flows = join(folder, 'flows');
  const set = (...options: readonly string[]) => options.flatMap(option => ['--set', option]);
  const common = async () => {
    const proxyPort = await freePort();
    const listen = ['--listen-host', '127.0.0.1', '-p', String(proxyPort), '-q'];
    return { proxyPort, parameters: [...listen, ...set(`confdir=${confdir}`)] };
  };
  const recording = await common();
  const trust = set(`ssl_verify_upstream_trusted_ca=${join(folder, 'ca.pem')}`);
  const recorder = await startProgram(
    mitmdump,
    [...recording.parameters, ...trust, '-w', flows],
    recording.proxyPort,
  );
  running.push(recorder);
  const ca = readFileSync(await there(join(confdir, 'mitmproxy-ca-cert.pem')), 'utf8');
  await record(await openRawClient({ port, ca, proxyPort: recording.proxyPort }), total);
  await recorder.stop('SIGINT');

  const { proxyPort, parameters } = await common();
  const offline = set('connection_strategy=lazy', 'upstream_cert=false', 'server_replay_extra=kill');
  const replayer = await startProgram(
    mitmdump,
    [...parameters, ...offline, '--server-replay', flows],
    proxyPort,
  );
  running.push(replayer);
  return row('mitmdump --server-replay', replayer, () => openRawClient({ port, ca, proxyPort }));
}

function row(name: string, process: Running<unknown>, open: () => Promise<RawClient>): Row {
  return { name, process, open, latencies: new Map(), rates: new Map(), client: new Map(), mostMemory: 0 };
}

function range(from: number, to: number): Buffer[] {
  return Array.from({ length: to - from }, (_, i) => chatRequest(from + i, 2048));
}

async function record(client: RawClient, count: number): Promise<void> {
  for (const body of range(0, count)) await client.post('/json-2k', body);
  client.close();
}

async function level(
  row: Row,
  connections: number,
  bodies: readonly Buffer[],
  counts: boolean,
): Promise<void> {
  const clients = await Promise.all(Array.from({ length: connections }, row.open));
  const latencies: number[] = [];
  let next = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  await Promise.all(
    clients.map(async client => {
      for (let body = bodies[next++]; body; body = bodies[next++]) {
        latencies.push(await client.post('/json-2k', body));
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  row.mostMemory = Math.max(row.mostMemory, row.process.rss());
  for (const client of clients) client.close();
  if (!counts) return;
  row.latencies.set(connections, [...(row.latencies.get(connections) ?? []), ...latencies]);
  row.rates.set(connections, [...(row.rates.get(connections) ?? []), bodies.length / seconds]);
  row.client.set(connections, [...(row.client.get(connections) ?? []), (user + system) / 1e6 / seconds]);
}

function print(rows: readonly Row[]): void {
  const mitm = rows.find(({ name }) => name.startsWith('mitmdump'));
  const rate = (row: Row, connections: number) => median(row.rates.get(connections) ?? []);
  console.log(
    `\nNode ${process.version}, ${cpus().length} cores, ${rounds} rounds of ${calls} calls a level.\n`,
  );
  console.log(
    table(
      ['', 'connections', 'requests/s', "of mitmproxy's", 'median ms', 'p99 ms', 'client'],
      rows.flatMap(row =>
        levels.map(connections => [
          row.name,
          String(connections),
          rate(row, connections).toFixed(0),
          mitm && row !== mitm ? times(rate(row, connections) / rate(mitm, connections)) : '',
          ms(percentile(row.latencies.get(connections) ?? [], 50)),
          ms(percentile(row.latencies.get(connections) ?? [], 99)),
          `${(100 * median(row.client.get(connections) ?? [])).toFixed(0)} %`,
        ]),
      ),
    ),
  );
  console.log('');
  console.log(
    table(
      ['', 'ready ms', 'most memory, MB'],
      [
        ...rows.map(({ name, process: { readyMs }, mostMemory }) => [
          `${name}, with ${total} recorded calls to read`,
          readyMs.toFixed(0),
          String(mostMemory),
        ]),
        ...starts.map(({ what, ms }) => [what, median(ms).toFixed(0), '']),
      ],
    ),
  );
}
