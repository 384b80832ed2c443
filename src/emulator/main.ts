import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RewindError } from '../errors.ts';
import type { BehaviourChange } from './behaviour.ts';
import { startEmulator } from './emulator.ts';
import { loadScript } from './script.ts';

const HELP = `Runs the embedded provider: a local server that speaks OpenAI, Anthropic, Gemini and more.

  --port N           listen on 127.0.0.1:N (default: a free port, printed)
  --script FILE      what the models say (JSON, see docs/emulator.md)
  --behaviour JSON   how they behave, for example {"latency":{"firstByteMs":300}}
  --seed TEXT        seeds ids and noise
  --key FILE --cert FILE   HTTPS too, on the same port (PEM)
`;

/** `node src/emulator/main.ts --port 8080 --script script.json` */
export async function main(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: text,
      script: text,
      behaviour: text,
      seed: text,
      key: text,
      cert: text,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const { key, cert } = values;
  const emulator = await startEmulator({
    port: portOf(values.port),
    ...(values.script === undefined ? {} : { script: await loadScript(values.script) }),
    ...(values.behaviour === undefined ? {} : { behaviour: behaviourOf(values.behaviour) }),
    ...(values.seed === undefined ? {} : { seed: values.seed }),
    ...(key !== undefined && cert !== undefined
      ? { tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } }
      : {}),
  });
  console.log(`Emulator on ${[emulator.url, emulator.tlsUrl].filter(Boolean).join(' and ')}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close());
}

function portOf(value: string | undefined): number {
  const port = Number(value ?? 0);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new RewindError('bad-port', `${value} is not a port.`, 'Give a number from 0 to 65535.');
}

function behaviourOf(json: string): BehaviourChange {
  try {
    return JSON.parse(json) as BehaviourChange;
  } catch (error) {
    throw new RewindError('bad-behaviour', '--behaviour is not JSON.', 'See docs/emulator.md.', {
      cause: error,
    });
  }
}

if (import.meta.main) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof RewindError ? `${error.message} ${error.hint}` : error);
    process.exitCode = 1;
  });
}
