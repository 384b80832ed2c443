/**
 * What a cassette costs a test: the same tests with stubs inside the process, with Rewind, with vcrpy.
 *
 *     node bench/testing.ts [tests] [rounds]
 *
 * Each row runs 1 test and all of them; what the later ones cost on average is the difference over their number, so that start-up
 * stands apart. Needs .venv (python/requirements-test.txt).
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmulator } from '../src/emulator/emulator.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const tests = Number(process.argv[2] ?? 50);
const rounds = Number(process.argv[3] ?? 5);

const PYTHON = `
import pytest
from openai import OpenAI

def ask(text):
    client = OpenAI(base_url=BASE_URL)
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])

@pytest.mark.parametrize("i", range(COUNT))
def test_ask(i, case):
    assert ask(f"question {i}").choices[0].message.content
`;

const python = (before: string, count: number, baseUrl = 'None'): string =>
  `import os\n${before}\n${PYTHON.replace('COUNT', String(count)).replace('BASE_URL', baseUrl)}`;

const STUBS = `
import httpx, pytest
BODY = {"id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4o", "choices": [{"index": 0, "finish_reason": "stop",
    "message": {"role": "assistant", "content": "An answer."}}], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}

@pytest.fixture
def case(monkeypatch):
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda self, request: httpx.Response(200, json=BODY))
`;
const REWIND = `
import pytest

@pytest.fixture
def case(rewind_session):
    pass
`;
const VCRPY = `
import pytest, vcr

def elsewhere(request):
    request.uri = request.uri.replace(os.environ["PROVIDER"], "https://api.openai.com")
    return request

@pytest.fixture
def case(request):
    path = f"cassettes/{request.node.name}.yaml"
    with vcr.use_cassette(path, before_record_request=elsewhere, filter_headers=["authorization"], record_mode=os.environ["VCR"]):
        yield
`;
const VITEST = (count: number, wrap: (i: string) => string, imports: string): string => `
import OpenAI from 'openai';
import { expect, test } from 'vitest';
${imports}
const ask = async text => {
  const client = new OpenAI();
  const answer = await client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: text }] });
  expect(answer.choices[0].message.content).toBeTruthy();
};
for (let i = 0; i < ${count}; i++) test('ask ' + i, ${wrap('i')});
`;
const NODE_STUBS = `
const body = { id: 'c', object: 'chat.completion', created: 1, model: 'gpt-4o', choices: [{ index: 0, finish_reason: 'stop',
  message: { role: 'assistant', content: 'An answer.' } }], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } };
globalThis.fetch = async () => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
`;

const folder = mkdtempSync(join(tmpdir(), 'rewind-bench-tests-'));
const emulator = await startEmulator({});
const env: NodeJS.ProcessEnv = {
  ...process.env,
  REWIND_HOME: join(folder, 'home'),
  PYTHONPATH: join(root, 'python'),
  PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
  REWIND_BIN: join(root, 'dist/rewind.js'),
  OPENAI_API_KEY: 'sk-none',
  PROVIDER: emulator.url,
  VCR: 'none',
};
mkdirSync(join(folder, 'node_modules'));
for (const name of ['openai', 'vitest'])
  symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
symlinkSync(root, join(folder, 'node_modules/llm-rewind'));

interface Row {
  readonly name: string;
  readonly command: (size: 'one' | 'all') => readonly string[];
}

const pytest = (file: string) => (size: 'one' | 'all') => [
  join(root, '.venv/bin/python'),
  '-m',
  'pytest',
  '-q',
  '-p',
  'no:cacheprovider',
  '-p',
  'pytest_rewind.plugin',
  `test_${file}_${size}.py`,
];
const vitest = (file: string) => (size: 'one' | 'all') => ['vitest', 'run', `${file}-${size}.test.mjs`];

for (const [size, count] of [
  ['one', 1],
  ['all', tests],
] as const) {
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
  file(`test_stubs_${size}.py`, python(STUBS, count));
  file(`test_rewind_${size}.py`, python(REWIND, count));
  file(`test_yaml_${size}.py`, python(REWIND, count));
  file(`test_vcrpy_${size}.py`, python(VCRPY, count, 'os.environ.get("BASE")'));
  file(
    `stubs-${size}.test.mjs`,
    VITEST(count, i => `() => ask('question ' + ${i})`, NODE_STUBS),
  );
  file(
    `rewind-${size}.test.mjs`,
    VITEST(
      count,
      i => `rewind('node/' + ${i} + '.rw', () => ask('question ' + ${i}))`,
      "import { rewind } from 'llm-rewind/test';",
    ),
  );
}

const run = ([file, ...args]: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const start = performance.now();
    execFile(file!, args, { cwd: folder, env: { ...env, ...more } }, (error, out, err) => {
      if (error) reject(new Error(`${file} ${args.join(' ')}\n${out}${err}`));
      else resolve(performance.now() - start);
    });
  });

const upstream = { REWIND_UPSTREAM: `api.openai.com=${emulator.url}`, REWIND_MODE: 'record' };
for (const size of ['one', 'all'] as const) {
  await run(pytest('rewind')(size), upstream);
  await run(pytest('vcrpy')(size), { VCR: 'once', BASE: `${emulator.url}/v1` });
  await run(vitest('rewind')(size), upstream);
}
await emulator.close();

const rows: readonly Row[] = [
  { name: 'pytest, stubs', command: pytest('stubs') },
  { name: 'pytest, Rewind', command: pytest('rewind') },
  { name: "pytest, Rewind on vcrpy's cassettes", command: pytest('yaml') },
  { name: 'pytest, vcrpy', command: pytest('vcrpy') },
  { name: 'vitest, stubs', command: vitest('stubs') },
  { name: 'vitest, Rewind', command: vitest('rewind') },
];
const times = new Map(rows.map(({ name }) => [name, { one: [] as number[], all: [] as number[] }]));
for (let round = 0; round < rounds; round++) {
  for (const { name, command } of rows) {
    for (const size of ['one', 'all'] as const) times.get(name)![size].push(await run(command(size)));
  }
}
const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
const later = (name: string): number =>
  (median(times.get(name)!.all) - median(times.get(name)!.one)) / (tests - 1);
console.log(`| ${tests} tests, ${rounds} rounds | first, s | each later one, ms | over stubs, ms |`);
console.log('| --- | ---: | ---: | ---: |');
for (const { name } of rows) {
  const floor = name.split(',')[0] === 'pytest' ? 'pytest, stubs' : 'vitest, stubs';
  const over = name === floor ? '' : (later(name) - later(floor)).toFixed(1);
  console.log(
    `| ${name} | ${(median(times.get(name)!.one) / 1000).toFixed(2)} | ${later(name).toFixed(1)} | ${over} |`,
  );
}
rmSync(folder, { recursive: true, force: true });
