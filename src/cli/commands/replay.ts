import { type Command, Option } from 'commander';
import { createRunner } from '../../launch/runner.ts';
import { keepYoungGenerationSmall } from '../../proxy/young-generation.ts';
import { openHome } from '../../sessions/home.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import { summarise } from '../../sessions/summary.ts';
import { loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { namedPartsOf } from '../named-parts.ts';
import { speed, wholeNumber } from '../option-values.ts';
import { type RecordingOptions, runFromRecording, tellRunFromRecording } from '../run-from-recording.ts';
import { runOptions } from '../run-options.ts';
import { addSaved, savedBy } from '../saved.ts';
import { sessionJson } from '../session-json.ts';
import { TapeFamily } from '../tape-family.ts';

interface Options extends RecordingOptions {
  readonly speed: number | 'instant';
  readonly match: 'strict' | 'loose';
  readonly missStatus: '599' | '422';
  readonly failFast?: boolean;
  readonly tools?: 'tape' | 'run';
  readonly until?: number;
  readonly offline?: boolean;
}

export function define(command: Command): void {
  command
    .usage('[options] <session> [-- <command…>]')
    .argument('<session>', 'beginning of an id, a name, `latest`, or a .rw file')
    .argument('[command...]', 'another command than the recorded one')
    .option('-n, --name <name>', 'a name for the session that this run makes')
    .option(
      '-s, --speed <factor>',
      'instant, or 1x for the recorded times, 2x for twice as fast',
      speed,
      'instant',
    )
    .addOption(
      new Option('--match <mode>', 'loose: nearest unused request of the endpoint, where none is equal')
        .choices(['strict', 'loose'])
        .default('strict'),
    )
    .addOption(
      new Option('--miss-status <status>', 'HTTP status of a miss; 422 for clients that retry every 5xx')
        .choices(['599', '422'])
        .default('599'),
    )
    .option('--fail-fast', 'stop the command at the first miss')
    .option('--until <call>', 'answer from the recording up to this call only', wholeNumber)
    .option(
      '--allow-live',
      'go on with the real provider from the first miss: a new session, a fork. This costs money',
    )
    .addOption(
      new Option(
        '--tools <how>',
        "tools that use Rewind's helper: answer all from the recording, or run all again (docs/tools.md)",
      ).choices(['tape', 'run']),
    )
    .option('--offline', 'refuse all other traffic of the command too')
    .action(replay);
  examples(runOptions(command), [
    ['rewind replay latest', 'the recorded command on the recorded answers'],
    ['rewind replay 7f3a -- python agent.py --verbose', 'another command'],
    ['rewind replay latest --speed 1x', 'as slow as it was'],
    ['rewind replay refund --fail-fast --json', 'for CI: exit code 86 when a request was never recorded'],
    ['rewind replay latest --until 4 --allow-live', 'fork behind call 4'],
    ['rewind replay latest --tools tape', 'no tool has its effects a second time'],
  ]);
}

async function replay(ref: string, given: readonly string[], options: Options): Promise<void> {
  // Before the tape is read: what has grown stays.
  keepYoungGenerationSmall();
  const config = loadConfig(process.cwd());
  const home = openHome();
  const source = resolveSession(home, ref);
  const run = runFromRecording(source, given, options, config);
  const stop = new AbortController();
  const tapes = new TapeFamily(source, namedPartsOf(home, source), {
    ...run.tape,
    match: options.match,
    speed: options.speed,
    missStatus: options.missStatus === '422' ? 422 : 599,
    ...(options.tools ? { tools: options.tools } : {}),
    ...(options.until === undefined ? {} : { until: options.until }),
    ...(options.failFast ? { onMiss: () => stop.abort(), onToolMiss: () => stop.abort() } : {}),
  });
  const runner = createRunner({
    ...run.runner,
    mode: run.live ? 'fork' : 'replay',
    ...(options.tools ? { tools: options.tools } : {}),
    otherTraffic: options.offline ? 'refuse' : 'pass',
  });
  try {
    const result = await runner.run({
      command: run.command,
      cwd: run.cwd,
      responder: tapes.main,
      named: (name, nth) => tapes.named(name, nth),
      stdio: 'inherit',
      signal: stop.signal,
      parent: { session: source.start.id, ...(options.until === undefined ? {} : { step: options.until }) },
      ...(options.name === undefined ? {} : { name: options.name }),
    });
    const saved = tapes.replayed
      .map(({ session, report }) => savedBy(session, report, result.durationMs, config.prices))
      .reduce(addSaved);
    tellRunFromRecording(
      run,
      options,
      config,
      { source, result, report: tapes.report(), saved, stopped: stop.signal.aborted },
      { sessions: result.named.map(each => sessionJson(summarise(each, config.prices))) },
    );
  } finally {
    await run.live?.close();
  }
}
