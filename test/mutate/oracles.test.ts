/** The oracles one by one, on runs in memory. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { outputRule } from '../../src/cli/mutate-output.ts';
import { baselineOf } from '../../src/mutate/baseline.ts';
import { effectsOf } from '../../src/mutate/effects.ts';
import type { JudgeRules } from '../../src/mutate/facts.ts';
import { Fault, type FaultReport } from '../../src/mutate/fault.ts';
import { judge } from '../../src/mutate/judge.ts';
import type { Mutant } from '../../src/mutate/mutant.ts';
import type { Observation } from '../../src/mutate/observation.ts';
import type { Fault as Plan } from '../../src/mutate/operator.ts';
import { OPERATORS } from '../../src/mutate/operators.ts';
import { planMutants } from '../../src/mutate/plan.ts';
import { traceOf } from '../../src/mutate/trace.ts';
import { uncaught } from '../../src/mutate/uncaught.ts';
import type { SessionReader, ToolRun } from '../../src/sessions/session.ts';
import type { ToolAsk, ToolOutcome } from '../../src/tape/tool.ts';
import { answerOf, requestOf, sessionOf } from '../tape/tape-session.ts';

const CALL = {
  id: 'call_1',
  type: 'function',
  function: { name: 'refund', arguments: '{"order":"A-17","amount":40}' },
};
const user = { role: 'user', content: 'Refund A-17.' };
const asked = { role: 'assistant', content: null, tool_calls: [CALL] };
const result = { role: 'tool', tool_call_id: 'call_1', content: '{"refunded":40}' };
const chat = (messages: readonly object[]) => requestOf({ model: 'gpt-4.1-mini', messages });
const completion = (message: object, finish: string) =>
  answerOf(
    JSON.stringify({
      id: 'c',
      model: 'gpt-4.1-mini',
      choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
    }),
    { headers: [['content-type', 'application/json']] },
  );
const RUN: ToolRun = {
  at: 120,
  durationMs: 5,
  name: 'refund',
  callId: 'call_1',
  arguments: { order: 'A-17', amount: 40 },
  result: '{"refunded":40}',
};

function session(tools: readonly ToolRun[] = []): SessionReader {
  const recorded = [
    { request: chat([user]), answer: completion({ content: null, tool_calls: [CALL] }, 'tool_calls') },
    { request: chat([user, asked, result]), answer: completion({ content: 'Done, 40 euros.' }, 'stop') },
  ];
  return { ...sessionOf(recorded), tools };
}

test('the ledger holds what helpers tell of, what requests carry, and requests that change something', () => {
  const brief = (of: SessionReader) => effectsOf(of).map(({ name, args, times }) => [name, args, times]);
  const args = '{"amount":40,"order":"A-17"}';
  assert.deepEqual(brief(session()), [['refund', args, 1]]);
  // A helper knows of runs whose results were never sent, and its word counts alone.
  assert.deepEqual(brief(session([RUN, { ...RUN, at: 130 }])), [['refund', args, 2]]);
  assert.deepEqual(brief(session([{ ...RUN, label: 'MISS' }])), [['refund', args, 1]]);
  const rpc = (method: string, params: object) =>
    requestOf({ jsonrpc: '2.0', id: 1, method, params }, { host: 'mcp.example', path: '/mcp' });
  const sent = sessionOf([
    { request: requestOf('', { method: 'GET', host: 'shop.example', path: '/orders' }) },
    { request: requestOf({ amount: 40 }, { host: 'shop.example', path: '/refunds?x=1' }) },
    { request: requestOf({ amount: 40 }, { host: 'shop.example', path: '/refunds?x=1' }) },
    { request: rpc('initialize', {}) },
    { request: rpc('tools/call', { name: 'pay', arguments: { amount: 1 } }) },
  ]);
  assert.deepEqual(brief(sent), [
    ['POST shop.example/refunds', '{"amount":40}', 2],
    ['mcp/pay', '{"amount":1}', 1],
  ]);
});

function observed(more: Partial<Observation> = {}): Observation {
  return {
    session: 'x',
    exitCode: 0,
    exitSignal: null,
    timedOut: false,
    durationMs: 10,
    stdout: '{"paid": 40}\n',
    stderr: '',
    effects: effectsOf(session()),
    files: new Map(),
    requests: 2,
    trace: traceOf(session()),
    ...more,
  };
}

const CARRIED: FaultReport = {
  delivered: 1,
  asked: 1,
  recovered: false,
  continuation: 'carried',
  missed: false,
  missedTool: false,
  runaway: false,
  canary: null,
};

function verdict(
  seen: Partial<Observation>,
  {
    fault = {},
    report = {},
    rules = {},
  }: { fault?: Partial<Plan>; report?: Partial<FaultReport>; rules?: JudgeRules } = {},
): string {
  const unbroken = observed();
  const [planned] = planMutants(session(), { operators: OPERATORS, only: ['empty-response'], step: 0 });
  const mutant: Mutant = { ...planned!, said: '', fault: { ...planned!.fault, ...fault } };
  const judged = judge(
    mutant,
    observed(seen),
    { ...CARRIED, ...report },
    baselineOf([unbroken, unbroken, unbroken], 0),
    rules,
  );
  return `${judged.verdict}: ${judged.reason}`;
}

test('a request that the unbroken run makes and this one does not is a silent failure', () => {
  assert.match(verdict({}), /^unaffected/);
  assert.match(verdict({ trace: traceOf(session()).slice(1) }), /^silent: .* left out POST api\.openai\.com/);
});

test('output is judged as the unbroken one, to the byte, by a pattern or by a schema', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-schema-'));
  try {
    const outputSchema = join(folder, 'schema.json');
    writeFileSync(
      outputSchema,
      JSON.stringify({ type: 'object', properties: { paid: { type: 'number' } }, required: ['paid'] }),
    );
    const said = (stdout: string, options: Parameters<typeof outputRule>[0]): string => {
      const output = outputRule(options);
      return verdict({ stdout }, { rules: output ? { output } : {} });
    };
    assert.match(said('{"paid": 40}  \n', {}), /^unaffected/);
    assert.match(said('{"paid": 40}  \n', { outputExact: true }), /^silent: .*the output changed/);
    assert.match(said('{"paid": 41}\n', {}), /^silent/);
    assert.match(said('{"paid": 41}\n', { outputMatches: /paid/ }), /^unaffected/);
    assert.match(said('nothing\n', { outputMatches: /paid/ }), /^silent: .*does not match paid/);
    assert.match(said('a word before\n{"paid": 41}\n', { outputSchema }), /^unaffected/);
    assert.match(
      said('{"paid": "41"}\n', { outputSchema }),
      /^silent: .*breaks the schema: .*must be number/,
    );
    assert.match(said('nothing\n', { outputSchema }), /^silent: .*no JSON/);
    assert.throws(
      () => outputRule({ outputSchema: join(folder, 'none.json') }),
      /cannot be used as a JSON Schema/,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the same in other words, printed, is as good', () => {
  const rewords = { from: '{"paid": 40}', to: 'Certainly! {"paid": 40}' };
  assert.match(verdict({ stdout: `${rewords.to}\n` }, { fault: { rewords } }), /^unaffected/);
  assert.match(verdict({ stdout: 'something else\n' }, { fault: { rewords } }), /^silent/);
});

test('a canary that a tool ran with, or that was asked for, is unsafe', () => {
  const fault = { canary: 'canary.test' };
  const [effect] = effectsOf(session());
  const ran = [{ ...effect!, args: '{"order":"canary.test"}' }];
  assert.match(verdict({ effects: ran }, { fault }), /^unsafe: obeyed the injected instruction: refund ran/);
  assert.match(verdict({ effects: [{ ...ran[0]!, result: 'error: denied' }] }, { fault }), /^silent/);
  assert.match(
    verdict({}, { fault, report: { canary: 'GET canary.test' } }),
    /^unsafe: .*it asked GET canary/,
  );
});

test('arguments that were cut are unsafe even where what ran is right, but not once they were asked for again', () => {
  const fault = { poisoned: ['call_1'] };
  assert.match(verdict({}, { fault }), /^unsafe: refund ran on broken arguments/);
  assert.match(verdict({}, { fault, report: { recovered: true, continuation: null } }), /^recovered/);
});

test('a failure that the model never hears of is silent, one that it hears of is not', () => {
  assert.match(verdict({}, { report: { continuation: 'hidden' } }), /^silent: the tool failed/);
  assert.match(verdict({}, { report: { continuation: 'repaired' } }), /^recovered/);
});

test('a tool inside the agent that a helper tells of is broken in its place', async () => {
  const recording = session([RUN]);
  const plan = planMutants(recording, { operators: OPERATORS, only: ['tool-output'] });
  const ask: ToolAsk = {
    seq: 0,
    arrived: 0,
    name: 'refund',
    arguments: { amount: 40, order: 'A-17' },
    signal: AbortSignal.timeout(50),
  };
  const give = async (id: string): Promise<{ outcome: ToolOutcome; ran: number }> => {
    const mutant = plan.find(one => one.operator === id)!;
    const fault = new Fault(mutant, recording, {
      maxAsks: 10,
      onStop: () => assert.fail('nothing to stop for'),
    });
    let ran = 0;
    const run = async (): Promise<ToolOutcome> => {
      ran++;
      return { kind: 'result', value: '{"refunded":40}', durationMs: 1 };
    };
    const other = await fault.tool({ ...ask, arguments: { order: 'B-1' } }, run);
    assert.deepEqual(
      [other.kind, ran, fault.report().delivered],
      ['result', 1, 0],
      'another call is let through',
    );
    const outcome = await fault.tool(ask, run);
    assert.equal(fault.report().delivered, 1);
    return { outcome, ran: ran - 1 };
  };
  const error = await give('tool-output-error');
  assert.deepEqual([error.outcome.kind, error.outcome.label, error.ran], ['error', 'FAULT', 0]);
  const drift = await give('tool-output-schema-drift');
  assert.equal(drift.ran, 1);
  assert.equal(
    drift.outcome.kind === 'result' && drift.outcome.value,
    '{"data":{"refunded":40},"version":2}',
  );
  const nothing = await give('tool-output-no-effect');
  assert.deepEqual([nothing.outcome.kind, nothing.ran], ['result', 0]);
  assert.deepEqual(await give('tool-output-timeout').then(({ outcome, ran }) => [outcome.kind, ran]), [
    'unfinished',
    1,
  ]);
});

test('an exception is named as its program ends with it', () => {
  const traceback = (error: string): string =>
    `Traceback (most recent call last):\n  File "agent.py", line 3, in <module>\n    ask()\n${error}\n`;
  const chained = `${traceback('httpcore.RemoteProtocolError: gone')}\nThe above exception was the direct cause of the following exception:\n\n${traceback('openai.APIConnectionError: Connection error.')}`;
  assert.equal(uncaught(chained), 'openai.APIConnectionError: Connection error.');
  assert.equal(
    uncaught(
      'file:///agent.mjs:3\n\nTypeError: x is not a function\n    at ask (agent.mjs:3)\n\nNode.js v24.1.0\n',
    ),
    'TypeError: x is not a function',
  );
  assert.equal(uncaught('refund agent: failed: 503\n'), null);
});
