import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { root } from './command-line.ts';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'examples/README.md',
  'python/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name)),
];

/** `rewind …` in a code span or at the beginning of a line of a code block, up to the agent's own command. */
const SHOWN = /(?:`|^(?:\$ )?)rewind ([a-z][a-z-]*)\b([^`|\n#&;]*)/gm;

test('every command and option that the documents show exists', async () => {
  const options = new Map<string, ReadonlySet<string>>();
  for (const { name, load } of COMMANDS) {
    const command = new Command(name);
    (await load()).define(command);
    options.set(name, new Set(command.options.flatMap(({ long, short }) => [long, short].map(String))));
  }
  let seen = 0;
  for (const document of DOCUMENTS) {
    for (const [shown, name, rest] of readFileSync(join(root, document), 'utf8').matchAll(SHOWN)) {
      const known = options.get(name!) ?? (name === 'help' ? new Set<string>() : undefined);
      assert.ok(known, `${document}: ${shown}`);
      seen++;
      // `record` and `replay` stop at the agent's command: what stands behind its first word is the agent's.
      const own = rest!.split(/ -- |(?<= )(?:python|node|npx|pytest|npm)\b/)[0]!;
      for (const [option] of own.matchAll(/(?<=\s)--?[a-z][a-z-]*(?![\w.])/gi))
        assert.ok(known.has(option) || option === '--help', `${document}: ${shown}: ${option}`);
    }
  }
  assert.ok(seen > 100, `${seen} command lines`);
});
