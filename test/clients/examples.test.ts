import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadScript } from '../../src/emulator/script.ts';
import { PYTHON, withoutPackages } from './python-packages.ts';
import { ROOT, type RoundTrip, roundTrip } from './round-trip.ts';

async function example(script: string, command: readonly string[]): Promise<RoundTrip> {
  return roundTrip({ command, script: await loadScript(`${ROOT}examples/scripts/${script}.json`) });
}

const node = (file: string, ...args: readonly string[]) => ['node', `examples/typescript/${file}`, ...args];
const python = (file: string, ...args: readonly string[]) => [PYTHON, `examples/python/${file}`, ...args];

const noOpenai = withoutPackages('openai') ?? false;
const noAnthropic = withoutPackages('anthropic') ?? false;

test('quickstart.mjs: four calls, two tools at once, a streamed reply', async () => {
  const { stdout, calls } = await example('quickstart', node('quickstart.mjs'));
  assert.match(stdout, /Agent: I am sorry that your espresso machine arrived broken: \$249 are on their way/);
  assert.deepEqual(
    calls.map(call => call.output.parts.flatMap(part => (part.type === 'tool_call' ? [part.call.name] : []))),
    [['find_orders'], ['refund_order', 'track_parcel'], [], []],
  );
  assert.deepEqual(
    calls.map(call => call.stream),
    [false, false, false, true],
  );
});

const ORDER =
  /search_orders\(.*\n(I found it\. )?refund\(.*\nYour espresso machine \(ORD-1042\) is refunded: 249 euros\.\n$/;

test('order-agent.ts', async () => {
  assert.match((await example('order-agent', node('order-agent.ts'))).stdout, ORDER);
});

test('order_agent.py --stream', { skip: noOpenai }, async () => {
  assert.match((await example('order-agent', python('order_agent.py', '--stream'))).stdout, ORDER);
});

const REPORT =
  'Plan: history, health\nAll about coffee. On history: Espresso was patented in Turin in 1884. On health: Three cups a day are safe for most adults.\n';

test('research-team.ts: a planner, two researchers at once, a report', async () => {
  const { stdout, calls } = await example('research-team', node('research-team.ts'));
  assert.equal(stdout, REPORT);
  assert.equal(calls.length, 6);
});

test('research_team.py', { skip: noAnthropic }, async () => {
  const { stdout, calls } = await example('research-team', python('research_team.py'));
  assert.equal(stdout, REPORT);
  assert.equal(calls.length, 6);
});

const FROM_RETURNS = 'Source: returns.md\nFive working days after the parcel arrives at the warehouse;';

test('rag.ts: embeddings and a streamed answer', async () => {
  const { stdout, calls } = await example('rag', node('rag.ts'));
  assert.ok(stdout.startsWith(FROM_RETURNS), stdout);
  assert.deepEqual(
    calls.map(call => call.operation),
    ['embeddings', 'chat'],
  );
});

test('rag.py', { skip: noOpenai }, async () => {
  const { stdout } = await example('rag', python('rag.py'));
  assert.ok(stdout.startsWith(FROM_RETURNS), stdout);
});
