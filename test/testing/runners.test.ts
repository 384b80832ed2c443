import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AGENT, project } from './project.ts';

interface Runner {
  readonly name: string;
  readonly command: readonly string[];
  readonly agent: { readonly file: string; readonly text: string };
  readonly file: string;
  /** What its tests import; `ask` and `rewind` among it. */
  readonly imports: string;
  readonly hooks: string;
  readonly config?: Readonly<Record<string, string>>;
}

const RUNNERS: readonly Runner[] = [
  {
    name: 'node:test',
    command: ['node', '--test'],
    agent: { file: 'agent.mjs', text: AGENT },
    file: 'agent.test.mjs',
    imports: `import { after, afterEach, before, describe, test } from 'node:test';
import { rewind } from 'llm-rewind/test';
import { ask } from './agent.mjs';`,
    hooks: 'before, after, afterEach',
  },
  {
    name: 'vitest',
    command: ['vitest', 'run'],
    agent: { file: 'agent.mjs', text: AGENT },
    file: 'agent.test.ts',
    imports: `import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
import { rewind } from 'llm-rewind/test';
import { ask } from './agent.mjs';`,
    hooks: 'beforeAll, afterAll, afterEach',
  },
  {
    name: 'jest',
    command: ['jest', '--ci'],
    agent: {
      file: 'agent.js',
      text: `${AGENT.replace("import OpenAI from 'openai';", "const OpenAI = require('openai');").replace('export ', '')}
module.exports = { ask };`,
    },
    file: 'agent.test.js',
    imports: `const { rewind } = require('llm-rewind/test');
const { ask } = require('./agent.js');`,
    hooks: 'beforeAll, afterAll, afterEach',
    config: { 'package.json': '{ "name": "suite", "jest": { "testEnvironment": "node", "transform": {} } }' },
  },
];

const tests = ({ imports, hooks }: Runner, question: string): string => `${imports}
test('a question', rewind('cassettes/question.rw', async session => {
  const text = await ask('${question}');
  if (!text) throw new Error('no answer');
  const [call, ...others] = await session.calls();
  if (others.length > 0 || call.model.indexOf('gpt-4o') !== 0) throw new Error('calls: ' + JSON.stringify(call));
  if ((await session.tools('search')).length > 0) throw new Error('tools');
  if (!((await session.usage()).inputTokens > 0)) throw new Error('usage');
  await session.expectNoDivergence();
}));
describe('a suite', () => {
  const session = rewind.suite({ ${hooks} }, 'cassettes/suite.rw');
  test('one', async () => { await ask('one'); });
  test('two', async () => {
    await ask('two');
    if ((await session.calls()).length !== 2) throw new Error('both are in one session');
    if (process.env.FAIL) throw new Error('told to fail');
  });
});
`;

for (const runner of RUNNERS) {
  test(`${runner.name}: a cassette is recorded, then answers with no key and no network; a miss fails`, async t => {
    const { write, run, withProvider, folder, asked } = await project(t);
    write(runner.agent.file, runner.agent.text);
    write(runner.file, tests(runner, 'hello'));
    for (const [name, text] of Object.entries(runner.config ?? {})) write(name, text);
    const cassette = (name: string) => join(folder, 'cassettes', name);

    const without = await run(runner.command);
    assert.notEqual(without.code, 0);
    assert.match(without.text, /There is no cassette .*question\.rw/);
    assert.doesNotMatch(without.text, /dist.test\.|engine\.ts/);

    const failing = await run(runner.command, { env: { ...withProvider, REWIND_MODE: 'record', FAIL: '1' } });
    assert.notEqual(failing.code, 0, failing.text);
    assert.ok(existsSync(cassette('question.rw')), failing.text);
    assert.ok(!existsSync(cassette('suite.rw')), 'a suite that failed leaves no cassette');

    const recorded = await run(runner.command, { env: { ...withProvider, REWIND_MODE: 'record' } });
    assert.equal(recorded.code, 0, recorded.text);
    assert.match(readFileSync(cassette('suite.rw'), 'utf8'), /"two"/);

    const before = asked();
    const replayed = await run(runner.command, { offline: true, env: { CI: '1' } });
    assert.equal(replayed.code, 0, replayed.text);

    write(runner.file, tests(runner, 'good evening'));
    const missed = await run(runner.command, { env: withProvider });
    assert.notEqual(missed.code, 0);
    assert.match(missed.text, /recorded {2}"hello"\s+asked {5}"good evening"/);
    assert.match(missed.text, new RegExp(`\\b${runner.agent.file.replace('.', '\\.')}:\\d+`), 'its own line');
    assert.doesNotMatch(missed.text, /cause|node_modules|dist.test\./i);
    assert.equal(asked(), before, 'a replay never reaches the provider');
  });
}

for (const runner of RUNNERS) {
  test(`${runner.name}: workers that run at once do not write over each other's cassettes`, async t => {
    const { write, run, withProvider, folder } = await project(t);
    write(runner.agent.file, runner.agent.text);
    for (const [name, text] of Object.entries(runner.config ?? {})) write(name, text);
    const other = runner.file.replace('agent', 'other');
    write(runner.file, `${runner.imports}\ntest('one', rewind('a.rw', async () => { await ask('one'); }));`);
    write(
      other,
      `${runner.imports}\ndescribe('a suite', () => {
        rewind.suite({ ${runner.hooks} }, 'a.rw');
        test('two', async () => { await ask('two'); });
      });`,
    );
    const recording = { env: { ...withProvider, REWIND_MODE: 'record' } };
    const { code, text } = await run(runner.command, recording);
    assert.notEqual(code, 0, text);
    assert.match(
      text,
      /a\.rw is recorded by .*(agent|other)\.test\.\w+ in this run, and .*(agent|other)\.test/,
    );
    assert.ok(existsSync(join(folder, 'a.rw')), 'the first one is kept');
    write(other, `${runner.imports}\ntest('two', rewind('b.rw', async () => { await ask('two'); }));`);
    const apart = await run(runner.command, recording);
    assert.equal(apart.code, 0, apart.text);
  });
}

for (const runner of RUNNERS) {
  test(`${runner.name}: a test does not write over the cassette of another`, async t => {
    const { write, run, withProvider, folder } = await project(t);
    write(runner.agent.file, runner.agent.text);
    const body = "rewind('cassettes/shared.rw', async () => { await ask('hello'); })";
    write(
      runner.file,
      `${runner.imports}\ntest('one', ${body});\ndescribe('the others', () => test('two', ${body}));`,
    );
    for (const [name, text] of Object.entries(runner.config ?? {})) write(name, text);
    const { code, text } = await run(runner.command, { env: { ...withProvider, REWIND_MODE: 'record' } });
    assert.notEqual(code, 0, text);
    assert.match(
      text,
      /shared\.rw is recorded by agent\.test\.\w+: one in this run, and agent\.test\.\w+: the others/,
    );
    assert.ok(existsSync(join(folder, 'cassettes/shared.rw')));
    const replayed = await run(runner.command, { offline: true });
    assert.equal(replayed.code, 0, replayed.text);
  });
}

test('vitest --watch: an edit runs the tests again, on the same cassettes', async t => {
  const { write, run, watch, withProvider, asked } = await project(t);
  const vitest = RUNNERS.find(({ name }) => name === 'vitest')!;
  write(vitest.agent.file, vitest.agent.text);
  write(vitest.file, tests(vitest, 'hello'));
  const recorded = await run(vitest.command, { env: { ...withProvider, REWIND_MODE: 'record' } });
  assert.equal(recorded.code, 0, recorded.text);
  const before = asked();

  const says = watch(['vitest', '--watch']);
  await says('Waiting for file changes', 1);
  write(vitest.file, tests(vitest, 'good evening'));
  assert.match(await says('Watching for file changes', 1), /recorded {2}"hello"\s+asked {5}"good evening"/);
  write(vitest.file, tests(vitest, 'hello'));
  await says('Waiting for file changes', 2);
  write(vitest.agent.file, `${vitest.agent.text}// edited`);
  await says('Waiting for file changes', 3);
  assert.equal(asked(), before);
});

test('in CI a test cannot choose to record', async t => {
  const { write, run, withProvider, asked } = await project(t);
  write('agent.mjs', AGENT);
  write(
    'agent.test.mjs',
    `import { test } from 'node:test';
import { rewind } from 'llm-rewind/test';
import { ask } from './agent.mjs';
test('a', rewind({ cassette: 'a.rw', mode: 'once' }, () => ask('a')));`,
  );
  const inCi = await run(['node', '--test'], { env: { ...withProvider, CI: 'true' } });
  assert.match(inCi.text, /There is no cassette/);
  assert.equal(asked(), 0);
  const atHome = await run(['node', '--test'], { env: withProvider });
  assert.equal(atHome.code, 0, atHome.text);
  assert.equal(asked(), 1);
  const again = await run(['node', '--test'], { env: { ...withProvider, CI: 'true' } });
  assert.equal(again.code, 0, again.text);
  assert.equal(asked(), 1);
});

test('tests that run at once take turns', async t => {
  const { write, run, withProvider } = await project(t);
  write('agent.mjs', AGENT);
  write(
    'agent.test.mjs',
    `import { describe, test } from 'node:test';
import { rewind } from 'llm-rewind/test';
import { ask } from './agent.mjs';
describe('at once', { concurrency: true }, () => {
  for (const name of ['a', 'b', 'c'])
    test(name, rewind({ cassette: name + '.rw', mode: 'once' }, async session => {
      await ask(name);
      const [call, ...others] = await session.calls();
      if (others.length > 0 || call.messages[0].parts[0].text !== name) throw new Error(JSON.stringify(call));
    }));
});`,
  );
  for (let round = 0; round < 2; round++) {
    const { code, text } = await run(['node', '--test'], { env: withProvider });
    assert.equal(code, 0, text);
  }
});
