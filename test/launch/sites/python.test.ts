import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkCases } from './check-cases.ts';
import { SiteBench } from './site-run.ts';

const agent = (name: string): string => fileURLToPath(new URL(`agents/${name}`, import.meta.url));
const python = fileURLToPath(new URL('../../../.venv/bin/python', import.meta.url));
const skip =
  !existsSync(python) && `no ${python}: python -m venv .venv and install python/requirements-test.txt`;

describe('call sites in Python', { skip }, () => {
  let bench: SiteBench;
  before(async () => {
    bench = await SiteBench.open();
  });
  after(() => bench.close());

  for (const [name, file] of [
    ['clients and SDKs', agent('clients.py')],
    ['styles, threads, processes', agent('styles.py')],
    ['asyncio', agent('asynchronous.py')],
    ['LangChain and LiteLLM', agent('frameworks.py')],
  ] as const) {
    test(name, async t => {
      const run = await bench.run([python, '-B', file]);
      await checkCases(t, run, file);
      assert.equal(run.exitCode, 0, run.stderr);
    });
  }
});
