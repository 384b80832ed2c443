import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RewindError } from '../errors.ts';
import { FAMILIES, type Operator } from './operator.ts';
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
    if (isOperator(one)) return one;
    throw bad(
      path,
      'its default export is no operator',
      'Needed are id, family, summary, priority and plan (docs/mutate.md).',
    );
  });
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
