import type { Command } from 'commander';
import type { BehaviourChange } from '../../emulator/behaviour.ts';
import { startEmulator } from '../../emulator/emulator.ts';
import { loadScript } from '../../emulator/script.ts';
import { RewindError } from '../../errors.ts';
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
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .description('Run the embedded provider: a local server that speaks OpenAI, Anthropic, Gemini and more.')
    .option('-p, --port <port>', 'on 127.0.0.1; 0 = a free one', portNumber, 0)
    .option('--script <file>', 'what the models say (docs/emulator.md)')
    .option('--behaviour <json>', 'how they behave, for example \'{"latency":{"firstByteMs":300}}\'')
    .option('--seed <text>', 'seeds ids and noise')
    .option('--json', 'one line of JSON once it listens (docs/json.md)')
    .action(run);
  examples(command, [
    ['rewind emulator --port 8080', 'then, in another terminal:'],
    ['rewind record --upstream api.openai.com=http://127.0.0.1:8080 python agent.py', ''],
  ]);
}

async function run(options: Options): Promise<void> {
  const emulator = await startEmulator({
    port: options.port,
    ...(options.script === undefined ? {} : { script: await loadScript(options.script) }),
    ...(options.behaviour === undefined ? {} : { behaviour: behaviourOf(options.behaviour) }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  });
  if (options.json) printJsonLine({ event: 'listening', url: emulator.url });
  else out.line(`Embedded provider on ${emulator.url} (Ctrl-C stops it)`);
  await untilStopped();
  await emulator.close();
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
