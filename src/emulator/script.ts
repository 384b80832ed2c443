import { readFile } from 'node:fs/promises';
import { RewindError } from '../errors.ts';
import { ERROR_KINDS, type ErrorKind } from '../providers/error-bodies.ts';
import { type Behaviour, CODINGS, FAULT_KINDS, type FaultChange } from './behaviour.ts';
import type { ProviderName } from './prompt.ts';

/**
 * What the emulated model says. For each request the first turn that matches answers; where none does, the default
 * brain answers. Texts and tool arguments may hold templates, see `template.ts`.
 */
export interface Script {
  readonly description?: string;
  readonly turns: readonly Turn[];
}

export interface Turn {
  /** All given conditions must hold; absent = always. */
  readonly match?: TurnMatch;
  readonly answer: ScriptAnswer;
  /** Answers to give instead while the behaviour's `variant` has this name: another wording of the same turn. */
  readonly variants?: Readonly<Record<string, ScriptAnswer>>;
}

export interface TurnMatch {
  readonly provider?: ProviderName;
  /** Glob over the model asked for: `gpt-4o*`. */
  readonly model?: string;
  readonly system?: TextMatch;
  /** Of the last user message. */
  readonly user?: TextMatch;
  /** `false`: the user spoke last; `true`: a tool result came last; a glob: a result of such a tool came last. */
  readonly toolResult?: boolean | string;
  /** Only the n-th request (from 1) that meets this turn's other conditions. */
  readonly nth?: number;
}

/** A string is `contains`, case ignored. `matches` is a regular expression, case ignored; its groups are `{{match.1}}` … */
export type TextMatch = string | { readonly contains?: string; readonly matches?: string };

export type ScriptAnswer = Says | Fails | { readonly sequence: readonly ScriptAnswer[] };

/** Given parts come in this order: reasoning, text or refusal, tool calls. */
export interface Says {
  readonly reasoning?: string;
  readonly text?: string;
  readonly refusal?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly arguments?: unknown }[];
  /** Ends as if the token limit was met. */
  readonly truncated?: boolean;
  /** The text this many times over: for large answers. */
  readonly repeat?: number;
  /** Befalls this answer on its way: `slow`, `cut`, `reset`, `end-early`, or an error after some events of a stream. */
  readonly fault?: FaultChange;
  /** Content coding of this answer, in place of the behaviour's. */
  readonly encoding?: Behaviour['encoding'];
}

export interface Fails {
  readonly error: ScriptError;
}

/** An error in the vendor's own words; `message` replaces the vendor's. */
export interface ScriptError {
  readonly kind: ErrorKind;
  readonly message?: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** Reads a script from a JSON file; RewindError `bad-script` names what is wrong and where. */
export async function loadScript(file: string): Promise<Script> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new RewindError('bad-script', `The script ${file} cannot be read.`, 'Check the path.', {
      cause: error,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RewindError('bad-script', `The script ${file} is not JSON: ${reason}`, 'Mend the JSON.', {
      cause: error,
    });
  }
  return checkScript(value, file);
}

/** Checks a script that came from outside; `where` names it in errors. */
export function checkScript(value: unknown, where = 'script'): Script {
  const script = object(value, where, ['description', 'turns']);
  const turns = script.turns;
  if (!Array.isArray(turns)) bad(where, 'needs a list `turns`');
  turns.forEach((turn, index) => {
    checkTurn(turn, `${where}: turns[${index}]`);
  });
  return value as Script;
}

function checkTurn(value: unknown, where: string): void {
  const turn = object(value, where, ['match', 'answer', 'variants']);
  if (turn.match !== undefined) checkMatch(turn.match, `${where}.match`);
  checkAnswer(turn.answer, `${where}.answer`);
  if (turn.variants === undefined) return;
  for (const [name, answer] of Object.entries(object(turn.variants, `${where}.variants`))) {
    checkAnswer(answer, `${where}.variants.${name}`);
  }
}

function checkMatch(value: unknown, where: string): void {
  const match = object(value, where, ['provider', 'model', 'system', 'user', 'toolResult', 'nth']);
  for (const field of ['system', 'user'] as const) {
    const text = match[field];
    if (text === undefined || typeof text === 'string') continue;
    const { matches } = object(text, `${where}.${field}`, ['contains', 'matches']);
    if (typeof matches !== 'string') continue;
    try {
      new RegExp(matches, 'iu');
    } catch {
      bad(`${where}.${field}.matches`, `is not a regular expression: ${matches}`);
    }
  }
  if (match.nth !== undefined && !(Number.isInteger(match.nth) && Number(match.nth) > 0)) {
    bad(`${where}.nth`, 'must be a whole number from 1');
  }
}

function checkAnswer(value: unknown, where: string): void {
  const answer = object(value, where, [
    'reasoning',
    'text',
    'refusal',
    'toolCalls',
    'truncated',
    'repeat',
    'fault',
    'encoding',
    'error',
    'sequence',
  ]);
  if (answer.sequence !== undefined) {
    if (!Array.isArray(answer.sequence) || answer.sequence.length === 0) {
      bad(`${where}.sequence`, 'must be a list of answers');
    }
    answer.sequence.forEach((each, index) => {
      checkAnswer(each, `${where}.sequence[${index}]`);
    });
    return;
  }
  if (answer.error !== undefined) {
    const { kind } = object(answer.error, `${where}.error`, ['kind', 'message', 'retryAfter']);
    if (!ERROR_KINDS.includes(kind as ErrorKind)) {
      bad(`${where}.error.kind`, `must be one of ${ERROR_KINDS.join(', ')}`);
    }
    return;
  }
  if (answer.fault !== undefined) {
    const { kind } = object(answer.fault, `${where}.fault`, ['kind', 'delayMs', 'afterEvents']);
    if (!FAULT_KINDS.includes(kind as FaultChange['kind'])) {
      bad(`${where}.fault.kind`, `must be one of ${FAULT_KINDS.join(', ')}`);
    }
  }
  if (answer.encoding !== undefined && !CODINGS.includes(answer.encoding as Behaviour['encoding'])) {
    bad(`${where}.encoding`, `must be one of ${CODINGS.join(', ')}`);
  }
  const calls = answer.toolCalls;
  if (calls !== undefined && !(Array.isArray(calls) && calls.every(call => typeof call?.name === 'string'))) {
    bad(`${where}.toolCalls`, 'must be a list of {name, arguments}');
  }
  if (!['text', 'refusal', 'toolCalls', 'reasoning'].some(field => answer[field] !== undefined)) {
    bad(where, 'needs one of text, toolCalls, refusal, reasoning, error, sequence');
  }
}

function object(value: unknown, where: string, fields?: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) bad(where, 'must be an object');
  const extra = fields && Object.keys(value).find(key => !fields.includes(key));
  if (extra !== undefined) bad(where, `has an unknown field \`${extra}\`; known are ${fields!.join(', ')}`);
  return value as Record<string, unknown>;
}

function bad(where: string, what: string): never {
  throw new RewindError('bad-script', `${where} ${what}.`, 'See docs/emulator.md for the form of a script.');
}
