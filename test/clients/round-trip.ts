import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BehaviourChange } from '../../src/emulator/behaviour.ts';
import { startEmulator } from '../../src/emulator/emulator.ts';
import type { LoggedRequest } from '../../src/emulator/request-log.ts';
import type { Script } from '../../src/emulator/script.ts';
import { createRunner } from '../../src/launch/runner.ts';
import type { Call } from '../../src/providers/call.ts';
import { readCall } from '../../src/providers/read-call.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import { parseUpstreamMapping } from '../../src/proxy/upstream-map.ts';
import { readCassette } from '../../src/sessions/cassette.ts';
import type { SessionReader } from '../../src/sessions/session.ts';
import type { TapeReport } from '../../src/tape/report.ts';
import type { RunResult } from '../../src/tape/runner.ts';
import { Tape } from '../../src/tape/tape.ts';
import { cassetteText } from '../sessions/cassette-text.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The vendors' real hosts, all led to the emulator. */
const HOSTS = [
  'api.openai.com',
  'api.anthropic.com',
  'generativelanguage.googleapis.com',
  'bedrock-runtime.us-east-1.amazonaws.com',
  'rewind-test.openai.azure.com',
];

const KEYS = {
  OPENAI_API_KEY: 'sk-test-0000000000000000000000000000',
  ANTHROPIC_API_KEY: 'sk-ant-test-0000000000000000000000',
  GEMINI_API_KEY: 'AIza-test-000000000000000000000000000',
  AZURE_OPENAI_API_KEY: 'azure-test-00000000000000000000',
  AWS_ACCESS_KEY_ID: 'AKIATEST00000000TEST',
  AWS_SECRET_ACCESS_KEY: 'test/secret/0000000000000000000000000000',
  AWS_REGION: 'us-east-1',
  // Variables of the machine that would lead the SDKs elsewhere.
  GOOGLE_API_KEY: undefined,
  OPENAI_BASE_URL: undefined,
  ANTHROPIC_BASE_URL: undefined,
  HTTP_PROXY: undefined,
  HTTPS_PROXY: undefined,
  http_proxy: undefined,
  https_proxy: undefined,
} as const;

export interface RoundTripOptions {
  readonly command: readonly string[];
  readonly script?: Script;
  readonly behaviour?: BehaviourChange;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Pass the agent's accept-encoding on, so that answers come coded. */
  readonly preserveEncoding?: boolean;
  /** Requests by which the client asks again after a fault: the tape labels these RETRY, all others EXACT. */
  readonly retries?: number;
}

export interface RoundTrip {
  readonly recorded: RunResult;
  readonly replayed: RunResult;
  readonly report: TapeReport;
  /** What reached the emulator while recording. */
  readonly requests: readonly LoggedRequest[];
  readonly stdout: string;
  readonly calls: readonly Call[];
}

/**
 * Records a command against the emulator, stops the emulator, replays the command on the tape, and checks what every
 * client must keep: same output, exit code 0, all answers EXACT (a client's retries
 * RETRY), nothing unasked, no connection to where the emulator was, the same exchanges in a cassette.
 */
export async function roundTrip(options: RoundTripOptions): Promise<RoundTrip> {
  const home = await mkdtemp(join(tmpdir(), 'rewind-clients-'));
  const emulator = await startEmulator({
    ...(options.script ? { script: options.script } : {}),
    ...(options.behaviour ? { behaviour: options.behaviour } : {}),
  });
  try {
    const upstream = new Upstream({
      mappings: HOSTS.map(host => parseUpstreamMapping(`${host}=${emulator.url}`)),
      preserveEncoding: options.preserveEncoding ?? false,
    });
    const run = (mode: 'record' | 'replay', responder: Upstream | Tape) => {
      const notices: string[] = [];
      return createRunner({ mode, home, onNotice: notice => notices.push(notice) })
        .run({
          command: options.command,
          cwd: ROOT,
          env: { ...KEYS, ...options.env },
          responder,
          stdio: 'capture',
          timeoutMs: 120_000,
        })
        .then(result => ({ result, notices }));
    };
    const { result: recorded } = await run('record', upstream);
    const stdout = outputOf(recorded.session, 'stdout');
    assert.equal(recorded.exitCode, 0, `recording failed:\n${stdout}${outputOf(recorded.session, 'stderr')}`);
    await upstream.close();
    const requests = [...emulator.requests];
    await emulator.close();

    assertSameInCassette(recorded.session);
    const tape = new Tape(recorded.session);
    const { result: replayed, connections } = await watchingPort(emulator.port, async () => {
      return (await run('replay', tape)).result;
    });
    const report = tape.report();
    const problems = report.misses.map(({ miss }) => JSON.stringify(miss)).join('\n');
    const stderr = outputOf(replayed.session, 'stderr');
    assert.equal(outputOf(replayed.session, 'stdout'), stdout, `the output changed\n${problems}\n${stderr}`);
    assert.equal(replayed.exitCode, 0, stderr);
    assert.deepEqual(report.misses, [], problems);
    assert.equal(connections, 0, 'nothing connects to the provider during replay');
    const { EXACT = 0, RETRY = 0 } = report.answers;
    const labels = [...replayed.session.exchanges()].map(({ label, request, answer }) => {
      return `${label} ${answer.end.kind} ${Buffer.from(request.body).toString('utf8', 0, 120)}`;
    });
    assert.deepEqual(
      [EXACT + RETRY, RETRY],
      [recorded.session.length, options.retries ?? 0],
      labels.filter(label => !label.startsWith('EXACT complete')).join('\n'),
    );
    assert.deepEqual(report.neverAsked, []);
    assert.ok(recorded.session.length > 0, 'something was recorded');
    assert.equal(replayed.session.length, recorded.session.length);
    return { recorded, replayed, report, requests, stdout, calls: callsOf(recorded.session) };
  } finally {
    await emulator.close();
    await rm(home, { recursive: true, force: true });
  }
}

/** A cassette gives back every byte, chunk, header and time; call sites are of this machine. */
function assertSameInCassette(session: SessionReader): void {
  const cassette = readCassette(Buffer.from(cassetteText(session)));
  for (const { site: _, ...exchange } of session.exchanges())
    assert.deepEqual(cassette.exchange(exchange.seq), exchange, `exchange ${exchange.seq} in a cassette`);
}

/** Counts connections to a port while `use` runs. */
async function watchingPort<T>(
  port: number,
  use: () => Promise<T>,
): Promise<{ result: T; connections: number }> {
  let connections = 0;
  const server = createServer(socket => {
    connections++;
    socket.destroy();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  assert.equal((server.address() as AddressInfo).port, port);
  try {
    return { result: await use(), connections };
  } finally {
    server.close();
  }
}

export function outputOf(session: SessionReader, stream: 'stdout' | 'stderr'): string {
  const pieces = session.output.filter(piece => piece.stream === stream);
  return Buffer.concat(pieces.map(piece => piece.bytes)).toString('utf8');
}

/** The recorded exchanges as calls; a POST that no dialect reads is a failure. */
export function callsOf(session: SessionReader): Call[] {
  const posts = [...session.exchanges()].filter(exchange => exchange.request.method === 'POST');
  return posts.map(exchange => {
    const call = readCall(exchange);
    assert.ok(call, `read as a call: ${exchange.request.host}${exchange.request.path}`);
    if (exchange.answer.end.kind !== 'complete') return call;
    assert.deepEqual(call.problems, [], `${exchange.request.path} is read without problems`);
    return call;
  });
}
