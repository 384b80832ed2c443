import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { checkScript } from '../../src/emulator/script.ts';
import { type CommandLine, commandLine } from '../cli/command-line.ts';
import { Project } from './agents.ts';

const AGENT = `
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
const model = readFileSync('model.txt', 'utf8').trim();
const client = new OpenAI({ maxRetries: 0 });
const { choices } = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello?' }] });
console.log(choices[0].message.content);
if (choices[0].message.content !== 'Hello!') process.exit(1);
`;

const script = checkScript({
  turns: [{ match: { model: 'model-b' }, answer: { text: 'Go away.' } }, { answer: { text: 'Hello!' } }],
});

/** Commits: the agent, an idle one, the one that breaks it, another idle one; and a recording of the first and the last. */
async function history(
  t: TestContext,
): Promise<{ readonly line: CommandLine; readonly commits: readonly string[] }> {
  const project = new Project(t);
  const line = commandLine(t);
  line.cwd = project.folder;
  const emulator = await startEmulator({ script });
  t.after(() => emulator.close());
  /** On a busy machine git may be too slow to tell the commit: then the run is recorded again. */
  const record = async (name: string): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      await line.run(
        'record',
        '-q',
        '-n',
        name,
        '-u',
        `api.openai.com=${emulator.url}`,
        '--',
        process.execPath,
        join(project.folder, 'agent.mjs'),
      );
      const [newest] = (await line.json('list', '--limit', '1')) as readonly {
        readonly id: string;
        readonly commit: string | null;
      }[];
      if (newest?.commit) return;
      if (attempt === 5) throw new Error('git was too slow to tell the commit, five times');
      await line.run('rm', '--yes', newest!.id);
    }
  };
  project.write('agent.mjs', AGENT);
  project.write('model.txt', 'model-a\n');
  const commits = [project.commit('Start')];
  await record('golden');
  project.write('notes.txt', '1');
  commits.push(project.commit('Idle'));
  project.write('model.txt', 'model-b\n');
  commits.push(project.commit('Save money'));
  project.write('notes.txt', '2');
  commits.push(project.commit('Idle again'));
  await record('broken');
  return { line, commits };
}

test('rewind bisect: headline, JSON, Markdown, exit codes, commits', async t => {
  const { line, commits } = await history(t);

  const { stdout, code, stderr } = await line.run('bisect', 'golden', 'broken');
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /^First divergence at step 0 \(behaviour: step 0\)\nCause {3}model_version_changed {3}ISOLATED\nDetail {2}The model asked for was model-a in good and model-b in bad\.\nAt {6}\S+agent\.mjs:6\n/,
  );

  assert.match(
    stdout,
    /Commits that brought it:\n\s+\S+ Save money\n\s+In model\.txt:1:\n\s+-model-a\n\s+\+model-b\n/,
  );

  const report = (await line.json('bisect', 'golden', 'broken')) as {
    readonly divergence: { readonly step: number; readonly behaviour: number | null };
    readonly causes: readonly Record<string, unknown>[];
    readonly ruledOut: readonly { readonly id: string }[];
  };
  assert.deepEqual([report.divergence.step, report.divergence.behaviour], [0, 0]);
  const [cause] = report.causes;
  for (const name of ['id', 'status', 'step', 'field', 'detail', 'evidence', 'callSite'])
    assert.ok(name in cause!, name);
  assert.equal((cause!.callSite as { readonly line: number }).line, 6);
  assert.ok(report.ruledOut.some(({ id }) => id === 'sampling_params_changed'));

  const markdown = await line.run('bisect', 'golden', 'broken', '--markdown');
  assert.match(
    markdown.stdout,
    /^### Rewind: first divergence at step 0[\s\S]*\| `model_version_changed` \| ISOLATED \| 0 \|/,
  );

  assert.equal((await line.run('bisect', 'golden', 'golden', '--expect', 'none')).code, 0);
  assert.equal((await line.run('bisect', 'golden', 'broken', '--expect', 'none')).code, 1);
  assert.equal((await line.run('bisect', 'golden', 'broken', '--expect', 'model_version_changed')).code, 0);
  const wrong = await line.run('bisect', 'golden', 'broken', '--expect', 'model_changed');
  assert.deepEqual([wrong.code, /Did you mean|lists them/.test(wrong.stderr)], [2, true]);

  const many = (await line.json('bisect', '--good', 'golden', '--bad', 'broken', 'broken')) as {
    readonly separations: readonly { readonly id: string; readonly score: number }[];
  };
  assert.deepEqual([many.separations[0]?.id, many.separations[0]?.score], ['model_version_changed', 1]);

  const events = (await line.run('bisect', 'golden', 'broken', '--verify', '--json-lines')).stdout
    .trimEnd()
    .split('\n')
    .map(text => JSON.parse(text) as { event: string; what?: string; report?: typeof report });
  const last = events.pop();
  assert.deepEqual(
    events.map(({ event, what }) => `${event} ${what}`),
    [
      'trying the good run on its own tape',
      'trying the bad run on its own tape',
      'trying model_version_changed',
    ],
  );
  assert.equal(last?.report?.causes[0]?.status, 'VERIFIED', JSON.stringify(last, null, 1));
  const failed = await line.run('bisect', 'golden', 'nobody', '--json-lines');
  assert.equal(JSON.parse(failed.stdout).error.code, 'no-such-session');

  const search = (await line.json(
    'bisect',
    '--run',
    `${process.execPath} agent.mjs`,
    '--good',
    'golden',
    '--bad',
    'HEAD',
  )) as {
    readonly first: string;
  };
  assert.equal(search.first, commits[2]);

  // A search that is ended in its middle leaves no copy, and the next one no trace of its tree in the repository.
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: line.cwd, encoding: 'utf8' });
  const slow = `echo begun > ${JSON.stringify(join(line.home, 'begun'))}; sleep 20`;
  const stopped = line.start('bisect', '--run', slow, '--good', 'golden', '--bad', 'HEAD');
  while (!existsSync(join(line.home, 'begun'))) await setTimeout(20);
  const tree = /^worktree (.*rewind-workspace-.*)$/m.exec(git('worktree', 'list', '--porcelain'))?.[1];
  assert.ok(tree && existsSync(tree));
  stopped.kill('SIGINT');
  assert.equal((await stopped.ended).code, 130);
  assert.ok(!existsSync(tree));

  // The commit that is to be found cannot be tested: the next one is not blamed in its place.
  const ends = ['--good', 'golden', '--bad', 'HEAD'];
  const test = `grep -q 1 notes.txt && grep -q model-b model.txt && exit 125; ${process.execPath} agent.mjs`;
  const unsure = (await line.json('bisect', '--run', test, ...ends)) as typeof search & {
    readonly candidates: readonly { readonly commit: string }[];
  };
  assert.equal(unsure.first, null);
  assert.deepEqual(
    unsure.candidates.map(({ commit }) => commit),
    commits.slice(2),
  );
  assert.doesNotMatch(git('worktree', 'list'), /rewind-workspace/);
  const never = await line.run('bisect', '--run', 'exit 125', ...ends);
  assert.equal(never.code, 2);
  assert.match(never.stderr, /cannot tell of \w{10}, the good end: it exits with 125/);
});
