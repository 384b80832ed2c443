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

/** The file of the test at hand, or of the hook's tests; undefined where the runner does not tell. */
export function testFile(context: unknown): string | undefined {
  const { task, file, filePath } = (context ?? {}) as NodeContext &
    VitestFile & { readonly task?: VitestTask };
  const { expect } = globalThis as { readonly expect?: { readonly getState?: () => JestState } };
  return task?.file?.name ?? file?.name ?? filePath ?? expect?.getState?.().testPath;
}

/** What vitest hands to the hooks of a file or a suite. */
interface VitestFile {
  readonly file?: { readonly name: string };
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
