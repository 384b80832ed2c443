import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { RewindError } from '../../errors.ts';
import { hookFiles } from '../../launch/hook-files.ts';
import { Interception } from '../../launch/interception.ts';
import { startProxy } from '../../proxy/proxy.ts';
import { openHome } from '../../sessions/home.ts';
import { VERSION } from '../../version.ts';
import { asObject } from '../../wire/json.ts';
import { CASSETTE_MODES, type CassetteRequest, CassetteServer } from '../cassette-server.ts';
import { loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { type Methods, notify, serveLines } from '../json-rpc-lines.ts';
import { trafficOptions } from '../run-options.ts';
import { safeText } from '../safe-text.ts';
import { err } from '../terminal.ts';
import { type TrafficOptions, trafficOf } from '../traffic.ts';

interface Options extends TrafficOptions {
  readonly allHttp?: boolean;
}

export function define(command: Command): void {
  trafficOptions(
    command
      .description(
        'Cassettes for a test run: JSON-RPC 2.0 on stdin and stdout, a message a line (docs/serve.md). Ends with its input.',
      )
      .option('--all-http', 'every HTTP exchange, not only LLM calls'),
  ).action(run);
  examples(command, [['rewind serve', 'what pytest, vitest, jest and node:test start']]);
}

async function run(options: Options): Promise<void> {
  const config = loadConfig(process.cwd());
  const home = openHome();
  const traffic = trafficOf(options, config);
  const upstream = traffic.upstream();
  const warn = (message: string) => err.line(`${err.colours.yellow('note:')} ${safeText(message)}`);
  const scope = options.allHttp ? 'all-http' : 'llm';
  const cassettes = new CassetteServer({
    home,
    config,
    upstream,
    hosts: traffic.hosts,
    scope,
    onWarning: warn,
  });
  const interception = new Interception({ ...traffic.runner, scope, onNotice: warn }, process.env);
  const folder = mkdtempSync(join(tmpdir(), 'rewind-serve-'));
  // Ends with its input: with the test run that started it, however that ends. Ctrl-C reaches both at once, and the run
  // has still to say how its test went.
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  process.on('SIGINT', () => process.stdin.isTTY && stop.abort());
  try {
    const ca = interception.authority(folder, home.path);
    const proxy = await startProxy({
      ...interception.proxyOptions(ca, cassettes),
      get webSockets() {
        return cassettes.replaying ? 'refuse' : 'pass';
      },
    });
    try {
      const env = interception.agentEnvironment({
        command: [],
        folder,
        ca,
        proxy,
        session: '',
        tools: proxy.toolUrl(),
      });
      const changed = Object.entries(env).filter(([name, value]) => process.env[name] !== value);
      notify(process.stdout, 'ready', {
        version: VERSION,
        url: proxy.url(),
        env: Object.fromEntries(changed),
        hooks: hookFiles(),
      });
      const methods: Methods = {
        open: params => cassettes.open(cassetteOf(params)),
        steps: () => cassettes.steps(),
        misses: () => cassettes.misses(),
        close: ({ passed }) => cassettes.finish({ passed: passed === true }),
      };
      await serveLines(process.stdin, process.stdout, methods, stop.signal);
      // Left open it would keep the process alive.
      process.stdin.destroy();
    } finally {
      await cassettes.shutdown();
      await proxy.close();
    }
  } finally {
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Recordings of other tools. */
const FOREIGN = /\.(ya?ml|json|har)$/i;

function cassetteOf(params: Readonly<Record<string, unknown>>): CassetteRequest {
  const { cassette, mode = 'replay', name, run } = params;
  const known = CASSETTE_MODES.find(each => each === mode);
  if (!known) {
    throw new RewindError('usage', `${String(mode)} is no mode`, `Modes are ${CASSETTE_MODES.join(', ')}.`);
  }
  if (
    typeof cassette !== 'string' ||
    !(cassette.endsWith('.rw') || (FOREIGN.test(cassette) && mode === 'replay'))
  ) {
    throw new RewindError(
      'usage',
      '`cassette` must be the path of a .rw file',
      'For example tests/cassettes/refund.rw. Cassettes of vcrpy and HAR files can be replayed, not written.',
    );
  }
  const { id, by } = asObject(run);
  return {
    path: resolve(cassette),
    mode: known,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof id === 'string' && typeof by === 'string' ? { run: { id, by } } : {}),
  };
}
