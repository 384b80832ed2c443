import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Command } from 'commander';
import type { BehaviourChange } from '../../emulator/behaviour.ts';
import { startEmulator } from '../../emulator/emulator.ts';
import { loadScript } from '../../emulator/script.ts';
import { RewindError } from '../../errors.ts';
import { fileError } from '../../sessions/file-error.ts';
import { examples } from '../examples.ts';
import { printJsonLine } from '../json-output.ts';
import { portNumber } from '../option-values.ts';
import { out } from '../terminal.ts';
import { untilStopped } from '../until-stopped.ts';

interface Options {
  readonly port: number;
  readonly script?: string;
  readonly behaviour?: string;
  readonly seed?: string;
  readonly key?: string;
  readonly cert?: string;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .description('Run the embedded provider: a local server that speaks OpenAI, Anthropic, Gemini and more.')
    .option('-p, --port <port>', 'on 127.0.0.1; 0 = a free one', portNumber, 0)
    .option('--script <file>', 'what the models say (docs/emulator.md)')
    .option('--behaviour <json>', 'how they behave, for example \'{"latency":{"firstByteMs":300}}\'')
    .option('--seed <text>', 'seeds ids and noise')
    .option('--key <file>', 'with --cert: speaks TLS on the same port too (PEM)')
    .option('--cert <file>', 'its certificate and what it is signed by (PEM)')
    .option('--json', 'one line of JSON once it listens (docs/json.md)')
    .action(run);
  examples(command, [
    ['rewind emulator --port 8080', 'then, in another terminal:'],
    ['rewind record --upstream api.openai.com=http://127.0.0.1:8080 python agent.py', ''],
    ['rewind emulator --port 8443 --key key.pem --cert cert.pem', 'HTTPS and HTTP/2 on the same port'],
  ]);
}

async function run(options: Options): Promise<void> {
  const emulator = await startEmulator({
    port: options.port,
    ...(options.script === undefined ? {} : { script: await loadScript(options.script) }),
    ...(options.behaviour === undefined ? {} : { behaviour: behaviourOf(options.behaviour) }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...tlsOf(options),
  });
  const { url, tlsUrl } = emulator;
  if (options.json) printJsonLine({ event: 'listening', url, tlsUrl: tlsUrl ?? null });
  else out.line(`Embedded provider on ${[url, tlsUrl].filter(Boolean).join(' and ')} (Ctrl-C stops it)`);
  await untilStopped();
  await emulator.close();
}

function tlsOf({ key, cert }: Options): { readonly tls?: { readonly key: string; readonly cert: string } } {
  if (key === undefined && cert === undefined) return {};
  if (key === undefined || cert === undefined)
    throw new RewindError('usage', '--key and --cert go together', 'See `rewind emulator --help`.');
  const tls = { key: pemFile(key), cert: pemFile(cert) };
  try {
    createSecureContext(tls);
  } catch (cause) {
    throw new RewindError(
      'bad-certificate',
      `${key} and ${cert} are no key and certificate that belong together`,
      'Both must be PEM; openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem makes a pair.',
      { cause },
    );
  }
  return { tls };
}

function pemFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(error, 'read', path);
  }
}

function behaviourOf(json: string): BehaviourChange {
  try {
    return JSON.parse(json) as BehaviourChange;
  } catch (cause) {
    throw new RewindError('bad-behaviour', '--behaviour is not JSON', 'docs/emulator.md shows its form.', {
      cause,
    });
  }
}
