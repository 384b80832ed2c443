import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Project, project, root } from './project.ts';

const python = join(root, '.venv/bin/python');
const skip = !existsSync(python) && 'needs .venv with python/requirements-test.txt';

const AGENT = `
from openai import AsyncOpenAI, OpenAI

def question(text):
    return dict(model="gpt-4o", messages=[{"role": "user", "content": text}])

def ask(text):
    return OpenAI().chat.completions.create(**question(text)).choices[0].message.content

async def ask_async(text):
    return (await AsyncOpenAI().chat.completions.create(**question(text))).choices[0].message.content
`;

const SUITE = `
import os
import httpx
import pytest
from agent import ask, ask_async, question

client = httpx.Client(headers={"authorization": "Bearer sk-test"})  # made before anything is intercepted

@pytest.mark.rewind(cassette="tapes/refund.rw")
def test_looks_at_its_recording(rewind_session):
    assert ask(os.environ.get("QUESTION", "hello"))
    (call,) = rewind_session.calls
    assert call.model.startswith("gpt-4o") and call.text and call.cost_usd > 0
    assert rewind_session.tokens == call.input_tokens + call.output_tokens
    assert rewind_session.tools("search") == []
    rewind_session.assert_no_divergence()

@pytest.mark.rewind
@pytest.mark.asyncio
async def test_async():
    assert await ask_async("hello")

def test_a_client_of_the_import(rewind_session):
    answer = client.post("https://api.openai.com/v1/chat/completions", json=question("hello"))
    assert answer.status_code == 200

@pytest.mark.rewind
def test_that_fails_when_told_to():
    ask("hello")
    assert "FAIL" not in os.environ

@pytest.mark.rewind
class TestEach:
    @pytest.mark.parametrize("what", ["a", "b/c"])
    def test_parameters(self, what):
        ask(what)

def test_without_a_model():
    assert "HTTPS_PROXY" not in os.environ
`;

interface Suite extends Project {
  readonly pytest: (
    args: readonly string[],
    options?: { readonly env?: NodeJS.ProcessEnv; readonly offline?: boolean },
  ) => ReturnType<Project['run']>;
}

async function suite(t: TestContext, files: Readonly<Record<string, string>>): Promise<Suite> {
  const made = await project(t);
  for (const [name, text] of Object.entries(files)) made.write(name, text);
  made.write('pytest.ini', '[pytest]\nasyncio_default_fixture_loop_scope = function\n');
  const env = {
    PYTHONPATH: join(root, 'python'),
    PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
    REWIND_BIN: join(root, 'src/cli/main.ts'),
    PYTHONDONTWRITEBYTECODE: '1',
  };
  return {
    ...made,
    pytest: (args, options = {}) =>
      made.run([python, '-m', 'pytest', '-p', 'pytest_rewind.plugin', ...args], {
        ...options,
        env: { ...env, ...options.env },
      }),
  };
}

test('pytest: recorded, then answered with no key and no network, also by xdist', { skip }, async t => {
  const { pytest, withProvider, folder, asked } = await suite(t, {
    'agent.py': AGENT,
    'test_agent.py': SUITE,
  });
  const cassette = (name: string) => join(folder, name);

  const without = await pytest([]);
  assert.match(without.text, /There is no cassette .*refund\.rw\n.*Record it: run this test once/);
  assert.match(without.text, /1 passed, 6 errors/);

  const failing = await pytest(['--rewind-mode=record'], { env: { ...withProvider, FAIL: '1' } });
  assert.match(failing.text, /1 failed, 6 passed/);
  assert.match(
    failing.text,
    /test_that_fails_when_told_to\.rw was not written\. This run is session [0-9a-f]{8}/,
  );
  assert.ok(existsSync(cassette('tapes/refund.rw')));
  assert.ok(existsSync(cassette('cassettes/test_agent/TestEach.test_parameters[b-c].rw')));
  assert.ok(!existsSync(cassette('cassettes/test_agent/test_that_fails_when_told_to.rw')));

  const rest = await pytest(['--rewind-mode=once'], { env: withProvider });
  assert.match(rest.text, /7 passed/);
  const before = asked();

  const replayed = await pytest(['-n', '2'], { offline: true, env: { CI: '1' } });
  assert.match(replayed.text, /7 passed/, replayed.text);

  const missed = await pytest(['-k', 'looks'], { env: { ...withProvider, QUESTION: 'good evening' } });
  assert.match(missed.text, /1 failed/);
  assert.match(missed.text, /recorded {2}"hello"\nE\s+asked {5}"good evening"/);
  assert.match(missed.text, /^> .*ask\(os\.environ/m);
  assert.match(missed.text, /^agent\.py:\d+: RewindMiss/m);
  assert.doesNotMatch(missed.text, /_base_client|InternalServerError|entries are hidden/);
  assert.equal(asked(), before, 'a replay never reaches the provider');
});

test('pytest: workers of xdist that record one cassette are told so; the first keeps it', {
  skip,
}, async t => {
  const { pytest, withProvider, folder } = await suite(t, {
    'agent.py': AGENT,
    'test_shared.py': `
import time
import pytest
from agent import ask

@pytest.mark.parametrize("word", ["one", "two"])
@pytest.mark.rewind(cassette="shared.rw")
def test_shared(word):
    ask(word)
    time.sleep(1)
`,
  });
  const recorded = await pytest(['-n', '2', '--rewind-mode=record'], { env: withProvider });
  assert.match(recorded.text, /1 passed, 1 error/, recorded.text);
  assert.match(
    recorded.text,
    /shared\.rw is recorded by test_shared\.py::test_shared\[(one|two)\] in this run, and test_shared\.py::/,
  );
  const kept = /recorded by test_shared\.py::test_shared\[(\w+)\]/.exec(recorded.text)![1]!;
  assert.ok(readFileSync(join(folder, 'shared.rw'), 'utf8').includes(`"${kept}"`));
  const again = await pytest(['-n', '2', '--rewind-mode=record', '-k', kept], { env: withProvider });
  assert.match(again.text, /1 passed/, again.text);
});

test('pytest: what is wrong outside of the test is told in words alone; long names fit into a folder', {
  skip,
}, async t => {
  const { pytest, withProvider, write, folder } = await suite(t, {
    'agent.py': AGENT,
    'test_agent.py': `
import pytest
from agent import ask

@pytest.mark.rewind
@pytest.mark.parametrize("prompt", ["a", "ü"], ids=lambda prompt: prompt * 300)
def test_prompts(prompt):
    ask(prompt)

@pytest.mark.rewind(cassette="a file/x.rw", mode="once")
def test_cannot_be_written():
    ask("hello")

@pytest.mark.rewind(cassette="shared.rw", mode="record")
@pytest.mark.parametrize("i", [1, 2])
def test_shared(i):
    ask("hello")
`,
  });
  write('a file', '');
  const { text } = await pytest(['--rewind-mode=record'], { env: withProvider });
  assert.match(text, /a file\/x\.rw cannot be written: E(EXIST|NOTDIR)/);
  assert.match(text, /shared\.rw is recorded by test_agent\.py::test_shared\[1\] in this run/);
  assert.doesNotMatch(text, /Traceback|plugin\.py|entries are hidden|at async/);
  assert.match(text, /4 passed, 2 errors/);
  const names = readdirSync(join(folder, 'cassettes/test_agent'));
  assert.ok(names.length === 2 && names.every(name => /-[0-9a-f]{8}\.rw$/.test(name)), String(names));
  assert.match((await pytest(['-k', 'prompts'], { offline: true })).text, /2 passed/);
});

test('pytest: one that is too old is told so', { skip }, async t => {
  const { run } = await project(t);
  // What pluggy did before 1.2: it knew no `wrapper`.
  const old = `
import pytest
known = pytest.hookimpl
pytest.hookimpl = lambda function=None, hookwrapper=False, tryfirst=False: known(function)
import pytest_rewind.plugin`;
  const { code, text } = await run([python, '-c', old], { env: { PYTHONPATH: join(root, 'python') } });
  assert.equal(code, 1);
  assert.match(text, /needs pytest 7\.4 and pluggy 1\.2 or later: pip install -U pytest pluggy/);
});

test('pytest: an agent that swallows a miss does not hide it; in CI a test cannot choose to record', {
  skip,
}, async t => {
  const { pytest, withProvider, asked } = await suite(t, {
    'agent.py': AGENT,
    'test_agent.py': `
import os
import pytest
from agent import ask

@pytest.mark.rewind(mode="once")
def test_swallows():
    try:
        ask(os.environ.get("QUESTION", "hello"))
    except Exception:
        pass
`,
  });
  const inCi = await pytest([], { env: { ...withProvider, CI: 'true' } });
  assert.match(inCi.text, /There is no cassette/);
  assert.equal(asked(), 0);
  assert.match((await pytest([], { env: withProvider })).text, /1 passed/);
  const swallowed = await pytest([], { env: { QUESTION: 'another' } });
  assert.match(swallowed.text, /1 failed/);
  assert.match(swallowed.text, /^\S+test_swallows\.rw does not hold what was asked$/m);
  assert.doesNotMatch(swallowed.text, /Traceback|plugin\.py|entries are hidden/);
});

test("pytest: a suite with vcrpy's cassettes runs by changing the marker only", { skip }, async t => {
  const tests = (marker: string) => `
import os
import pytest
import vcr as vcrpy
from agent import question
from openai import OpenAI

def elsewhere(request):
    request.uri = request.uri.replace(os.environ["PROVIDER"], "https://api.openai.com")
    return request

@pytest.fixture(autouse=True)
def vcr(request):
    marker = request.node.get_closest_marker("vcr")
    if marker is None:
        yield
        return
    with vcrpy.use_cassette("cassettes/" + request.node.name + ".yaml", before_record_request=elsewhere,
                            filter_headers=["authorization"], match_on=["method"]):
        yield

@pytest.mark.${marker}
@pytest.mark.parametrize("text", ["hello", "good evening"])
def test_ask(text):
    client = OpenAI(base_url=os.environ.get("PROVIDER_V1"))
    assert client.chat.completions.create(**question(text)).choices[0].message.content
`;
  const { pytest, write, withProvider, folder, asked } = await suite(t, {
    'agent.py': AGENT,
    'test_agent.py': tests('vcr'),
  });
  const provider = String(withProvider.REWIND_UPSTREAM).split('=')[1]!;
  const byVcrpy = await pytest(['-p', 'no:vcr'], {
    env: { OPENAI_API_KEY: 'sk-test', PROVIDER: provider, PROVIDER_V1: `${provider}/v1` },
  });
  assert.match(byVcrpy.text, /2 passed/, byVcrpy.text);
  assert.match(readFileSync(join(folder, 'cassettes/test_ask[hello].yaml'), 'utf8'), /api\.openai\.com/);
  const before = asked();

  write('test_agent.py', tests('rewind'));
  const byRewind = await pytest([], { offline: true });
  assert.match(byRewind.text, /2 passed/, byRewind.text);
  assert.equal(asked(), before);
});
