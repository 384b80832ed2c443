import { basename } from 'node:path';

/** How the runner calls the test at hand, its file before it; undefined where it does not tell. */
export function testName(context: unknown): string | undefined {
  const { task, name, fullName, filePath } = (context ?? {}) as NodeContext & { readonly task?: VitestTask };
  if (task) return named(task.file?.name, namesOf(task));
  if (typeof name === 'string') return named(filePath, fullName ?? name);
  const { expect } = globalThis as { readonly expect?: { readonly getState?: () => JestState } };
  const { currentTestName, testPath } = expect?.getState?.() ?? {};
  return currentTestName === undefined ? undefined : named(testPath, currentTestName);
}

interface VitestTask {
  readonly name: string;
  readonly suite?: VitestTask;
  readonly file?: { readonly name: string };
}
interface NodeContext {
  readonly name?: string;
  readonly fullName?: string;
  readonly filePath?: string;
}
interface JestState {
  readonly currentTestName?: string;
  readonly testPath?: string;
}

const namesOf = ({ name, suite }: VitestTask): string => (suite ? `${namesOf(suite)} > ${name}` : name);

const named = (file: string | undefined, name: string): string =>
  file === undefined ? name : `${basename(file)}: ${name}`;
