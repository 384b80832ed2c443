import { RewindError } from '../errors.ts';
import { changesSincePrevious } from '../timeline/changes.ts';
import { someText } from '../timeline/evaluate.ts';
import { type StepChange, spoken, stepDiff } from '../timeline/step-diff.ts';
import type { CallStep, Step } from '../timeline/timeline.ts';
import { plainText, quoted, shortLine } from './hostile-text.ts';
import * as moves from './moves.ts';
import { inSlices } from './slices.ts';
import type { Walk } from './walk.ts';
import { counted, editLine, laneName, stepLine } from './wording.ts';

/** A word of the debug console, for what clients have no button for. */
export interface ConsoleCommand {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  /** `text`: what was typed behind the command. */
  readonly run: (
    walk: Walk,
    words: readonly string[],
    requestId: number,
    text: string,
  ) => string | Promise<string>;
}

/** So many hits of `find` and lines of `list` are shown at once. */
const SHOWN = 50;

export const CONSOLE_COMMANDS: readonly ConsoleCommand[] = [
  command('next', 'next [n]', 'step over, n times', (walk, words) =>
    repeat(words, () => moves.stepOver(walk, null)),
  ),
  command(
    'into',
    'into',
    'step into the first tool call or sub-agent',
    doing(walk => moves.stepInto(walk, null)),
  ),
  command(
    'out',
    'out',
    'step out of a tool step or sub-agent',
    doing(walk => moves.stepOutOf(walk, null)),
  ),
  command('back', 'back [n]', 'step back, n times', (walk, words) =>
    repeat(words, () => moves.stepBack(walk, null)),
  ),
  command(
    'backinto',
    'backinto',
    'step back to whatever came just before',
    doing(walk => moves.stepBackInto(walk)),
  ),
  command(
    'backout',
    'backout',
    'step back out, to the call that asked for a tool or began a sub-agent',
    doing(walk => moves.stepBackOutOf(walk, null)),
  ),
  command(
    'continue',
    'continue',
    'run to the next breakpoint',
    doing(walk => moves.runOn(walk)),
  ),
  command(
    'reverse',
    'reverse',
    'run back to the breakpoint before',
    doing(walk => moves.runBack(walk)),
  ),
  command('goto', 'goto <step>', 'jump to a step', async (walk, words, requestId) => {
    const index = stepNumber(words[0], 'goto <step>');
    moves.checkedStep(await walk.recording.whole(requestId), index);
    moves.goTo(walk, index);
    return '';
  }),
  command('where', 'where', 'the current step', walk =>
    stepLine(walk.step, walk.recording.isSettled(walk.step.index)),
  ),
  command('list', 'list [from [to]]', 'the steps, or those around the current one', list),
  command('lanes', 'lanes', 'the lanes (conversations) of the recording', async (walk, _, requestId) =>
    (await walk.recording.whole(requestId)).lanes
      .map(lane => `${laneName(lane)}: ${counted(lane.steps.length, 'step')} from step ${lane.steps[0]}`)
      .join('\n'),
  ),
  command('diff', 'diff [step]', 'what changed since the call before, or since that step', diff),
  command('set', 'set <place> = <value>', 'edit a value; the agent is run with it when you go on', set),
  command('fork', 'fork', 'run the agent anew up to this step, with what was edited', walk => {
    walk.forkFrom(walk.step);
    return '';
  }),
  command('edits', 'edits [discard]', 'what was edited and not yet run', edits),
  command('why', 'why [session]', 'why this run went another way than its parent, or than that session', why),
  command('export', 'export [file]', 'write this session as a cassette (.rw)', (walk, [file, more]) => {
    const { exportSession } = walk.hands;
    if (!exportSession) throw notHere('export');
    if (more !== undefined)
      throw new RewindError('bad-command', 'export takes one path', 'Put a path with blanks in quotes.');
    return plainText(exportSession(walk.recording.session(), file ?? null));
  }),
  command('find', 'find "text"', 'the steps that say something', find),
  command('help', 'help', 'this list', () => HELP()),
];

/** The command that a line begins with; undefined for an expression. */
export function commandOf(
  line: string,
): { command: ConsoleCommand; words: readonly string[]; text: string } | undefined {
  const [, name, rest = ''] = /^\s*([a-z]+)(?:\s+([\s\S]*))?$/.exec(line) ?? [];
  const command = CONSOLE_COMMANDS.find(one => one.name === name);
  return command && { command, words: wordsOf(rest), text: rest };
}

function command(name: string, usage: string, help: string, run: ConsoleCommand['run']): ConsoleCommand {
  return { name, usage, help, run };
}

const HELP = (): string =>
  [
    ...CONSOLE_COMMANDS.map(({ usage, help }) => `${usage.padEnd(22)} ${help}`),
    '',
    'Anything else is an expression on the selected step: response.text, request.messages[-1].content,',
    'usage.total, $prev.usage.total, $step(4).response, $..content, usage.total > 1000 and model contains "mini"',
  ].join('\n');

function doing(move: (walk: Walk) => void): ConsoleCommand['run'] {
  return walk => {
    move(walk);
    return '';
  };
}

function repeat(words: readonly string[], move: () => void): string {
  const times = words[0] === undefined ? 1 : stepNumber(words[0], 'a number');
  if (times > 1000) throw new RewindError('bad-command', 'That is too often', 'Use goto <step>.');
  for (let i = 0; i < times; i++) move();
  return '';
}

function stepNumber(word: string | undefined, usage: string): number {
  if (word !== undefined && /^#?\d{1,9}$/.test(word)) return Number(word.replace('#', ''));
  throw new RewindError(
    'bad-command',
    `${word === undefined ? 'A number is missing' : `${word} is not a number`}`,
    `Write ${usage}.`,
  );
}

async function list(walk: Walk, words: readonly string[], requestId: number): Promise<string> {
  const { steps } = await walk.recording.whole(requestId);
  const last = steps.length - 1;
  const from =
    words[0] === undefined ? Math.max(0, walk.position - 5) : stepNumber(words[0], 'list [from [to]]');
  const given = words[1] === undefined ? undefined : stepNumber(words[1], 'list [from [to]]');
  const to = Math.min(last, given ?? from + 10);
  return steps
    .slice(from, to + 1)
    .map(
      step =>
        `${step.index === walk.position ? '→' : ' '} ${stepLine(step, walk.recording.isSettled(step.index))}`,
    )
    .join('\n');
}

async function diff(walk: Walk, words: readonly string[], requestId: number): Promise<string> {
  const { timeline, step } = walk;
  const call = callOf(walk, step);
  if (words[0] !== undefined) {
    const other = (await walk.recording.whole(requestId)).steps[
      moves.checkedStep(walk.timeline, stepNumber(words[0], 'diff [step]'))
    ]!;
    return changeLines(stepDiff(callOf(walk, other).call, call.call)) || 'no difference';
  }
  const { previous, newMessages, ...rest } = changesSincePrevious(timeline, call);
  if (previous === null) return 'This is the first call of its lane.';
  const added = newMessages.map(({ role, content, toolCalls }) => {
    const asked = toolCalls === undefined ? '' : ` ${JSON.stringify(toolCalls)}`;
    return `+ ${role}: ${shortLine(`${content}${asked}`, 500)}`;
  });
  const changed = Object.entries(rest).flatMap(([section, changes]) =>
    changes.map(change => changeLine({ section, ...change })),
  );
  return [`since step ${previous}:`, ...changed, ...added].join('\n');
}

function callOf(walk: Walk, step: Step): CallStep {
  return step.kind === 'call' ? step : (walk.timeline.steps[step.from] as CallStep);
}

const changeLines = (changes: readonly StepChange[]): string => changes.map(changeLine).join('\n');

function changeLine({
  section,
  field,
  before,
  after,
}: { readonly section: string } & Pick<StepChange, 'field' | 'before' | 'after'>): string {
  const side = (mark: string, text: string | undefined): readonly string[] =>
    text === undefined ? [] : [`  ${mark} ${shortLine(text, 500)}`];
  return plainText([`${section} ${field}`.trim(), ...side('-', before), ...side('+', after)].join('\n'));
}

/** The value is taken as it is typed: the words of a command have lost their quotes. */
function set(walk: Walk, _words: readonly string[], _requestId: number, line: string): string {
  const [, place, text] = /^\s*(\S[^=]*?)\s*=\s*([\s\S]*)$/.exec(line) ?? [];
  if (place === undefined || text === undefined)
    throw new RewindError('bad-command', 'There is nothing to set', 'Write set response.text = "…".');
  return editLine(walk.forks.edit(walk.step, place, text), walk.forks.goesLive);
}

function edits(walk: Walk, [word]: readonly string[]): string {
  const list = walk.forks.edits.list.map(
    ({ place, step, value }) => `step ${step}: ${place} = ${shortLine(JSON.stringify(value), 200)}`,
  );
  if (word === 'discard') {
    walk.forks.edits.clear();
    return `${counted(list.length, 'edit')} discarded`;
  }
  return list.join('\n') || 'Nothing is edited.';
}

function why(walk: Walk, [other]: readonly string[]): string {
  if (!walk.hands.why) throw notHere('why');
  return plainText(walk.hands.why(walk.recording.session(), other ?? null).text);
}

function notHere(name: string): RewindError {
  return new RewindError(
    'bad-command',
    `This adapter cannot ${name}`,
    'Use the command line: rewind --help.',
  );
}

async function find(walk: Walk, words: readonly string[], requestId: number): Promise<string> {
  const wanted = words.join(' ');
  if (wanted === '') throw new RewindError('bad-command', 'There is nothing to find', 'Write find "text".');
  const { steps } = await walk.recording.whole(requestId);
  const hits: string[] = [];
  let [looked, total] = [0, 0];
  function* work(): Generator<void, void> {
    for (const step of steps) {
      looked++;
      const where = placesOf(walk, step, wanted);
      if (where.length > 0 && ++total <= SHOWN) hits.push(`step ${step.index}: ${where.join(', ')}`);
      yield;
    }
  }
  await walk.tasks.run(
    `Rewind: looking for ${quoted(wanted)}`,
    task => inSlices(work(), task),
    () => `${looked} of ${counted(steps.length, 'step')}`,
    requestId,
  );
  if (total === 0) return `No step says ${quoted(wanted)}.`;
  const more = total > SHOWN ? [`and ${total - SHOWN} more`] : [];
  return [...hits, ...more, 'goto <step> goes there'].join('\n');
}

/** Where in a step a text stands: only what is new in it. */
function placesOf(walk: Walk, step: Step, wanted: string): readonly string[] {
  const says = (value: unknown): boolean => someText(value, text => text.includes(wanted));
  const view = walk.evaluator.view(step);
  if (step.kind === 'tool') {
    const { name, arguments: args, result, error } = view.tool as Record<string, unknown>;
    const parts = { name, arguments: args, result, error };
    return Object.entries(parts).flatMap(([part, value]) => (says(value) ? [`tool.${part}`] : []));
  }
  const { messages, system } = step.call;
  const first = messages.length - step.context.added;
  const fresh = messages
    .slice(first)
    .flatMap((message, i) =>
      spoken(message.parts).includes(wanted) ? [`request.messages[${first + i}]`] : [],
    );
  return [
    ...(step.context.history !== 'extended' && spoken(system).includes(wanted) ? ['request.system'] : []),
    ...fresh,
    ...(spoken(step.output.parts).includes(wanted) ? ['response'] : []),
    ...(says(step.error) ? ['error'] : []),
  ];
}

/** Words, quotes kept together and taken off. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '',
  );
}
