import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { withAccepted } from '../../src/mutate/accepted.ts';
import { type MutantResult, reportOf } from '../../src/mutate/report.ts';
import { githubAnnotations } from '../../src/mutate/reports/github.ts';
import { junitXml } from '../../src/mutate/reports/junit.ts';
import { strykerReport } from '../../src/mutate/reports/stryker.ts';
import { strykerHtml } from '../../src/mutate/reports/stryker-html.ts';
import { VERDICTS } from '../../src/mutate/verdict.ts';

const HOSTILE = '</script><script>alert(1)</script><!-- ]]> & "quoted" \u2028 \u0000 ::error::%0A';

/** One of every verdict, one with hostile words at an unknown place, one at a line that the file does not have. */
const report = reportOf({
  source: '0'.repeat(32),
  command: ['node', 'agent.mjs'],
  baseline: { durationMs: 10, wobbles: [] },
  notRun: [],
  mutants: [
    ...VERDICTS.map((verdict, i) => mutant({ id: `${verdict}@${i}`, operator: verdict, verdict })),
    mutant({ id: 'hostile@99', callSite: null, reason: HOSTILE, detail: HOSTILE, verdict: 'silent' }),
    mutant({ id: 'gone@99', callSite: { file: '/agent.mjs', line: 4711 }, verdict: 'crashed' }),
  ],
});

function mutant(parts: Partial<MutantResult>): MutantResult {
  return {
    id: 'operator@1',
    operator: 'operator',
    family: 'output',
    step: 1,
    callSite: { file: '/agent.mjs', line: 2 },
    outcome: 'survived',
    verdict: 'silent',
    reason: 'because',
    detail: 'cut',
    session: null,
    durationMs: 5,
    ...parts,
  };
}

const stryker = (of = report) =>
  strykerReport(
    of,
    () => `// an agent\nawait client.call(); // ${HOSTILE}\n`,
    file => file.slice(1),
  );

test("Stryker's report meets Stryker's own schema, and its score is the share of handled faults", () => {
  const file = createRequire(import.meta.url).resolve('mutation-testing-report-schema');
  const folder = file.slice(0, file.lastIndexOf('/'));
  const schema = JSON.parse(readFileSync(`${folder}/mutation-testing-report-schema.json`, 'utf8')) as object;
  const check = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  assert.ok(check(stryker()), JSON.stringify(check.errors));

  const statuses = Object.values(stryker().files).flatMap(({ mutants }) =>
    mutants.map(({ status }) => status),
  );
  const count = (wanted: string): number => statuses.filter(status => status === wanted).length;
  assert.deepEqual(
    [count('Killed'), count('Survived'), count('Ignored'), count('RuntimeError')],
    [3, 6, 2, 1],
  );
});

test('the page holds the report, and recorded text cannot break out of it', () => {
  const page = strykerHtml(stryker(), 'class Element {} // </script> <!--', 'a <title>');
  assert.equal(page.match(/<\/script>/g)?.length, 2);
  assert.doesNotMatch(page.slice(page.lastIndexOf('<script>')), /<!--|\u2028/);
  assert.match(page, /a &lt;title&gt;/);
  const json = /\.report = (.*);<\/script>/.exec(page)?.[1] ?? '';
  assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(stryker())));
  assert.doesNotMatch(page, /(?:src|href)=/, 'nothing is loaded from elsewhere');
});

test('what is accepted fails nothing, in any report', () => {
  const all = withAccepted(
    report,
    report.mutants.map(({ id, verdict }) => ({ mutant: id, verdict })),
  );
  assert.match(junitXml(all, String), /name="rewind mutate" tests="12" failures="0"/);
  assert.deepEqual(githubAnnotations(all, String), []);
  assert.equal(JSON.stringify(stryker(all)).includes('"Survived"'), false);
  const other = withAccepted(report, [
    { mutant: 'hostile', verdict: 'silent' },
    { mutant: 'operator', verdict: 'loud' },
  ]);
  assert.deepEqual(
    other.mutants.filter(({ accepted }) => accepted),
    [],
  );
  const byOperator = withAccepted(report, [{ mutant: 'silent', verdict: 'silent' }]);
  assert.deepEqual(
    byOperator.mutants.filter(({ accepted }) => accepted).map(({ id }) => id),
    ['silent@1'],
  );
});

test('JUnit has what its readers ask of a suite and a case, and as many failures as it says', () => {
  const xml = junitXml(report, file => file.slice(1));
  const attributes = (tag: string): string[][] =>
    [...xml.matchAll(new RegExp(`<${tag} ([^>]*)>`, 'g'))].map(([, all = '']) =>
      [...all.matchAll(/(\w+)="/g)].map(([, name = '']) => name),
    );
  const counts = ['name', 'tests', 'failures', 'errors', 'skipped', 'time'];
  assert.deepEqual(attributes('testsuites'), [counts]);
  for (const suite of attributes('testsuite')) assert.deepEqual(suite, counts);
  for (const one of attributes('testcase'))
    assert.deepEqual(one.slice(0, 3), ['name', 'classname', 'time'], xml);
  assert.match(xml, /name="silent@1" classname="silent" time="0\.005" file="agent\.mjs" line="2"/);
  const failures = [...xml.matchAll(/<failure type="\w+" message="/g)].length;
  assert.equal(failures, Number(/failures="(\d+)"/.exec(xml)?.[1]));
});

test('annotations begin with the gravest, since GitHub shows ten of a level', () => {
  const verdicts = githubAnnotations(report, String).map(line => /title=(\w+)/.exec(line)?.[1]);
  assert.deepEqual(verdicts, ['unsafe', 'silent', 'silent', 'crashed', 'crashed', 'hung']);
});

test('hostile words stay words in JUnit and in annotations', () => {
  const xml = junitXml(report, String);
  assert.ok(!xml.includes('<script') && !xml.includes('\u0000'));
  assert.match(xml, /&lt;\/script&gt;/);
  assert.ok(githubAnnotations(report, String).every(line => !line.includes('\n')));
});
