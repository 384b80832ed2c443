import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { checkScript } from '../../src/emulator/script.ts';
import { type CommandLine, commandLine } from '../cli/command-line.ts';
import { Project } from './agents.ts';

const AGENT = `
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
const { model, system } = JSON.parse(readFileSync('config.json', 'utf8'));
const { choices } = await new OpenAI({ maxRetries: 0 }).chat.completions.create({
  model, messages: [{ role: 'system', content: system }, { role: 'user', content: 'Where is order 7?' }],
});
console.log(choices[0].message.content);
`;
const SHIPPED = { text: 'Your order was shipped and arrives tomorrow.' };
const UNKNOWN = { text: 'No such purchase exists here, sorry about that.' };
const ANSWERS = { turns: [{ match: { model: 'gpt-4.1-nano' }, answer: UNKNOWN }, { answer: SHIPPED }] };
const GOOD = { model: 'gpt-4.1-mini', system: 'You help.' };

interface LiveReport {
  readonly causes: readonly {
    readonly id: string;
    readonly status: string;
    readonly evidence: { readonly facts: readonly string[] };
    readonly live?: { readonly p: number | null; readonly noiseFloor: number };
  }[];
  readonly live?: { readonly answers: number; readonly usd: number; readonly estimatedUsd: number };
}

interface Lab {
  readonly line: CommandLine;
  readonly emulator: Emulator;
  record(name: string, config: object): Promise<void>;
  bisect(...more: readonly string[]): Promise<LiveReport>;
}

/** An agent of one question, and a provider that says everything in other words each time. */
function lab(t: TestContext, emulator: Emulator): Lab {
  const project = new Project(t);
  const line = commandLine(t);
  line.cwd = project.folder;
  t.after(() => emulator.close());
  const upstream = `api.openai.com=${emulator.url}`;
  project.write('agent.mjs', AGENT);
  let commits = 0;
  return {
    line,
    emulator,
    async record(name, config) {
      project.write('config.json', JSON.stringify(config));
      project.write('commit.txt', String(++commits));
      project.commit('Change');
      const { code, stderr } = await line.run(
        ...['record', '-q', '-n', name, '-u', upstream, '--', process.execPath, 'agent.mjs'],
      );
      assert.equal(code, 0, stderr);
    },
    bisect: async (...more) =>
      (await line.json('bisect', 'good', 'bad', '-u', upstream, ...more)) as LiveReport,
  };
}

const noisy = (script: object): Promise<Emulator> =>
  startEmulator({ script: checkScript(script), behaviour: { noise: { probability: 1, seed: 7 } } });

test('another model that does answer otherwise is told from the noise, with the key of the environment', async t => {
  const { line, emulator, record, bisect } = lab(t, await noisy(ANSWERS));
  await record('good', GOOD);
  await record('bad', { ...GOOD, model: 'gpt-4.1-nano' });
  emulator.reset();
  const key = 'sk-live-0123456789abcdefghijklmnop';
  line.env.OPENAI_API_KEY = key;
  const { causes, live } = await bisect('--live', '6');
  assert.deepEqual([causes[0]?.id, causes[0]?.status], ['model_version_changed', 'VERIFIED']);
  assert.ok(causes[0]!.live!.p! < 0.05);
  assert.match(causes[0]!.evidence.facts[0]!, /asked 6 times .*Fisher–Freeman–Halton/);
  assert.equal(live?.answers, 12);
  assert.ok(live.usd > 0 && live.estimatedUsd > 0);
  assert.equal(emulator.requests.length, 12);
  const files = readdirSync(line.home, { recursive: true, encoding: 'utf8' }).map(name =>
    join(line.home, name),
  );
  for (const file of files.filter(name => statSync(name).isFile())) {
    assert.ok(!readFileSync(file).includes(key), file);
  }
});

test('a prompt that changes nothing is inconclusive, and the noise is named', async t => {
  const { record, bisect } = lab(t, await noisy(ANSWERS));
  await record('good', GOOD);
  await record('bad', { ...GOOD, system: 'You help, and you are kind.' });
  const { causes } = await bisect('--live', '8', '--verify');
  assert.deepEqual(
    [causes[0]?.id, causes[0]?.status],
    ['system_prompt_drift', 'INCONCLUSIVE'],
    JSON.stringify(causes, null, 1),
  );
  assert.match(causes[0]!.evidence.facts.join(), /cannot be told from chance/);
});

test('one request: the model does both, or the good answer does not come back', async t => {
  const both = {
    turns: [
      { match: { nth: 1 }, answer: SHIPPED },
      { match: { nth: 4 }, answer: SHIPPED },
      { answer: UNKNOWN },
    ],
  };
  const { emulator, record, bisect } = lab(t, await noisy(both));
  await record('good', GOOD);
  await record('bad', GOOD);
  const sampled = await bisect('--live', '4');
  assert.deepEqual(
    [sampled.causes[0]?.id, sampled.causes[0]?.status],
    ['model_nondeterminism_sampled', 'VERIFIED'],
  );
  emulator.useScript(checkScript({ turns: [{ answer: UNKNOWN }] }));
  const few = await bisect('--live', '5');
  assert.deepEqual(
    [few.causes[0]?.id, few.causes[0]?.status],
    ['model_nondeterminism_sampled', 'INCONCLUSIVE'],
  );
  const many = await bisect('--live', '25');
  assert.deepEqual(
    many.causes.map(({ id, status }) => [id, status]),
    [
      ['silent_provider_regression', 'SUGGESTED'],
      ['model_nondeterminism_sampled', 'INCONCLUSIVE'],
    ],
  );
  emulator.useScript(checkScript({ turns: [{ answer: SHIPPED }] }));
  const gone = await bisect('--live', '5');
  assert.match(gone.causes[0]!.evidence.facts[0]!, /the bad answer is rarer than 46 %/);
});

test('nothing is sent that costs more than wanted, or without a price or a key', async t => {
  const { line, emulator, record } = lab(t, await noisy(ANSWERS));
  await record('good', GOOD);
  await record('bad', { ...GOOD, model: 'gpt-4.1-nano' });
  await record('unpriced', { ...GOOD, model: 'model-of-ours' });
  emulator.reset();
  const upstream = `api.openai.com=${emulator.url}`;
  const failsWith = async (text: string, bad: string, ...more: readonly string[]): Promise<void> => {
    const { stderr, code } = await line.run('bisect', 'good', bad, '-u', upstream, '--live', ...more);
    assert.ok(code !== 0 && stderr.includes(text), stderr);
  };
  await failsWith('What model-of-ours costs is not known', 'unpriced', '8');
  await failsWith('can tell nothing', 'bad', '3');
  await failsWith('more than --max-usd 0.000001', 'bad', '8', '--max-usd', '0.000001');
  line.env.OPENAI_API_KEY = undefined;
  await failsWith('OPENAI_API_KEY is not set', 'bad', '8');
  assert.equal(emulator.requests.length, 0);
  line.env.OPENAI_API_KEY = 'sk-invalid-key-0123456789abcdef';
  await failsWith('refused the credentials', 'bad', '8');
});
