import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkScript } from '../../src/emulator/script.ts';
import { project, root } from './project.ts';

const python = join(root, '.venv/bin/python');

/** The tool's effect is a line in a file; one order is another at each try, as a careless agent's would be. */
const SCRIPT = checkScript({
  turns: [
    { match: { toolResult: true }, answer: { text: 'It is {{tool.refund.result}}.' } },
    { answer: { toolCalls: [{ name: 'refund', arguments: { order: 'ORD-1042' } }] } },
  ],
});

const PYTHON_TEST = `
import json
import os
import pytest
import rewind
from openai import OpenAI

@rewind.tool(replay="tape")
def refund(order):
    with open("ledger", "a") as ledger:
        ledger.write("refund " + order + "\\n")
    return "refunded"

def agent():
    client = OpenAI()
    messages = [{"role": "user", "content": "Refund ORD-1042."}]
    tools = [{"type": "function", "function": {"name": "refund"}}]
    while True:
        message = client.chat.completions.create(model="gpt-4o", messages=messages, tools=tools).choices[0].message
        messages.append(message.model_dump(exclude_none=True, include={"role", "content", "tool_calls"}))
        if not message.tool_calls:
            return message.content
        for call in message.tool_calls:
            arguments = json.loads(call.function.arguments)
            if "OTHER" in os.environ:
                arguments["order"] += " again"
            try:
                result = refund(**arguments)
            except rewind.ToolMiss:
                result = "refunded"  # an agent that swallows it
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})

@pytest.mark.rewind(cassette="refund.rw")
def test_refund(rewind_session):
    assert agent() == "It is refunded."
    (call,) = rewind_session.tools("refund")
    assert call.run.arguments["order"].startswith("ORD-1042")
    if "OTHER" not in os.environ:
        assert call.run.result == "refunded" and call.run.error is None
        assert call.run.label == ("EXACT" if rewind_session.mode == "replay" else None)

def test_without():
    assert refund("by hand") == "refunded"
`;

const ESM = `
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import OpenAI from 'openai';
import { rewind as helpers, ToolMiss } from 'llm-rewind';
import { rewind } from 'llm-rewind/test';
`;
const COMMONJS = `
const assert = require('node:assert/strict');
const { appendFileSync } = require('node:fs');
const OpenAI = require('openai');
const { rewind: helpers, ToolMiss } = require('llm-rewind');
const { rewind } = require('llm-rewind/test');
`;
const NODE_TEST = `
const stamp = helpers.tool(function stamp() { // one that cannot wait
  appendFileSync('ledger', 'stamp\\n');
  return 7n;
}, { replay: 'tape' });

const refund = helpers.tool(async function refund({ order }) {
  appendFileSync('ledger', 'refund ' + order + '\\n');
  return 'refunded';
}, { replay: 'tape' });

async function agent() {
  assert.equal(stamp(), 7n);
  const client = new OpenAI();
  const messages = [{ role: 'user', content: 'Refund ORD-1042.' }];
  const tools = [{ type: 'function', function: { name: 'refund' } }];
  for (;;) {
    const { message } = (await client.chat.completions.create({ model: 'gpt-4o', messages, tools })).choices[0];
    messages.push(message);
    if (!message.tool_calls) return message.content;
    for (const call of message.tool_calls) {
      const given = JSON.parse(call.function.arguments);
      if (process.env.OTHER) given.order += ' again';
      const content = await refund(given).catch(error => {
        if (error instanceof ToolMiss) return 'refunded'; // an agent that swallows it
        throw error;
      });
      messages.push({ role: 'tool', tool_call_id: call.id, content });
    }
  }
}

test('refund', rewind('refund.rw', async session => {
  assert.equal(await agent(), 'It is refunded.');
  const [call] = await session.tools('refund');
  assert.match(call.run.arguments.order, /^ORD-1042/);
  if (process.env.OTHER) return;
  assert.deepEqual([call.run.result, call.run.error], ['refunded', null]);
  assert.equal(call.run.label, session.mode === 'replay' ? 'EXACT' : null);
}));

test('without', async () => assert.equal(await refund({ order: 'by hand' }), 'refunded'));
`;

const SUITES = [
  {
    name: 'pytest',
    file: 'test_refund.py',
    text: PYTHON_TEST,
    command: [python, '-m', 'pytest', '-p', 'pytest_rewind.plugin', '-p', 'no:cacheprovider'],
    skip: !existsSync(python) && 'needs .venv with python/requirements-test.txt',
  },
  {
    name: 'node:test',
    file: 'refund.test.mjs',
    text: `import { test } from 'node:test';${ESM}${NODE_TEST}`,
    command: ['node', '--test'],
    skip: false,
  },
  {
    name: 'vitest',
    file: 'refund.test.ts',
    text: `import { test } from 'vitest';${ESM}${NODE_TEST}`,
    command: ['vitest', 'run'],
    skip: false,
  },
  {
    name: 'vitest in threads',
    file: 'refund.test.ts',
    text: `import { test } from 'vitest';${ESM}${NODE_TEST}`,
    command: ['vitest', 'run', '--pool=threads'],
    skip: false,
  },
  {
    name: 'jest',
    file: 'refund.test.js',
    text: `${COMMONJS}${NODE_TEST}`,
    command: ['jest', '--ci'],
    skip: false,
  },
] as const;

for (const { name, file, text, command, skip } of SUITES) {
  test(`${name}: a tool from the cassette has its effect once; one that is not on it fails the test`, {
    skip,
  }, async t => {
    const { write, run, withProvider, folder } = await project(t, SCRIPT);
    write(file, text);
    write('package.json', '{ "name": "shop", "jest": { "testEnvironment": "node", "transform": {} } }');
    const env = {
      PYTHONPATH: join(root, 'python'),
      PYTHONDONTWRITEBYTECODE: '1',
      REWIND_BIN: join(root, 'src/cli/main.ts'),
    };
    const lines = () => readFileSync(join(folder, 'ledger'), 'utf8').trim().split('\n');
    const ledger = () => lines().filter(line => line !== 'stamp');
    const recorded = await run([...command, file], {
      env: { ...env, ...withProvider, REWIND_MODE: 'record' },
    });
    assert.equal(recorded.code, 0, recorded.text);
    assert.deepEqual(ledger(), ['refund ORD-1042', 'refund by hand']);

    const replayed = await run([...command, file], { env, offline: true });
    assert.equal(replayed.code, 0, replayed.text);
    assert.deepEqual(ledger(), ['refund ORD-1042', 'refund by hand', 'refund by hand']);

    const other = await run([...command, file], { env: { ...env, OTHER: '1' }, offline: true });
    assert.notEqual(other.code, 0, other.text);
    assert.match(other.text, /The tool refund was to be answered from tape.*with other arguments only/);
    assert.equal(ledger().filter(line => line.includes('again')).length, 0, 'a miss does not run');
    assert.equal(lines().length - ledger().length, name === 'pytest' ? 0 : 1, 'stamped while recording');
  });
}
