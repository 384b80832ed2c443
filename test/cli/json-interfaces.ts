import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './command-line.ts';

const docs = readFileSync(join(root, 'docs/json.md'), 'utf8');

/** Field names of each interface in docs/json.md. */
const interfaces = new Map(
  [...docs.matchAll(/^interface (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name, body]) => [
    name!,
    [...body!.matchAll(/^ {2}(\w+)\??:/gm)].map(([, field]) => field!),
  ]),
);

/** The value has exactly the documented fields, of all the interfaces named. */
export function assertDocumented(
  value: unknown,
  ...names: string[]
): asserts value is Record<string, unknown> {
  assert.ok(
    typeof value === 'object' && value !== null && !Array.isArray(value),
    `${names}: ${JSON.stringify(value)}`,
  );
  const documented = names.flatMap(
    name => interfaces.get(name) ?? assert.fail(`docs/json.md has no interface ${name}`),
  );
  assert.deepEqual(Object.keys(value).sort(), documented.sort(), names.join(' & '));
}
