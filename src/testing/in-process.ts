import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import type { Ready } from './engine.ts';

/**
 * The process as Node sees it. Test runners hand their tests copies of `process` (jest, which also answers
 * `process.getBuiltinModule` itself) or of `globalThis`, and child processes are born with the real one's environment.
 */
export const realProcess = runInThisContext('process') as NodeJS.Process;

/**
 * What the processes of one test run have in common: the runner's process, which has forked those that run the tests
 * (vitest, jest, node --test) or runs them itself.
 */
export function testRun(): string {
  const { send, env, pid, ppid } = realProcess;
  return String(send || env.NODE_TEST_CONTEXT ? ppid : pid);
}

/** Loads the hook that agents get from NODE_OPTIONS into this process: its connections go to the engine from now on. */
export function interceptThisProcess({ env, hooks }: Ready): void {
  const makeRequire = realProcess.getBuiltinModule?.('node:module')?.createRequire ?? createRequire;
  // Tests are many and short: what finds a call's line across every await costs more than it tells here.
  const late = { REWIND_SITES: process.env.REWIND_SITES ?? 'fast', REWIND_LATE: '1' };
  const names = ['REWIND_PROXY', 'REWIND_HOSTS', 'REWIND_CA', 'REWIND_SITES_IGNORE', 'REWIND_SITES_INCLUDE'];
  const given = Object.fromEntries(
    names.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
  const restore = setVariables({ ...given, ...late });
  try {
    makeRequire(hooks.node)(hooks.node);
  } finally {
    restore();
  }
}

/** Sets variables, here and for child processes; returns what puts them back. */
export function setVariables(values: Readonly<Record<string, string>>): () => void {
  const environments = [...new Set([process.env, realProcess.env])];
  const before = environments.map(env => Object.keys(values).map(name => [name, env[name]] as const));
  for (const env of environments) Object.assign(env, values);
  return () => {
    environments.forEach((env, i) => {
      for (const [name, value] of before[i]!) {
        if (value === undefined) delete env[name];
        else env[name] = value;
      }
    });
  };
}
