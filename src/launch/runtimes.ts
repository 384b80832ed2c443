import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Responder } from '../tape/responder.ts';
import type { RunResult } from '../tape/runner.ts';
import { answerBody } from '../wire/exchange.ts';
import { commandPath } from './command-path.ts';
import { goProbe, javaProbe } from './probes/compiled.ts';
import { bunProbe, denoProbe, nodeProbe } from './probes/javascript.ts';
import type { Probe, RuntimeId } from './probes/probe.ts';
import { pythonProbe } from './probes/python.ts';
import { curlProbe, rubyProbe } from './probes/scripted.ts';
import { createRunner, type RunnerOptions } from './runner.ts';

/** A runtime found on this machine. */
export interface Runtime {
  readonly id: RuntimeId;
  readonly file: string;
  /** As it says itself, first line. */
  readonly version: string;
}

/** What became of one client's call. */
export interface ClientCheck {
  readonly client: string;
  /**
   * - `captured`: recorded, and the client got the answer.
   * - `bypassed`: it never reached the proxy. In a replay such a call would go out and be billed.
   * - `failed`: it reached the proxy, or tried to, and did not get the answer.
   * - `missing`: the client is not installed.
   */
  readonly outcome: 'captured' | 'bypassed' | 'failed' | 'missing';
  /** The client's own words, where it has an error to tell. */
  readonly why?: string;
  /** What to do next, where something is to be done. */
  readonly advice?: string;
}

export interface RuntimeCheck {
  readonly runtime: Runtime;
  readonly clients: readonly ClientCheck[];
}

const probes: readonly Probe[] = [
  nodeProbe,
  pythonProbe,
  curlProbe,
  goProbe,
  javaProbe,
  rubyProbe,
  denoProbe,
  bunProbe,
];

const programs: Readonly<Record<RuntimeId, readonly string[]>> = {
  node: ['node'],
  python: ['python3', 'python'],
  curl: ['curl'],
  go: ['go'],
  java: ['java'],
  ruby: ['ruby'],
  deno: ['deno'],
  bun: ['bun'],
};

/** Never resolves (RFC 6761), so that a call which gets past the proxy reaches nobody. */
const probeHost = 'rewind-probe.invalid';

/** The runtimes in `folders` and on PATH, each file once; the project's own virtual environment first. */
export async function findRuntimes(
  options: { readonly cwd?: string; readonly folders?: readonly string[] } = {},
): Promise<readonly Runtime[]> {
  const cwd = options.cwd ?? process.cwd();
  const folders = [
    ...(options.folders ?? []),
    join(cwd, '.venv/bin'),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  const seen = new Set<string>();
  const found: Promise<Runtime | undefined>[] = [];
  for (const probe of probes) {
    for (const folder of folders) {
      for (const name of programs[probe.runtime]) {
        const file = executableIn(folder, name);
        const identity = file && identityOf(file, probe);
        if (!file || !identity || seen.has(`${probe.runtime}:${identity}`)) continue;
        seen.add(`${probe.runtime}:${identity}`);
        found.push(runtimeOf(file, probe));
      }
    }
  }
  return (await Promise.all(found)).filter(runtime => runtime !== undefined);
}

/**
 * Really records a call with each client of each runtime, through a Runner of its own with a home of its own, and says
 * which were captured. Nothing leaves this machine.
 */
export async function checkRuntimes(
  runtimes: readonly Runtime[],
  options: {
    readonly runner?: Partial<RunnerOptions>;
    readonly onChecked?: (check: RuntimeCheck) => void;
    readonly timeoutMs?: number;
  } = {},
): Promise<readonly RuntimeCheck[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rewind-probe-'));
  try {
    const checks: RuntimeCheck[] = [];
    for (const [index, runtime] of runtimes.entries()) {
      const probe = probes.find(({ runtime: id }) => id === runtime.id);
      if (!probe) continue;
      const clients = await check(
        runtime,
        probe,
        join(folder, `${index}-${probe.fileName}`),
        folder,
        options,
      );
      const result = { runtime, clients };
      checks.push(result);
      options.onChecked?.(result);
    }
    return checks;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function check(
  runtime: Runtime,
  probe: Probe,
  script: string,
  folder: string,
  options: Parameters<typeof checkRuntimes>[1] & {},
): Promise<readonly ClientCheck[]> {
  const placed = probe.runtime === 'java' ? join(folder, probe.fileName) : script;
  await writeFile(placed, probe.source);
  const runner = createRunner({
    mode: 'record',
    home: join(folder, 'home'),
    ...options.runner,
    hosts: [...(options.runner?.hosts ?? []), `${probeHost}=openai`],
  });
  const result = await runner.run({
    command: probe.command(runtime.file, placed),
    cwd: folder,
    env: { PROBE_URL: `https://${probeHost}/v1/chat/completions`, GO111MODULE: 'off' },
    responder: probeAnswer,
    stdio: 'capture',
    timeoutMs: options.timeoutMs ?? 90_000,
  });
  return judge(result, probe);
}

interface Line {
  readonly client: string;
  readonly status?: number;
  readonly error?: string;
  readonly missing?: boolean;
}

function judge(result: RunResult, probe: Probe): readonly ClientCheck[] {
  const recorded = new Set<string | null>();
  for (const { request, answer } of result.session.exchanges()) {
    if (answerBody(answer).length > 0)
      recorded.add(new URL(request.path, 'https://x').searchParams.get('client'));
  }
  const lines = outputOf(result, 'stdout').split('\n').flatMap(readLine);
  if (lines.length === 0) {
    const said = outputOf(result, 'stderr').trim().split('\n').slice(-3).join(' ');
    const why = result.timedOut ? 'it did not end in time' : said || `it ended with code ${result.exitCode}`;
    return [{ client: probe.runtime, outcome: 'failed', why, advice: 'Run it without Rewind first.' }];
  }
  return lines.map(line => judgeLine(line, recorded.has(line.client), probe.advice));
}

function judgeLine(line: Line, recorded: boolean, advice: string): ClientCheck {
  const { client, error } = line;
  if (line.missing) return { client, outcome: 'missing' };
  if (recorded && line.status === 200) return { client, outcome: 'captured' };
  const why = error ?? `it got the status ${line.status}`;
  if (recorded)
    return { client, outcome: 'failed', why, advice: 'Please report this as a defect of Rewind.' };
  // A client that turns our certificate down has been at the proxy.
  if (/certificate|\bCERT|SSL|TLS|PKIX|issuer/i.test(why)) {
    return { client, outcome: 'failed', why, advice: `It does not trust Rewind's CA. ${advice}` };
  }
  return { client, outcome: 'bypassed', why, advice };
}

function readLine(text: string): Line[] {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null && 'client' in line ? [line as Line] : [];
  } catch {
    return []; // a runtime's own chatter
  }
}

function outputOf(result: RunResult, stream: 'stdout' | 'stderr'): string {
  const pieces = result.session.output.filter(piece => piece.stream === stream);
  return Buffer.concat(pieces.map(piece => piece.bytes)).toString('utf8');
}

/** A chat completion that says nothing. */
const probeAnswer: Responder = {
  respond: async (_ask, reply) => {
    const body = Buffer.from(
      JSON.stringify({
        id: 'chatcmpl-probe',
        object: 'chat.completion',
        created: 0,
        model: 'probe',
        choices: [{ index: 0, message: { role: 'assistant', content: 'probe' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      }),
    );
    const headers = [
      ['content-type', 'application/json'],
      ['content-length', String(body.length)],
    ] as const;
    reply.head({ status: 200, reason: 'OK', headers });
    await reply.chunk(body);
    reply.end();
  },
};

function executableIn(folder: string, name: string): string | undefined {
  try {
    return commandPath(join(folder, name), '/', {});
  } catch {
    return undefined;
  }
}

/** A virtual environment's python is a link to another, and yet a runtime of its own. */
function identityOf(file: string, probe: Probe): string {
  return probe.runtime === 'python' ? realpathSync(dirname(file)) : realpathSync(file);
}

async function runtimeOf(file: string, probe: Probe): Promise<Runtime | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)(file, [...probe.versionFlags], { timeout: 10_000 });
    const version = (stdout || stderr).split('\n', 1)[0]?.trim();
    return version ? { id: probe.runtime, file, version } : undefined;
  } catch {
    return undefined; // a shim without the program behind it
  }
}
