import { after, afterEach, before } from 'node:test';
import { missingPart, Workbench, type WorkbenchOptions } from './workbench.ts';

/** False, or why there is no editor here. */
export const skip = await missingPart();

/** One editor for all tests of a file, which run in order. A picture of the end of each is kept. */
export function oneEditor(file: string, options: WorkbenchOptions = {}): () => Workbench {
  let bench: Workbench | undefined;
  before(async () => {
    if (!skip) bench = await Workbench.open(options);
  });
  after(() => bench?.close());
  afterEach(async context => {
    const failed = 'passed' in context && !context.passed;
    await bench?.screenshot(`${failed ? 'failed: ' : ''}${file}: ${context.name}`);
    if (failed) await bench?.calm();
  });
  return () => {
    if (!bench) throw new Error('the editor did not start');
    return bench;
  };
}
