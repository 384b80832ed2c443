import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { verify } from '../../src/bisect/verify.ts';
import { RewindError } from '../../src/errors.ts';
import { Redactor } from '../../src/sessions/redaction.ts';
import { PYTHON, withoutPackages } from '../clients/python-packages.ts';
import { Project, textOf } from './agents.ts';

/** A TypeScript agent on the OpenAI SDK: settings and prompt from `config.json`, one tool that reads `orders.json`. */
const AGENT = `
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
const config = JSON.parse(readFileSync('config.json', 'utf8')) as { model: string; system: string };
const client = new OpenAI({ maxRetries: 0 });
const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [
  { role: 'system', content: config.system },
  { role: 'user', content: 'Where is order 7?' + (process.env.NOISY ? ' ' + Math.random() : '') },
];
const tools: OpenAI.Chat.ChatCompletionTool[] = [{ type: 'function', function: { name: 'TOOL', parameters: { type: 'object', properties: {} } } }];
for (;;) {
  const { choices } = await client.chat.completions.create({ model: config.model, messages, tools });
  const message = choices[0]!.message;
  messages.push(message);
  if (!message.tool_calls) { console.log(message.content); break; }
  for (const call of message.tool_calls) messages.push({ role: 'tool', tool_call_id: call.id, content: readFileSync('orders.json', 'utf8') });
}
`;

const PYTHON_AGENT = `
from openai import OpenAI
client = OpenAI(max_retries=0)
model = open('model.txt').read()
messages = [{'role': 'user', 'content': 'Where is order 7?'}]
tools = [{'type': 'function', 'function': {'name': 'search_orders', 'parameters': {'type': 'object', 'properties': {}}}}]
while True:
    message = client.chat.completions.create(model=model, messages=messages, tools=tools).choices[0].message
    messages.append(message.model_dump(exclude_none=True, include={'role', 'content', 'tool_calls'}))
    if not message.tool_calls:
        print(message.content)
        break
    for call in message.tool_calls:
        messages.append({'role': 'tool', 'tool_call_id': call.id, 'content': '{"status":"shipped"}'})
`;

const ANSWERS = {
  turns: [
    { match: { toolResult: true, model: 'model-b' }, answer: { text: 'No such order.' } },
    { match: { toolResult: true, system: 'brief' }, answer: { text: 'Shipped.' } },
    {
      match: { toolResult: true },
      answer: { text: 'It is {{tool.search_orders.result.status}}, I am happy to say.' },
    },
    { answer: { toolCalls: [{ name: 'search_orders', arguments: {} }] } },
  ],
};
const OTHER_ANSWERS = {
  turns: [{ match: { toolResult: true }, answer: { text: 'I do not know.' } }, ANSWERS.turns[3]!],
};

const command = [process.execPath, 'agent.ts'];

function project(t: TestContext, tool = 'search_orders'): Project {
  const made = new Project(t);
  made.write('agent.ts', AGENT.replace('TOOL', tool));
  made.write('package.json', '{"type": "module"}');
  made.write('config.json', JSON.stringify({ model: 'model-a', system: 'You help.' }));
  made.write('orders.json', '{"status":"shipped"}');
  made.commit('Start');
  return made;
}

test('the model that answered otherwise is verified both ways', async t => {
  const here = project(t);
  const good = await here.record(command, ANSWERS);
  const bad = await here.record(command, OTHER_ANSWERS);
  assert.match(textOf(good, 'stdout'), /It is shipped/, textOf(good, 'stderr'));
  const report = await verify(good, bad, here.hands());
  assert.deepEqual(report.divergence && [report.divergence.step, report.divergence.behaviour], [1, 1]);
  assert.deepEqual(
    report.causes.map(({ id, status }) => [id, status]),
    [['model_nondeterminism_sampled', 'VERIFIED']],
    JSON.stringify([report.notes, report.causes], null, 1),
  );
});

for (const [name, file, text, cause, step] of [
  ['model', 'config.json', { model: 'model-b', system: 'You help.' }, 'model_version_changed', 0],
  ['system prompt', 'config.json', { model: 'model-a', system: 'You are brief.' }, 'system_prompt_drift', 0],
  ['tool output', 'orders.json', { status: 'lost' }, 'upstream_tool_output_drifted', 1],
] as const) {
  test(`another ${name} in a later commit is verified both ways, each run at its own commit`, async t => {
    const here = project(t);
    const good = await here.record(command, ANSWERS);
    here.write(file, JSON.stringify(text));
    here.commit('Change');
    const bad = await here.record(command, ANSWERS);
    const report = await verify(good, bad, here.hands());
    const [first] = report.causes;
    assert.deepEqual(
      [first?.id, first?.step, first?.status],
      [cause, step, 'VERIFIED'],
      JSON.stringify([report.notes, report.causes], null, 1),
    );
  });
}

test('two planted causes at once: neither alone heals, both together do', async t => {
  const here = project(t);
  const good = await here.record(command, ANSWERS);
  here.write('config.json', JSON.stringify({ model: 'model-b', system: 'You are brief.' }));
  here.commit('Change');
  const bad = await here.record(command, ANSWERS);
  const report = await verify(good, bad, here.hands());
  assert.deepEqual(
    report.causes.map(({ id, status, together }) => [id, status, together]),
    [
      ['model_version_changed', 'JOINT', ['system_prompt_drift']],
      ['system_prompt_drift', 'JOINT', ['model_version_changed']],
    ],
    JSON.stringify(report.notes),
  );
  assert.match(report.causes[0]!.evidence.facts.join(), /asks what neither run has recorded/);
  assert.match(report.notes.join(), /None of them does it alone/);
});

test('a run that stops short, and one that asks once more, are verified by giving each the other answers', async t => {
  const here = new Project(t);
  const agent = (steps: number): string =>
    AGENT.replace('TOOL', 'search_orders').replace('for (;;)', `for (let step = 0; step < ${steps}; step++)`);
  here.write('agent.ts', agent(9));
  here.write('package.json', '{"type": "module"}');
  here.write('config.json', JSON.stringify({ model: 'model-a', system: 'You help.' }));
  here.write('orders.json', '{"status":"shipped"}');
  here.commit('Start');
  const good = await here.record(command, ANSWERS);
  here.write('agent.ts', agent(1));
  here.commit('Save steps');
  const short = await here.record(command, ANSWERS);
  const statuses = async (bad: typeof good) =>
    (await verify(good, bad, here.hands())).causes.map(({ id, status }) => [id, status]);
  assert.deepEqual(await statuses(short), [['budget_change', 'VERIFIED']]);
  const once =
    "const { choices: more } = await client.chat.completions.create({ model: 'model-a', messages: [{ role: 'user', content: 'Sure?' }] }); console.log(more.length);";
  here.write('agent.ts', agent(9) + once);
  here.commit('Ask once more');
  const longer = await here.record(command, ANSWERS);
  assert.deepEqual(await statuses(longer), [['control_flow_change', 'VERIFIED']]);
});

test('a secret in the prompt, which the recording does not hold, does not spoil the control', async t => {
  const here = project(t);
  here.write(
    'config.json',
    JSON.stringify({ model: 'model-a', system: 'Use sk-proj-0123456789abcdefghijklmn.' }),
  );
  here.commit('Secret');
  const good = await here.record(command, ANSWERS);
  const bad = await here.record(command, OTHER_ANSWERS);
  const redactor = new Redactor();
  const report = await verify(good, bad, { ...here.hands(), redact: request => redactor.request(request) });
  assert.equal(report.causes[0]?.status, 'VERIFIED', JSON.stringify(report.notes));
});

test('an agent with chance in it ends inconclusive, and the field is named', async t => {
  const here = project(t);
  here.write('agent.ts', AGENT.replace('TOOL', 'search_orders').replace('process.env.NOISY', 'true'));
  here.commit('Chance');
  const good = await here.record(command, ANSWERS);
  const bad = await here.record(command, OTHER_ANSWERS);
  const report = await verify(good, bad, here.hands());
  assert.equal(report.causes[0]?.id, 'agent_nondeterminism');
  assert.ok(report.causes.every(({ status }) => status === 'INCONCLUSIVE'));
  assert.match(report.notes.join(), /messages\[1\].*not deterministic/);
});

test('tools that look as if they changed something are not run again unasked', async t => {
  const here = project(t, 'refund_order');
  const script = JSON.parse(
    JSON.stringify(ANSWERS).replaceAll('search_orders', 'refund_order'),
  ) as typeof ANSWERS;
  const good = await here.record(command, script);
  await assert.rejects(verify(good, good, here.hands()), (error: unknown) => {
    return (
      error instanceof RewindError &&
      error.code === 'tools-with-effects' &&
      error.message.includes('refund_order')
    );
  });
  assert.equal((await verify(good, good, { ...here.hands(), allowEffects: true })).divergence, null);
});

const withoutPython = withoutPackages('openai');

test('a Python agent is verified as well', { skip: withoutPython ?? false }, async t => {
  const here = new Project(t);
  here.write('agent.py', PYTHON_AGENT);
  here.write('model.txt', 'model-a');
  here.commit('Start');
  const good = await here.record([PYTHON, 'agent.py'], ANSWERS);
  here.write('model.txt', 'model-b');
  here.commit('Change');
  const bad = await here.record([PYTHON, 'agent.py'], ANSWERS);
  const report = await verify(good, bad, here.hands());
  const [first] = report.causes;
  assert.deepEqual(
    [first?.id, first?.status],
    ['model_version_changed', 'VERIFIED'],
    JSON.stringify(report, null, 1),
  );
  assert.match(first?.callSite?.file ?? '', /agent\.py$/);
});

/** Its tool reads a file outside of the repository: no commit can bring back what it held. */
const HELPED_AGENT = `
import json, os
import rewind
from openai import OpenAI
client = OpenAI(max_retries=0)

@rewind.tool
def refund_order(order: str) -> dict:
    with open(os.environ['LEDGER'], 'a') as ledger:
        ledger.write('refund ' + order + '\\n')
    return json.load(open(os.environ['ORDERS']))

messages = [{'role': 'user', 'content': 'Refund order 7.'}]
tools = [{'type': 'function', 'function': {'name': 'refund_order', 'parameters': {'type': 'object', 'properties': {}}}}]
while True:
    message = client.chat.completions.create(model='model-a', messages=messages, tools=tools).choices[0].message
    messages.append(message.model_dump(exclude_none=True, include={'role', 'content', 'tool_calls'}))
    if not message.tool_calls:
        break
    for call in message.tool_calls:
        result = refund_order(**json.loads(call.function.arguments))
        messages.append({'role': 'tool', 'tool_call_id': call.id, 'content': json.dumps(result)})
# What the agent itself remembers of the tool: the model's words do not hold it.
raise SystemExit(0 if result['status'] == 'paid' else 3)
`;

test('a drifted result of rewind.tool is given to the agent itself, and nothing happens again', {
  skip: withoutPython ?? false,
}, async t => {
  const here = new Project(t);
  here.write('agent.py', HELPED_AGENT);
  here.commit('Start');
  const [orders, ledger] = ['orders.json', 'ledger'].map(name => join(here.folder, '..', name)) as [
    string,
    string,
  ];
  const env = { LEDGER: ledger, ORDERS: orders, PYTHONPATH: join(import.meta.dirname, '../../python') };
  const script = {
    turns: [
      { match: { toolResult: true }, answer: { text: 'It is {{tool.refund_order.result.status}}.' } },
      { answer: { toolCalls: [{ name: 'refund_order', arguments: { order: '7' } }] } },
    ],
  };
  writeFileSync(orders, '{"status": "paid"}');
  const good = await here.record([PYTHON, 'agent.py'], script, env);
  writeFileSync(orders, '{"status": "denied"}');
  const bad = await here.record([PYTHON, 'agent.py'], script, env);
  assert.deepEqual([good.exit?.code, bad.exit?.code], [0, 3], textOf(bad, 'stderr'));
  rmSync(orders);

  const report = await verify(good, bad, here.hands(env));
  const [first] = report.causes;
  const told = JSON.stringify([report.notes, report.causes], null, 1);
  assert.deepEqual(
    [first?.id, first?.status, first?.step],
    ['upstream_tool_output_drifted', 'VERIFIED', 1],
    told,
  );
  assert.match(first?.detail ?? '', /refund_order.*paid.*denied/);
  assert.match(first?.evidence.facts.join(' ') ?? '', /The tool itself gave it/);
  assert.equal(readFileSync(ledger, 'utf8'), 'refund 7\n'.repeat(2), 'proving pays nobody');
});
