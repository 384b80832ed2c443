import { type CassetteOptions, OpenSession, type RewindSession } from './session.ts';
import { testFile } from './test-name.ts';

/** `{ beforeAll, afterAll, afterEach }` of vitest and jest, or `{ before, after, afterEach }` of node:test. */
export interface SuiteHooks {
  readonly beforeAll?: Hook;
  readonly afterAll?: Hook;
  readonly before?: Hook;
  readonly after?: Hook;
  readonly afterEach: Hook;
}
type Hook = (work: (...context: never[]) => Promise<void> | void) => unknown;

/**
 * One cassette for all tests of a file or `describe` block, which run one after the other. The session is there inside
 * of tests; before the first one it throws.
 */
export function suite(hooks: SuiteHooks, options: CassetteOptions): RewindSession {
  const first = hooks.beforeAll ?? hooks.before;
  const last = hooks.afterAll ?? hooks.after;
  if (!first || !last)
    throw new TypeError('Give the hooks beforeAll, afterAll and afterEach, or before, after and afterEach.');
  let open: OpenSession | undefined;
  let passed = true;
  // Without parameters: vitest takes the first one for fixtures, and hands the suite to the second.
  first(async function () {
    // biome-ignore lint/complexity/noArguments: see above
    const [context, suite] = arguments as unknown as readonly unknown[];
    open = await OpenSession.open(options, { suite: true, file: testFile(suite ?? context) });
  });
  // jest takes a hook with a parameter for one that calls it when it is done.
  hooks.afterEach((...context: unknown[]) => {
    passed &&= testPassed(context[0]);
  });
  last(async () => {
    await open?.close({ passed });
    open = undefined;
  });
  return new Proxy({} as RewindSession, {
    get(_target, name) {
      if (!open) throw new Error(`${String(options.cassette)} is not open outside of this suite's tests`);
      const value: unknown = Reflect.get(open, name, open);
      return typeof value === 'function' ? value.bind(open) : value;
    },
  });
}

/** Each runner tells in its own way how the test that has just ended went. */
function testPassed(context: unknown): boolean {
  const { task, passed, error } = (context ?? {}) as {
    readonly task?: { readonly result?: { readonly state?: string } };
    readonly passed?: boolean;
    readonly error?: unknown;
  };
  if (task) return task.result?.state !== 'fail'; // vitest
  if (typeof passed === 'boolean') return passed; // node:test, from 20.12
  if (error) return false;
  const jest = jestState();
  return jest === undefined || jest.errors.length === 0;
}

/** jest tells hooks nothing; its runner keeps the test at hand under a symbol of its own (jest-circus, state.ts). */
function jestState(): { readonly errors: readonly unknown[] } | undefined {
  const key = Object.getOwnPropertySymbols(globalThis).find(
    ({ description }) => description === 'JEST_STATE_SYMBOL',
  );
  const state = key && (globalThis as unknown as Record<symbol, unknown>)[key];
  return (state as { currentlyRunningTest?: { errors: readonly unknown[] } } | undefined)
    ?.currentlyRunningTest;
}
