import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RewindError } from '../errors.ts';
import type { Answer } from '../wire/exchange.ts';
import { FAMILIES, type Fault, type Operator, type Target } from './operator.ts';
import { OPERATORS } from './operators.ts';

/** The built-in operators and the user's own: modules whose default export is an operator or a list of them. */
export async function loadOperators(paths: readonly string[]): Promise<readonly Operator[]> {
  const own = await Promise.all(paths.map(loadModule));
  const all = [...OPERATORS, ...own.flat()];
  const twice = all.find(({ id }, i) => all.findIndex(other => other.id === id) !== i);
  if (twice) throw bad(twice.id, 'there is one of this id already', 'Give it an id of its own.');
  return all;
}

async function loadModule(path: string): Promise<readonly Operator[]> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(resolve(path)).href)) as typeof module;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RewindError(
      'bad-operator',
      `${path} cannot be loaded: ${why}`,
      'docs/mutate.md shows an operator.',
      {
        cause,
      },
    );
  }
  return [module.default].flat().map(one => {
    if (isOperator(one)) return checked(one);
    throw bad(
      path,
      'its default export is no operator',
      `Needed are id (kebab-case), family (${FAMILIES.join(', ')}), summary, priority (1 to 3) and plan (docs/mutate.md).`,
    );
  });
}

/** What its author wrote may throw, and give what is no fault: that is no defect of ours. */
function checked(operator: Operator): Operator {
  const plan = (target: Target): readonly Fault[] => {
    const where = `${operator.id}, at request ${target.exchange.seq}`;
    let faults: unknown;
    try {
      faults = operator.plan(target);
    } catch (cause) {
      const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      throw bad(where, `its plan() threw ${why}`, 'Faults of it are planned from the recording alone.');
    }
    if (Array.isArray(faults) && faults.every(isFault)) return faults;
    throw bad(
      where,
      'its plan() gives something else than a list of faults',
      `Each needs answer (an Answer, or 'hang'), times (${TIMES.join(', ')}), lost and detail (docs/mutate.md).`,
    );
  };
  // It may be of a class.
  return Object.create(operator, { plan: { value: plan } }) as Operator;
}

const TIMES: readonly Fault['times'][] = ['once', 'always', 'from-here'];

function isFault(value: unknown): value is Fault {
  if (typeof value !== 'object' || value === null) return false;
  const { answer, times, lost, detail } = value as Partial<Record<keyof Fault, unknown>>;
  return (
    (answer === 'hang' || isAnswer(answer)) &&
    (TIMES as readonly unknown[]).includes(times) &&
    typeof lost === 'boolean' &&
    typeof detail === 'string'
  );
}

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false;
  const { chunks, end } = value as Partial<Record<keyof Answer, unknown>>;
  return (
    Array.isArray(chunks) &&
    chunks.every(chunk => typeof chunk?.at === 'number' && chunk.bytes instanceof Uint8Array) &&
    typeof (end as Answer['end'] | undefined)?.kind === 'string'
  );
}

function isOperator(value: unknown): value is Operator {
  if (typeof value !== 'object' || value === null) return false;
  const { id, family, summary, priority, plan } = value as Partial<Record<keyof Operator, unknown>>;
  return (
    typeof id === 'string' &&
    /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id) &&
    (FAMILIES as readonly unknown[]).includes(family) &&
    typeof summary === 'string' &&
    (priority === 1 || priority === 2 || priority === 3) &&
    typeof plan === 'function'
  );
}

const bad = (what: string, why: string, hint: string): RewindError =>
  new RewindError('bad-operator', `Operator ${what}: ${why}`, hint);
