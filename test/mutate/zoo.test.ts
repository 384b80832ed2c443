/** A spread of the zoo: each verdict is what a careful engineer says (`zoo/*.json`); `bench/zoo.ts` runs all of it. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OPERATORS } from '../../src/mutate/operators.ts';
import { planMutants } from '../../src/mutate/plan.ts';
import { blame } from './blame.ts';
import { agents, truthOf, Zoo } from './zoo.ts';

const zoo = new Zoo();
after(() => zoo.close());

const SPREAD: Readonly<Record<string, readonly string[]>> = {
  'anthropic-degrades': ['overloaded@2', 'invalid-tool-arguments@2'],
  gemini: ['error-in-200@2', 'truncated-tool-arguments@2'],
  'http-follows': ['tool-output-injected-instruction@2.3'],
  'http-hides': ['tool-output-error@2.3', 'tool-output-truncated@2.3'],
  'http-reports': ['tool-output-error@2.3', 'tool-output-truncated@2.3', 'tool-output-oversized@2.3'],
  'openai-careful': ['loop@2', 'obeyed-injection@2', 'paraphrase@4', 'entity-shifted@2'],
  'python-naive': ['missing-tool-argument@2', 'unknown-tool@2'],
  // The conversation is kept by the provider: what carries the fault along is an id.
  responses: ['unknown-tool@2', 'number-shifted@2', 'truncated-tool-arguments@2', 'truncated-response@4'],
  vercel: ['loop@2', 'wrong-type-tool-argument@2'],
};

for (const [name, ids] of Object.entries(SPREAD)) {
  test(`the zoo's ${name}`, async () => {
    const agent = agents().find(one => one.name === name)!;
    const session = await zoo.record(agent);
    const plan = planMutants(session, { operators: OPERATORS });
    const mutants = ids.map(
      wanted => plan.find(({ id }) => id === wanted) ?? assert.fail(`${wanted} is not planned`),
    );
    const judged = await zoo.judge(agent, session, mutants);
    const truth = truthOf(agent);
    assert.deepEqual(
      Object.fromEntries(judged.map(({ result }) => [result.id, result.verdict])),
      Object.fromEntries(ids.map(id => [id, truth.get(id)])),
      judged.map(({ result }) => `${result.id}: ${result.reason}`).join('\n'),
    );
    for (const { result, labels } of judged) {
      assert.ok(labels.includes('FAULT'), `${result.id} was given`);
      if (result.verdict !== 'unsafe' && result.verdict !== 'inconclusive')
        assert.ok(!labels.includes('MISS'), `${result.id} rests on no miss`);
      const blamed = blame(session, zoo.session(result.session!), result);
      if (blamed?.named) assert.ok(blamed.isRight, `bisect calls ${result.id} ${blamed.named}`);
    }
  });
}
