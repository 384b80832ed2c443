import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bisectSessions } from '../../src/bisect/bisect.ts';
import { markdownOf } from '../../src/bisect/markdown.ts';
import { goodRun } from './plants.ts';
import type { Run } from './scenario.ts';
import { sessionIn } from './scenario.ts';
import { VENDORS } from './vendors.ts';

const [vendor] = VENDORS;

/** A run whose tool's result leads elsewhere only a call later. */
function shipped(status: string, end: string): Run {
  const run = goodRun();
  return {
    ...run,
    turns: [
      { calls: [{ name: 'search_orders', args: { id: 7 } }], results: [status] },
      { calls: [{ name: 'get_shipment', args: { id: '7' } }], results: ['none'] },
      { text: end },
    ],
  };
}

test('the material divergence and the behavioural one are told apart, the detail is a sentence', () => {
  const report = bisectSessions(
    sessionIn(vendor!, shipped('shipped', 'On its way.')),
    sessionIn(vendor!, shipped('pending', 'Not yet.')),
  );
  assert.deepEqual(report.divergence, {
    step: 1,
    behaviour: 2,
    moved: 'agent',
    good: 'On its way.',
    bad: 'Not yet.',
  });
  const [cause] = report.causes;
  assert.deepEqual([cause?.id, cause?.status, cause?.step], ['upstream_tool_output_drifted', 'ISOLATED', 1]);
  assert.equal(
    cause?.detail,
    'search_orders({"id": 7}) returned "shipped" in good, "pending" in bad, for the same arguments.',
  );
});

test('other arguments are traced to the answer that made them, not to the tool', () => {
  const run = goodRun();
  const bad: Run = {
    ...run,
    turns: [
      { calls: [{ name: 'search_orders', args: { customer: 'eve@example.com' } }], results: ['[]'] },
      { text: 'No orders.' },
    ],
  };
  const report = bisectSessions(sessionIn(vendor!, run), sessionIn(vendor!, bad));
  assert.deepEqual(
    report.causes.map(({ id, step }) => [id, step]),
    [['model_nondeterminism_sampled', 0]],
  );
});

test('a change behind the divergence is listed apart, never as a cause', () => {
  const run = goodRun();
  const bad: Run = {
    ...run,
    turns: run.turns.map((turn, i) => {
      if (i === 1)
        return {
          ...turn,
          calls: [...turn.calls!, { name: 'get_shipment', args: { id: '8' } }],
          results: [...turn.results!, '{}'],
        };
      return i === 2 ? { ...turn, with: { model: 'model-b' } } : turn;
    }),
  };
  const report = bisectSessions(sessionIn(vendor!, run), sessionIn(vendor!, bad));
  assert.equal(report.divergence?.behaviour, 1);
  assert.ok(report.causes.every(({ id }) => id !== 'model_version_changed'));
  assert.deepEqual(
    report.later.map(({ id, step }) => [id, step]),
    [['model_version_changed', 2]],
  );
});

test('recorded text cannot break out of the Markdown', () => {
  const hostile = 'x ```\n<img src=x onerror=1> | @everyone [a](http://b)';
  const report = bisectSessions(
    sessionIn(vendor!, shipped('shipped', 'a')),
    sessionIn(vendor!, shipped(hostile, 'b')),
  );
  const outside = markdownOf(report)
    .replace(/^(`{3,})diff\n[\s\S]*?^\1$/gm, '')
    .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
  assert.doesNotMatch(outside, /<img|@everyone|\]\(http/);
});

test('chance at temperature 0 has a name of its own', () => {
  const good = { ...shipped('shipped', 'On its way.'), parameters: { temperature: 0 } };
  const bad = { ...shipped('shipped', 'It left.'), parameters: { temperature: 0 } };
  const { causes } = bisectSessions(sessionIn(vendor!, good), sessionIn(vendor!, bad));
  assert.deepEqual(
    causes.map(({ id, status }) => [id, status]),
    [['model_nondeterminism_greedy', 'SUGGESTED']],
  );
});

test("what the provider's own tool gave is told from what the model made of it", () => {
  const anthropic = VENDORS.find(({ name }) => name === 'Anthropic')!;
  const run = (found: string, text: string): Run => ({
    ...goodRun(),
    turns: [
      {
        serverBlock: {
          type: 'web_search_tool_result',
          tool_use_id: 'srv_1',
          content: [{ type: 'web_search_result', title: found }],
        },
        text,
      },
    ],
  });
  const compare = (good: Run, bad: Run): readonly string[] =>
    bisectSessions(sessionIn(anthropic, good), sessionIn(anthropic, bad)).causes.map(({ id }) => id);
  assert.deepEqual(compare(run('Old news', 'Nothing new.'), run('New news', 'A lot is new.')), [
    'server_tool_drift',
  ]);
  assert.deepEqual(compare(run('Old news', 'Nothing new.'), run('Old news', 'A lot is new.')), [
    'model_nondeterminism_sampled',
  ]);
});

test('a replay of the good run that asks otherwise on the same commit is the agent, not its settings alone', () => {
  const good = sessionIn(vendor!, { ...goodRun(), start: { git: { commit: 'a'.repeat(40), dirty: false } } });
  const longer = { ...goodRun(), turns: [...goodRun().turns, { text: 'Checked.' }] };
  const bad = sessionIn(vendor!, {
    ...longer,
    start: {
      mode: 'replay',
      parent: { session: good.start.id },
      git: { commit: 'a'.repeat(40), dirty: false },
    },
  });
  assert.deepEqual(
    bisectSessions(good, bad).causes.map(({ id }) => id),
    ['agent_nondeterminism'],
  );
});
