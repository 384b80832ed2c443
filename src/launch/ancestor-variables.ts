import { readFileSync } from 'node:fs';

/** How far up it is looked: clients start servers through shells and package runners. */
const REACH = 16;

/**
 * Variables of the nearest ancestor that was started with the first of `names`, as far as that has them; undefined where none
 * was, and where the system does not tell (it does on Linux). For programs whose parent hands on next to nothing.
 */
export function ancestorVariables(
  names: readonly [string, ...string[]],
): Readonly<Record<string, string>> | undefined {
  let pid = process.ppid;
  for (let steps = 0; steps < REACH && pid > 1; steps++) {
    try {
      const variables = new Map(
        readFileSync(`/proc/${pid}/environ`, 'utf8')
          .split('\0')
          .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
      );
      if (variables.has(names[0]))
        return Object.fromEntries(
          names.flatMap(name => (variables.has(name) ? [[name, variables.get(name)!] as const] : [])),
        );
      // `pid (name) state ppid …`, and the name may hold anything.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    } catch {
      // Gone, another user's, or no /proc at all.
      return undefined;
    }
  }
  return undefined;
}
