/**
 * `llm-rewind/test`: tests of agents that need no key and no network, for vitest, jest and node:test (docs/testing-agents.md).
 */
import { type CassetteOptions, OpenSession, type RewindSession } from './session.ts';
import { type SuiteHooks, suite } from './suite.ts';
import { testFile, testName } from './test-name.ts';

export { RewindDivergenceError, RewindMissError, RewindTestError } from './errors.ts';
export type { Mode } from './mode.ts';
export type { CassetteOptions, OpenSession, RewindSession, Usage } from './session.ts';
export type { CallStep, OutputPart, Step, ToolRun, ToolStep } from './steps.ts';
export type { SuiteHooks } from './suite.ts';

type Body<Args extends unknown[]> = (session: RewindSession, ...args: Args) => unknown;

/**
 * A test's body with a cassette of its own: `test('refunds', rewind('refund.rw', async session => { … }))`. What the
 * runner hands to the test comes behind the session. A request that is not on tape fails the test.
 */
export function rewind<Args extends unknown[]>(
  cassette: CassetteOptions | CassetteOptions['cassette'],
  body: Body<Args>,
): (...args: Args) => Promise<void> {
  const options = isOptions(cassette) ? cassette : { cassette };
  return async (...args) => {
    const name = options.name ?? testName(args[0]);
    const session = await OpenSession.open(name === undefined ? options : { ...options, name }, {
      file: testFile(args[0]),
    });
    let failure: { readonly error: unknown } | undefined;
    try {
      await body(session, ...args);
    } catch (error) {
      failure = { error };
    }
    await session.close({ passed: failure === undefined, ...failure });
    if (failure) throw failure.error;
  };
}

/** For setups of one's own: whoever opens it closes it, and says how the test went. */
rewind.open = (options: CassetteOptions): Promise<OpenSession> => OpenSession.open(options);

/** One cassette for a whole file or `describe` block: `const session = rewind.suite({ beforeAll, afterAll, afterEach }, 'refund.rw')`. */
rewind.suite = (hooks: SuiteHooks, cassette: CassetteOptions | CassetteOptions['cassette']): RewindSession =>
  suite(hooks, isOptions(cassette) ? cassette : { cassette });

function isOptions(given: CassetteOptions | CassetteOptions['cassette']): given is CassetteOptions {
  return typeof given === 'object' && !(given instanceof URL);
}
