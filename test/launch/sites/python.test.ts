import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { homedir } from 'node:os';
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

  test('a base URL instead of a proxy', async t => {
    const source = agent('base_url.py');
    const env = { ...process.env, OPENAI_API_KEY: 'sk-test', ANTHROPIC_API_KEY: 'sk-test' };
    const run = await bench.run([python, '-B', source], { runner: { baseUrls: true }, env });
    await checkCases(t, run, source);
    assert.equal(run.exitCode, 0, run.stderr);
  });
});

/** Every CPython from 3.9 on that is installed here, pyenv's too; of one minor version, one. */
function pythons(): ReadonlyMap<string, string> {
  const folders = [
    ...(process.env.PATH ?? '').split(':'),
    ...globSync(`${homedir()}/.pyenv/versions/3.*/bin`),
  ];
  const found = new Map<string, string>();
  for (const folder of folders) {
    for (const file of globSync(`${folder}/python3.*`)) {
      const minor = Number(/python3\.(\d+)$/.exec(file)?.[1] ?? 0);
      if (minor >= 9 && !folder.includes('shims')) found.set(`3.${minor}`, file);
    }
  }
  return found;
}

describe('call sites in Python itself', () => {
  let bench: SiteBench;
  before(async () => {
    bench = await SiteBench.open();
  });
  after(() => bench.close());

  for (const [version, file] of pythons()) {
    test(`${version}: urllib, http.client, threads, executors, tasks`, async t => {
      const source = agent('standard.py');
      const run = await bench.run([file, '-B', source]);
      assert.equal(run.exitCode, 0, run.stderr);
      await checkCases(t, run, source);
      const hasColumns = run.calls.every(({ site }) => site?.frames[0]?.column !== undefined);
      assert.equal(hasColumns, Number(version.slice(2)) >= 11);
    });

    test(`${version}: what reads no PYTHONPATH, or no sitecustomize, is recorded without a site`, async () => {
      const agentOf = (name: string): string =>
        `import urllib.request as u, json
u.urlopen(u.Request("https://api.openai.com/v1/chat/completions?case=${name}",
  json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}).encode(),
  {"content-type": "application/json", "authorization": "Bearer sk-test"})).read()`;
      for (const flag of ['-I', '-E', '-S']) {
        const run = await bench.run([file, flag, '-c', agentOf(`flag${flag}`)]);
        assert.equal(run.exitCode, 0, run.stderr);
        assert.deepEqual(run.calls, [{ name: `flag${flag}`, site: undefined }]);
      }
    });
  }
});
