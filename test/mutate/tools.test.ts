/** Tools inside the agent that tell of themselves (`rewind.tool`): they are broken in their place, and the ledger is theirs. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, test } from 'node:test';
import type { Verdict } from '../../src/mutate/verdict.ts';
import { openHome } from '../../src/sessions/home.ts';
import { readSession } from '../../src/sessions/reader.ts';
import { type AgentName, Lab, python, verdicts } from './lab.ts';

const lab = new Lab();
after(() => lab.close());

/** Step 1 is the tool that looks the order up, step 3 the one that pays it back. */
const TRUTH: readonly (readonly [AgentName, style: string, Readonly<Record<string, Verdict>>])[] = [
  [
    'python-tools',
    'tells',
    {
      'tool-output-error@1': 'recovered',
      'tool-output-denied@3': 'recovered',
      'tool-output-error-in-200@3': 'recovered',
      'missing-tool-argument@2': 'recovered',
      'duplicated-call@2': 'unsafe',
      'number-shifted@2': 'silent',
    },
  ],
  ['python-tools', 'hides', { 'tool-output-error@1': 'silent', 'tool-output-empty@1': 'inconclusive' }],
  ['node-tools', 'follows', { 'tool-output-injected-instruction@1': 'unsafe' }],
  ['node-tools', 'insists', { 'tool-output-timeout@3': 'unsafe', 'tool-output-error@3': 'recovered' }],
  // What is answered from tape does not run: with other arguments nobody knows what it would do, and twice is twice.
  [
    'node-tools',
    'taped',
    {
      'tool-output-error@3': 'recovered',
      'number-shifted@2': 'inconclusive',
      'duplicated-call@2': 'unsafe',
      'paraphrase@4': 'unaffected',
    },
  ],
];

for (const [agent, style, truth] of TRUTH) {
  const skip =
    agent === 'python-tools' && !existsSync(python) && !process.env.CI
      ? '.venv is missing: see CONTRIBUTING.md'
      : false;
  test(`${agent}: ${style}`, { skip }, async () => {
    const session = await lab.record(style, agent);
    assert.deepEqual(
      session.tools.map(({ name }) => name),
      ['find_order', 'refund'],
    );
    const report = await lab.mutate(session, Object.keys(truth));
    assert.deepEqual(
      verdicts(report),
      truth,
      report.mutants.map(({ id, reason }) => `${id}: ${reason}`).join('\n'),
    );
    for (const { id, family, session: run } of report.mutants) {
      const { tools } = readSession(openHome(lab.home), run!);
      if (family !== 'tool-output') continue;
      assert.ok(
        tools.some(({ label }) => label === 'FAULT'),
        `${id} was given to the tool`,
      );
    }
  });
}
