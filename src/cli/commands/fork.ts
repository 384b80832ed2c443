import type { Command } from 'commander';
import { RewindError } from '../../errors.ts';
import { createRunner } from '../../launch/runner.ts';
import { openHome } from '../../sessions/home.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import { forkRun } from '../../tape/fork.ts';
import { editedExchange, forkOf, type StepEdit, stepEdit } from '../../timeline/step-edit.ts';
import { type CallStep, type Timeline, timelineOf } from '../../timeline/timeline.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { collected, wholeNumber } from '../option-values.ts';
import { type RecordingOptions, runFromRecording, tellRunFromRecording } from '../run-from-recording.ts';
import { runOptions } from '../run-options.ts';
import { savedBy } from '../saved.ts';

interface Options extends RecordingOptions {
  readonly at: number;
  readonly edit?: readonly string[];
  readonly carry: boolean;
}

export function define(command: Command): void {
  command
    .usage('[options] <session> [-- <command…>]')
    .argument('<session>', 'beginning of an id, a name, `latest`, or a .rw file')
    .argument('[command...]', 'another command than the recorded one')
    .requiredOption('--at <step>', 'the step that is edited, as `rewind inspect` numbers it', wholeNumber)
    .option('-e, --edit <place=value>', 'what is different there (repeatable)', collected)
    .option('--allow-live', 'ask the real provider where the recording has no answer. This costs money')
    .option('--no-carry', 'no recorded answer for requests that carry an edited answer')
    .option('-n, --name <name>', 'a name for the fork')
    .action(fork);
  examples(runOptions(command), [
    ["rewind fork latest --at 2 --edit 'response.text=No refund.'", 'what if the model had said that?'],
    ['rewind fork latest --at 2 -e \'response.toolCalls[0].arguments.order="ORD-7"\'', 'other arguments'],
    ["rewind fork latest --at 0 -e 'request.messages[0].content=Be brief.' --allow-live", 'another prompt'],
    ["rewind fork latest --at 1 -e 'tool.result=no results' --allow-live", 'a tool step: another result'],
    ['rewind fork latest --at 4 --allow-live', 'ask the provider anew from step 4 on'],
  ]);
  command.addHelpText(
    'after',
    '\nPlaces are those of the debugger (docs/debugger.md, "Edit and fork"). The whole command runs again, its tools too.',
  );
}

async function fork(ref: string, given: readonly string[], options: Options): Promise<void> {
  const config = loadConfig(process.cwd());
  const source = resolveSession(openHome(), ref);
  const timeline = timelineOf(source, { prices: config.prices });
  const { call, edits } = readEdits(timeline, options);
  const run = runFromRecording(source, given, options, config);
  const { tape, inFront, reached } = forkRun(forkOf(source, call, edits), {
    ...run.tape,
    carry: options.carry,
  });
  const runner = createRunner({ ...run.runner, mode: 'fork', inFront });
  try {
    const result = await runner.run({
      command: run.command,
      cwd: run.cwd,
      responder: tape,
      stdio: 'inherit',
      parent: { session: source.start.id, step: call.index },
      ...(options.name === undefined ? {} : { name: options.name }),
    });
    const report = tape.report();
    const wasReached = reached() !== null;
    if (!wasReached)
      run.notices.add(`The command did not come to step ${call.index}: it took another way before.`);
    const saved = savedBy(source, report, result.durationMs, config.prices);
    tellRunFromRecording(
      run,
      options,
      config,
      { source, result, report, saved, reached: wasReached },
      {
        step: call.index,
        edits: edits.map(({ place, step, value }) => ({ step, place, value })),
        reached: wasReached,
      },
    );
  } finally {
    await run.live?.close();
  }
}

/** Edits are made one on the other. Throws RewindError before anything runs. */
function readEdits(
  timeline: Timeline,
  { at, edit = [], allowLive }: Options,
): { readonly call: CallStep; readonly edits: readonly StepEdit[] } {
  const step = timeline.steps[at];
  if (!step)
    throw new RewindError(
      'no-such-step',
      `There is no step ${at}`,
      timeline.steps.length === 0
        ? ''
        : `Steps are 0 to ${timeline.steps.length - 1}; \`rewind inspect\` lists them.`,
    );
  if (edit.length === 0 && !allowLive)
    throw new RewindError(
      'nothing-edited',
      'Without an edit a fork only repeats the recording',
      "Add --edit 'response.text=…', or --allow-live to ask the provider from this step on.",
    );
  const exchanges = new Map<number, Exchange>();
  const now = (seq: number): Exchange => exchanges.get(seq) ?? timeline.session.exchange(seq);
  const edits = edit.map(text => {
    const [, place, value] = /^\s*([^=]+?)\s*=([\s\S]*)$/.exec(text) ?? [];
    if (place === undefined || value === undefined)
      throw new RewindError(
        'bad-option',
        `--edit ${text} is not PLACE=VALUE`,
        "Write --edit 'response.text=…'.",
      );
    const made = stepEdit(timeline, step, place, value, now);
    exchanges.set(made.call.seq, editedExchange(now(made.call.seq), made));
    return made;
  });
  const call = step.kind === 'call' ? step : (timeline.steps[step.from] as CallStep);
  return { call: edits[0]?.call ?? call, edits };
}
