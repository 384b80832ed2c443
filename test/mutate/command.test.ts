import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { MutationReport } from '../../src/mutate/report.ts';
import { VERDICTS } from '../../src/mutate/verdict.ts';
import { commandLine, root } from '../cli/command-line.ts';
import { assertDocumented } from '../cli/json-interfaces.ts';
import { ENVIRONMENT, Lab } from './lab.ts';

const lab = new Lab();
after(() => lab.close());

test('rewind mutate: shards merged equal one run; reports; exit codes', async t => {
  const { id } = (await lab.record('trusting')).start;
  const cli = commandLine(t);
  Object.assign(cli.env, ENVIRONMENT, { REWIND_HOME: lab.home });
  cli.cwd = lab.folder;
  // The operator that the docs show.
  const shown = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/mutate.md'), 'utf8'))?.[1] ?? '';
  writeFileSync(join(lab.folder, 'shouting.mjs'), shown);
  const what = [id, '--step', '4', '--only', 'output,shouting-model', '--operator', 'shouting.mjs'];

  const [one, two] = await Promise.all([
    cli.run('mutate', ...what, '--shard', '1/2', '--json-out', '1.json'),
    cli.run('mutate', ...what, '--shard', '2/2', '--json-out', '2.json'),
  ]);
  assert.deepEqual([one.code, two.code], [0, 0], one.stderr + two.stderr);
  const whole = (await cli.json('mutate', ...what)) as MutationReport;
  const merged = (await cli.json('mutate', '--merge', '1.json', '2.json')) as MutationReport;
  const comparable = (report: MutationReport): object => ({
    ...report,
    baseline: null,
    mutants: report.mutants.map(mutant => ({ ...mutant, session: null, durationMs: 0 })),
  });
  assert.deepEqual(comparable(merged), comparable(whole));

  assertDocumented(whole, 'Mutated');
  assertDocumented(whole.mutants[0], 'Mutant');
  assert.deepEqual(Object.keys(whole.summary), ['total', ...VERDICTS]);
  assert.equal(whole.summary.total, whole.mutants.length);
  const cut = whole.mutants.find(mutant => mutant.operator === 'truncated-response');
  assert.equal(cut?.verdict, 'silent');
  assert.equal(cut?.callSite?.file, join(root, 'test/mutate/agents/refunds.mjs'));
  assert.match(cut?.session ?? '', /^[0-9a-f]{32}$/);

  const judged = await cli.run(
    ...['mutate', '--merge', '1.json', '2.json', '--fail-on', 'silent,unsafe'],
    ...['--stryker', 'stryker.json', '--junit', 'junit.xml', '--github'],
  );
  assert.equal(judged.code, 1);
  assert.match(judged.stdout, new RegExp(`^${whole.summary.silent} silent failures`, 'm'));
  assert.match(
    judged.stdout,
    /^::error file=.*refunds\.mjs,line=\d+,title=silent%3A truncated-response@4::/m,
  );
  const read = (name: string): string => readFileSync(join(lab.folder, name), 'utf8');
  const stryker = JSON.parse(read('stryker.json')) as {
    files: Record<string, { source: string; mutants: { status: string }[] }>;
  };
  const [file] = Object.values(stryker.files);
  assert.match(file?.source ?? '', /A support agent/);
  assert.equal(
    file?.mutants.filter(({ status }) => status === 'Survived').length,
    whole.summary.silent + whole.summary.unsafe,
  );
  const junit = read('junit.xml');
  assert.match(junit, /<testsuites name="rewind mutate" tests="\d+" failures="[1-9]/);
  assert.match(junit, /file="[^/"][^"]*refunds\.mjs"/);

  // In a workflow whose step works in a folder of the repository, and where the report itself is wanted, too.
  cli.env.GITHUB_WORKSPACE = root;
  const asJson = await cli.run('mutate', '--merge', '1.json', '2.json', '--json', '--github');
  assert.equal((JSON.parse(asJson.stdout) as MutationReport).summary.total, whole.summary.total);
  assert.match(asJson.stderr, /^::error file=test\/mutate\/agents\/refunds\.mjs,line=/m);

  const alone = await cli.run('mutate', '--merge', '2.json', '--fail-on', 'silent');
  assert.equal(alone.code, 2);
  assert.match(alone.stderr, /Of the shards 1\/2 there is no report/);
});

test('rewind mutate: what cannot be done is said, and what to do', async t => {
  const { id } = (await lab.record('trusting')).start;
  const cli = commandLine(t);
  Object.assign(cli.env, ENVIRONMENT, { REWIND_HOME: lab.home });
  const wrong = async (args: readonly string[], message: RegExp) => {
    const { code, stderr } = await cli.run('mutate', ...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, message);
  };
  await Promise.all([
    wrong([], /A session is needed/),
    wrong([id, '--only', 'typhoon'], /no mutation operator called "typhoon"/),
    wrong([id, '--step', '1'], /no answer that could be broken/),
    wrong([id, '--shard', '3/2'], /Give i\/n/),
    wrong([id, '--fail-on', 'loudest'], /Verdicts are unsafe, silent/),
    wrong(['--merge', 'package.json'], /no report of rewind mutate/),
    wrong([id, '--oracle', 'no-such-command', '--max-mutants', '1'], /fails the oracle: .*no-such-command/),
    wrong([id, '--operator', 'package.json'], /Operator|cannot be loaded/),
    ...Object.entries({
      'throw new Error("mine")': /Operator own, at request 0: its plan\(\) threw Error: mine/,
      'return [{ answer: "nothing", times: "once", lost: false, detail: "" }]': /than a list of faults/,
      'return [{ answer: exchange.answer, times: "twice", lost: false, detail: "" }]':
        /once, always, from-here/,
    }).map(([body, message], i) => {
      const module = join(lab.folder, `own-${i}.mjs`);
      const fields = "id: 'own', family: 'output', summary: '', priority: 1";
      writeFileSync(module, `export default { ${fields}, plan({ exchange }) { ${body} } };`);
      return wrong([id, '--plan', '--operator', module], message);
    }),
  ]);
  const { stdout } = await cli.run('mutate', id, '--plan', '--only', 'hang');
  assert.deepEqual(
    stdout
      .trim()
      .split('\n')
      .map(line => line.split(' ')[0]),
    ['hang@0', 'hang@2', 'hang@4'],
  );
});

test('Ctrl-C: what is done is reported, nothing is left, and the exit code says so', async t => {
  const { id } = (await lab.record('trusting')).start;
  const cli = commandLine(t);
  const temporary = join(lab.folder, 'temporary');
  mkdirSync(temporary);
  Object.assign(cli.env, ENVIRONMENT, { REWIND_HOME: lab.home, TMPDIR: temporary });
  cli.cwd = lab.workspace;

  const early = cli.start('mutate', id, '--json-lines');
  await early.says('"planned"');
  while (readdirSync(temporary).length === 0) await setTimeout(5);
  early.kill('SIGINT');
  const { code, stderr } = await early.ended;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /Stopped before the unbroken runs had ended/);
  assert.deepEqual(readdirSync(temporary), []);

  const judged = join(lab.folder, 'judged');
  writeFileSync(judged, '');
  const reports = ['--junit', 'partial.xml', '--json-out', 'partial.json'];
  const late = cli.start('mutate', id, ...reports, '--oracle', `echo >> '${judged}'`);
  // Three are of the unbroken runs.
  while (readFileSync(judged).length < 5) await setTimeout(5);
  late.kill('SIGINT');
  const ended = await late.ended;
  assert.equal(ended.code, 130, ended.stderr);
  const partial = JSON.parse(readFileSync(join(lab.workspace, 'partial.json'), 'utf8')) as MutationReport;
  assert.ok(partial.mutants.length > 0 && partial.notRun.length > 0);
  assert.match(ended.stderr, new RegExp(`stopped: ${partial.notRun.length} mutants were not run`));
  assert.match(
    readFileSync(join(lab.workspace, 'partial.xml'), 'utf8'),
    new RegExp(`tests="${partial.mutants.length}"`),
  );
  assert.deepEqual(readdirSync(temporary), []);
});

test('an agent that does not replay by itself is not blamed on faults', async t => {
  const { id } = (await lab.record('trusting')).start;
  const cli = commandLine(t);
  Object.assign(cli.env, ENVIRONMENT, { REWIND_HOME: lab.home });
  cli.cwd = lab.workspace;
  const { code, stderr } = await cli.run(
    'mutate',
    id,
    '--max-mutants',
    '1',
    '--',
    process.execPath,
    '-e',
    'fetch("https://api.openai.com/v1/chat/completions", { method: "POST", body: "{}" })',
  );
  assert.equal(code, 2);
  assert.match(stderr, /does not have\n.*rewind replay/);
});
