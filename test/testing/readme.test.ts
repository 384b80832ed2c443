import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadScript } from '../../src/emulator/script.ts';
import { project, root } from './project.ts';

const python = join(root, '.venv/bin/python');

/** The README's code blocks that begin with a file's name, as they stand. */
const files = new Map(
  [
    ...readFileSync(join(root, 'README.md'), 'utf8').matchAll(
      /```\w+\n(?:#|\/\/) ([\w.-]+):.*\n[\s\S]*?```/g,
    ),
  ].map(([block, name]) => [name!, block.replace(/^```\w+\n/, '').replace(/```$/, '')]),
);

const SUITES = [
  { file: 'test_order_agent.py', command: [python, '-m', 'pytest', '-p', 'pytest_rewind.plugin'] },
  { file: 'order-agent.test.ts', command: ['vitest', 'run'] },
  { file: 'greeter.test.js', command: ['jest', '--testMatch', '**/greeter.test.js'] },
  { file: 'order-agent.node.ts', command: ['node', '--test'] },
] as const;

test('the README shows a test in each framework, and nothing else', () => {
  assert.deepEqual([...files.keys()].sort(), SUITES.map(({ file }) => file).sort());
});

for (const { file, command } of SUITES) {
  const skip =
    command[0] === python && !existsSync(python) && 'needs .venv with python/requirements-test.txt';
  test(`${file} of the README runs as it stands`, { skip }, async t => {
    const script = await loadScript(join(root, 'examples/scripts/order-agent.json'));
    const { folder, write, run, withProvider } = await project(t, script);
    for (const language of ['python', 'typescript'])
      cpSync(join(root, 'examples', language), folder, { recursive: true });
    write(file, files.get(file)!);
    write('package.json', '{ "name": "shop", "jest": { "testEnvironment": "node", "transform": {} } }');
    const env = {
      PYTHONPATH: `${join(root, 'python')}:${folder}`,
      REWIND_BIN: join(root, 'src/cli/main.ts'),
    };
    const words = [...command, file];
    const recorded = await run(words, { env: { ...env, ...withProvider, REWIND_MODE: 'record' } });
    assert.equal(recorded.code, 0, recorded.text);
    const replayed = await run(words, { env, offline: true });
    assert.equal(replayed.code, 0, replayed.text);
  });
}
