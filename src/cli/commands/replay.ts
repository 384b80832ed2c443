import { type Command, Option } from 'commander';
import { createRunner } from '../../launch/runner.ts';
import { keepYoungGenerationSmall } from '../../proxy/young-generation.ts';
import { openHome } from '../../sessions/home.ts';
import { Redactor } from '../../sessions/redaction.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import { summarise } from '../../sessions/summary.ts';
import { loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { EXIT, shellCode } from '../exit-codes.ts';
import { giveJson } from '../json-output.ts';
import { missJson, printMisses, printToolMisses, toolMissJson } from '../miss-report.ts';
import { namedPartsOf } from '../named-parts.ts';
import { Notices } from '../notices.ts';
import { speed, wholeNumber } from '../option-values.ts';
import { replayLine } from '../replay-line.ts';
import {
  extraHosts,
  llmTest,
  makeUpstream,
  type RunOptions,
  runOptions,
  upstreamMappings,
} from '../run-options.ts';
import { addSaved, savedBy } from '../saved.ts';
import { sessionJson } from '../session-json.ts';
import { TapeFamily } from '../tape-family.ts';
import { err } from '../terminal.ts';
import { whatToRun } from '../what-to-run.ts';

interface Options extends RunOptions {
  readonly speed: number | 'instant';
  readonly match: 'strict' | 'loose';
  readonly missStatus: '599' | '422';
  readonly failFast?: boolean;
  readonly tools?: 'tape' | 'run';
  readonly allowLive?: boolean;
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
  const { command, cwd } = whatToRun(source, given);
  const notices = new Notices();
  if (cwd.note) notices.add(cwd.note);
  for (const warning of source.warnings) notices.add(`the recording: ${warning}`);

  const mappings = upstreamMappings(options, config);
  const hosts = [...new Set([...(source.start.extraHosts ?? []), ...extraHosts(config, mappings)])];
  const live = options.allowLive ? makeUpstream(options, mappings) : undefined;
  const stop = new AbortController();
  const redactor = new Redactor(config.redact);
  const tapes = new TapeFamily(source, namedPartsOf(home, source), {
    rules: config.match,
    match: options.match,
    speed: options.speed,
    missStatus: options.missStatus === '422' ? 422 : 599,
    redact: request => redactor.request(request),
    redactTool: value => redactor.json(value),
    ...(options.tools ? { tools: options.tools } : {}),
    ...(options.until === undefined ? {} : { until: options.until }),
    ...(live ? { live } : {}),
    ...(options.failFast ? { onMiss: () => stop.abort(), onToolMiss: () => stop.abort() } : {}),
  });
  const runner = createRunner({
    mode: live ? 'fork' : 'replay',
    ...(options.tools ? { tools: options.tools } : {}),
    scope: source.start.scope,
    hosts,
    isLlm: llmTest(hosts),
    // Neither may reach a provider behind our back.
    webSockets: live ? 'pass' : 'refuse',
    keysFor: live ? [] : [source],
    otherTraffic: options.offline ? 'refuse' : 'pass',
    baseUrls: options.baseUrls ?? false,
    ...(options.sites ? { sites: options.sites } : {}),
    userCode: config.sites,
    redact: config.redact,
    onNotice: message => notices.add(message),
  });
  try {
    const result = await runner.run({
      command,
      cwd: cwd.path,
      responder: tapes.main,
      named: (name, nth) => tapes.named(name, nth),
      stdio: 'inherit',
      signal: stop.signal,
      parent: { session: source.start.id, ...(options.until === undefined ? {} : { step: options.until }) },
      ...(options.name === undefined ? {} : { name: options.name }),
    });
    const report = tapes.report();
    const code = shellCode(result.exitCode, result.exitSignal);
    process.exitCode = report.misses.length + report.tools.misses.length > 0 ? EXIT.miss : code;
    const saved = tapes.replayed
      .map(({ session, report: each }) => savedBy(session, each, result.durationMs, config.prices))
      .reduce(addSaved);
    if (!options.quiet) {
      notices.print();
      printMisses(report.misses);
      printToolMisses(report.tools.misses);
      err.line(
        replayLine(
          { report, saved, source, session: result.session, exitCode: code, stopped: stop.signal.aborted },
          err.colours,
        ),
      );
    }
    giveJson(options, () => ({
      session: sessionJson(summarise(result.session, config.prices)),
      source: sessionJson(summarise(source, config.prices)),
      exitCode: result.exitCode,
      exitSignal: result.exitSignal,
      answers: report.answers,
      misses: report.misses.map(missJson),
      neverAsked: report.neverAsked,
      tools: report.tools.answers,
      toolMisses: report.tools.misses.map(toolMissJson),
      sessions: result.named.map(each => sessionJson(summarise(each, config.prices))),
      saved,
      warnings: notices.list(),
    }));
  } finally {
    await live?.close();
  }
}
