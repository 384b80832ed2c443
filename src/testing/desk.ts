import { Engine } from './engine.ts';
import { RewindTestError } from './errors.ts';
import { interceptThisProcess, realProcess } from './in-process.ts';

/**
 * One engine a process, and one test at a time on it: a request does not tell which test it belongs to. Test runners
 * load this file once for each test file, so what there is one of hangs on the process itself.
 */
interface Desk {
  engine: Engine | undefined;
  readonly intercepted: Set<string>;
  /** Settles when whoever came last has left. */
  queue: Promise<void>;
  suite: string | undefined;
}

const KEY = Symbol.for('llm-rewind.test.desk');

function desk(): Desk {
  const holder = realProcess as unknown as { [KEY]?: Desk };
  holder[KEY] ??= { engine: undefined, intercepted: new Set(), queue: Promise.resolve(), suite: undefined };
  return holder[KEY];
}

/** The engine of this process, started by the first test that needs it. */
export async function engine(): Promise<Engine> {
  const here = desk();
  if (!here.engine?.alive) here.engine = new Engine(realProcess.env.REWIND_ALL_HTTP ? ['--all-http'] : []);
  const running = here.engine;
  running.hold(true);
  const ready = await running.ready;
  running.hold(false);
  if (!here.intercepted.has(ready.url)) {
    interceptThisProcess(ready);
    here.intercepted.add(ready.url);
  }
  return running;
}

/** Waits for its turn; returns what ends it. `suite`: the cassette of a whole suite, which no test inside may replace. */
export async function turn(suite?: string): Promise<() => void> {
  const here = desk();
  if (here.suite !== undefined) {
    throw new RewindTestError(
      `The cassette ${here.suite} of this suite is open, so no other can be\nGive each test its own cassette, or the suite one, not both.`,
    );
  }
  const before = here.queue;
  let leave: () => void = () => undefined;
  here.queue = new Promise(resolve => {
    leave = resolve;
  });
  await before;
  if (suite !== undefined) here.suite = suite;
  return () => {
    here.suite = undefined;
    leave();
  };
}
