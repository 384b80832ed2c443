import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { startEmulator } from '../../emulator/emulator.ts';
import { loadScript } from '../../emulator/script.ts';
import { RewindError } from '../../errors.ts';
import { openHome } from '../../sessions/home.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import { summarise } from '../../sessions/summary.ts';
import { duration } from '../amounts.ts';
import { exampleFile } from '../example-files.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson } from '../json-output.ts';
import { sessionJson } from '../session-json.ts';
import { shellWord } from '../session-line.ts';
import { err, out } from '../terminal.ts';
import { tidyAfter } from '../tidy-after.ts';

interface Options {
  readonly keep?: boolean;
  readonly json?: boolean;
}

/** What a provider takes to answer, so that the recorded run feels like one. */
const LATENCY = { firstByteMs: 400, perChunkMs: 25 };

export function define(command: Command): void {
  command
    .option('--keep', 'record into your own home, so that the session can be looked at afterwards')
    .option('--json', 'an object (docs/json.md)')
    .action(demo);
  examples(command, [['rewind demo', 'record an agent, stop the provider, replay it, look inside']]);
}

async function demo(options: Options): Promise<void> {
  if (options.keep) return show(options, openHome().path);
  const temporary = mkdtempSync(join(tmpdir(), 'rewind-demo-'));
  await tidyAfter(
    () => show(options, temporary),
    () => rmSync(temporary, { recursive: true, force: true }),
  );
}

async function show(options: Options, home: string): Promise<void> {
  const agent = exampleFile('typescript/quickstart.mjs');
  const emulator = await startEmulator({
    script: await loadScript(exampleFile('scripts/quickstart.json')),
    behaviour: { latency: LATENCY },
  });
  const run = (...words: string[]) => rewind(home, options.json ?? false, words);
  let calls: number;
  let recorded: Run;
  try {
    say(
      options,
      'A support agent with three tools, in plain fetch() calls. Its provider is a local stand-in: no key, no cost.',
    );
    const upstream = `api.openai.com=${emulator.url}`;
    recorded = await run('record', '--name', 'demo', '--upstream', upstream, process.execPath, agent);
    calls = emulator.requests.length;
    mustSucceed('recording', recorded);
  } finally {
    await emulator.close();
  }
  say(options, `The provider is stopped. The same agent again, on the ${calls} recorded answers:`);
  const replayed = await run('replay', 'latest');
  mustSucceed('replay', replayed);
  const same = replayed.stdout === recorded.stdout;
  say(
    options,
    same
      ? `The same output, byte for byte, in ${duration(replayed.ms)} instead of ${duration(recorded.ms)}, with no provider to ask.`
      : 'The output differs from the recorded one: this is a defect, please report it.',
  );
  const inspected = await run('inspect', 'latest');
  mustSucceed('inspect', inspected);
  if (options.json) {
    const source = resolveSession(openHome(home), 'latest');
    const replay = resolveSession(openHome(home), 'latest-replay');
    printJson({
      session: sessionJson(summarise(source)),
      replay: sessionJson(summarise(replay)),
      sameOutput: same,
      recordedCalls: calls,
    });
  }
  say(
    options,
    `That is all there is to it. Now with your own agent:\n\n  rewind record ${shellWord('python')} my_agent.py`,
  );
  if (!same) process.exitCode = EXIT.defect;
}

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** Runs a command of our own as the user would, its output shown as it comes and kept. */
function rewind(home: string, silent: boolean, words: readonly string[]): Promise<Run> {
  const c = out.colours;
  if (!silent) out.line(`\n${c.dim('$')} ${c.bold(`rewind ${words.map(shown).join(' ')}`)}`);
  const colour = out.colours.isColorSupported ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [process.argv[1]!, ...words], {
      env: {
        ...process.env,
        ...colour,
        REWIND_HOME: home,
        REWIND_UPSTREAM: '',
        OPENAI_API_KEY: 'no-key-needed',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (!silent) out.stream.write(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (!silent) err.stream.write(text);
    });
    child.on('error', reject);
    child.on('close', code => resolve({ code: code ?? 1, stdout, stderr, ms: performance.now() - started }));
  });
}

/** Programs by name: paths of this machine tell the reader nothing. */
const shown = (word: string): string =>
  word === process.execPath ? 'node' : shellWord(word.replace(/^.*(?=examples[\\/])/, ''));

function say({ json }: Options, text: string): void {
  if (json) return;
  out.line();
  for (const line of text.split('\n')) out.line(out.colours.yellow(line));
}

function mustSucceed(what: string, { code, stderr }: Run): void {
  if (code === 0) return;
  throw new RewindError(
    'demo-failed',
    `The ${what} ended with exit code ${code}: ${stderr.trim().split('\n').at(-1) ?? ''}`,
    '`rewind doctor` looks for the reason.',
  );
}
