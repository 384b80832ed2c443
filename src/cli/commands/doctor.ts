import { type Command, InvalidArgumentError } from 'commander';
import {
  type ClientCheck,
  checkRuntimes,
  findRuntimes,
  type Runtime,
  type RuntimeCheck,
} from '../../launch/runtimes.ts';
import { type Check, checks } from '../doctor-checks.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson } from '../json-output.ts';
import { startProgress } from '../progress.ts';
import { safeLine } from '../safe-text.ts';
import { shortPath } from '../session-line.ts';
import { out } from '../terminal.ts';

interface Options {
  readonly json?: boolean;
}

const RUNTIMES: readonly Runtime['id'][] = ['node', 'python', 'curl', 'go', 'java', 'ruby', 'deno', 'bun'];

export function define(command: Command): void {
  command
    .description(
      'Record a call with every runtime found on this machine, and see whether it was captured. Nothing leaves the machine.',
    )
    .argument('[runtime...]', `only these: ${RUNTIMES.join(', ')}`, runtimeNames)
    .option('--json', 'an object (docs/json.md)')
    .action(doctor);
  examples(command, [
    ['rewind doctor', 'exit code 1 when something is broken'],
    ['rewind doctor python node', 'only these runtimes'],
  ]);
}

async function doctor(only: readonly string[], options: Options): Promise<void> {
  const basics: Check[] = [];
  for (const check of checks) {
    const result = await check();
    basics.push(result);
    if (!options.json) printCheck(result);
  }
  const progress = startProgress('looking for runtimes');
  const results: RuntimeCheck[] = [];
  try {
    const found = await findRuntimes();
    const wanted = only.length > 0 ? found.filter(({ id }) => only.includes(id)) : found;
    for (const runtime of wanted) {
      progress.update(`recording a call with ${runtime.version} (${runtime.file})`);
      for (const result of await checkRuntimes([runtime])) {
        results.push(result);
        progress.clear();
        if (!options.json) printRuntime(result);
      }
    }
  } finally {
    progress.done();
  }
  const broken = results.flatMap(({ clients }) => clients).filter(isBroken);
  const ok = basics.every(check => check.ok) && broken.length === 0;
  if (!ok) process.exitCode = EXIT.negative;
  if (options.json) return printJson({ ok, checks: basics.map(checkJson), runtimes: results });
  const c = out.colours;
  out.line();
  if (ok) out.line(c.green(`All is well: every client of ${results.length} runtimes was captured.`));
  else
    out.line(
      c.red('Something is broken, see above. A call that was not captured would be billed in a replay.'),
    );
}

function printCheck({ name, ok, detail, advice }: Check): void {
  const c = out.colours;
  out.line(`${ok ? c.green('✓') : c.red('✗')} ${name.padEnd(14)} ${safeLine(detail)}`);
  if (!ok && advice) out.line(`                 ${c.yellow(safeLine(advice))}`);
}

function printRuntime({ runtime, clients }: RuntimeCheck): void {
  const c = out.colours;
  const ok = !clients.some(isBroken);
  const captured = clients.filter(({ outcome }) => outcome === 'captured').map(({ client }) => client);
  out.line(
    `${ok ? c.green('✓') : c.red('✗')} ${runtime.id.padEnd(14)} ${captured.join(c.dim(' · ')) || '–'} ` +
      c.dim(`(${versionNumber(runtime.version)}, ${shortPath(runtime.file)})`),
  );
  for (const { client, outcome, why, advice } of clients.filter(isBroken)) {
    out.line(`                 ${c.red(`${client} ${outcome}`)}${why ? `: ${safeLine(why)}` : ''}`);
    if (advice) out.line(`                 ${c.yellow(safeLine(advice))}`);
  }
}

const versionNumber = (text: string): string => /\d+(\.\d+)+/.exec(text)?.[0] ?? safeLine(text);

const isBroken = ({ outcome }: ClientCheck): boolean => outcome === 'bypassed' || outcome === 'failed';

const checkJson = ({ name, ok, detail, advice }: Check): object => ({
  name,
  ok,
  detail,
  advice: advice ?? null,
});

function runtimeNames(text: string, before: readonly string[] | undefined): readonly string[] {
  if ((RUNTIMES as readonly string[]).includes(text)) return [...(before ?? []), text];
  throw new InvalidArgumentError(`Known are ${RUNTIMES.join(', ')}.`);
}
