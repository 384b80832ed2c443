import { constants } from 'node:os';

/** Exit codes, for `rewind help exit-codes`, docs/cli.md and the code. */
export const EXIT = {
  ok: 0,
  /** `diff` found differences; `bisect` found what was not expected; `mutate` a verdict of `--fail-on`; `doctor` found something broken. */
  negative: 1,
  /** Bad usage or input, or something Rewind could not do. */
  failed: 2,
  /** A defect of Rewind (EX_SOFTWARE of sysexits.h). */
  defect: 70,
  /** A replay or fork met what was never recorded: not on the menu. */
  miss: 86,
  /** `record`, `replay`, `fork`: Rewind itself failed, the command's own code is unknown (as `timeout`, `env` and `docker run`). */
  wrapper: 125,
  notExecutable: 126,
  notFound: 127,
  interrupted: 130,
} as const;

export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'done; diff: no difference'],
  [
    '1',
    'diff: the sessions differ; bisect: not what --expect expects; mutate: a verdict of --fail-on; doctor: something is broken',
  ],
  ['2', 'bad usage or input, or something that could not be done; stderr says what and what to do'],
  ['70', 'a defect of Rewind, printed with its stack'],
  ['86', 'replay, fork: something asked for was never recorded (a miss), or a fork did not come to its step'],
  ['125', 'record, replay, fork: Rewind failed before the command had ended'],
  ['126', 'record, replay, fork: the command cannot be executed'],
  ['127', 'record, replay, fork: the command was not found'],
  ['128 + n', 'ended by signal n, as in a shell: 130 for Ctrl-C, 143 for TERM'],
  ['other', 'record, replay, fork: the code of the command itself'],
];

/** A command's end as a shell reports it. */
export function shellCode(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) return code;
  return 128 + (signal ? constants.signals[signal] : 0);
}
