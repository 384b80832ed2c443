import type { Breakpoint } from '../timeline/breakpoints.ts';
import type { Evaluator } from '../timeline/evaluate.ts';
import { type Hit, Scanner } from '../timeline/scan.ts';
import type { Step } from '../timeline/timeline.ts';
import type { Client } from './client.ts';
import { errorText } from './error-text.ts';
import { plainLine } from './hostile-text.ts';
import { inSlices } from './slices.ts';
import type { Tasks } from './tasks.ts';
import { count } from './wording.ts';

/** A scanner that prints in the debug console. `link`: where a step is; it is asked once all before it was told. */
export function printingScanner(evaluator: Evaluator, client: Client, link: (step: Step) => object): Scanner {
  return new Scanner(evaluator, {
    log: (_, step, text) =>
      client.send('output', { category: 'console', output: `${plainLine(text)}\n`, ...link(step) }),
    problem: (breakpoint, step, error) =>
      client.send('output', {
        category: 'important',
        output: `Breakpoint ${breakpoint.id} at step ${step.index}: ${plainLine(errorText(error))}\n`,
      }),
  });
}

/** The first hit on the way; `at` is told how far it has come. Throws `Interrupted`. */
export function search(
  scanner: Scanner,
  [from, to]: readonly [number, number],
  breakpoints: readonly Breakpoint[],
  tasks: Tasks,
  at: (index: number) => void,
): Promise<Hit | null> {
  const total = Math.abs(to - from);
  let looked = 0;
  function* work(): Generator<number, Hit | null> {
    const scan = scanner.scan(from, to, breakpoints);
    for (let next = scan.next(); ; next = scan.next()) {
      if (next.done) return next.value;
      looked = Math.abs(next.value - from);
      at(next.value);
      yield next.value;
    }
  }
  return tasks.run(
    'Rewind: looking for a breakpoint',
    task => inSlices(work(), task),
    () => `${count(looked)} of ${count(total)} steps`,
  );
}
