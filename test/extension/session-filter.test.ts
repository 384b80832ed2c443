import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFilter } from '../../src/extension/session-filter.ts';
import type { SessionSummary } from '../../src/sessions/session.ts';
import { aSession } from './a-session.ts';

function holds(text: string, part: Partial<SessionSummary> = {}): boolean {
  const filter = parseFilter(text);
  if (typeof filter !== 'function') throw new Error(filter.problem);
  return filter(aSession(part));
}

test('words look into name, command, folder and the beginning of the id', () => {
  assert.ok(holds('AGENT.py'));
  assert.ok(holds('shop'));
  assert.ok(holds('refund', { name: 'Refund run' }));
  assert.ok(holds('01234567'));
  assert.ok(!holds('4567'));
  assert.ok(!holds('agent.py refund'));
  assert.ok(holds('   '));
});

test('texts compare the beginning, or the whole with a star', () => {
  assert.ok(holds('model:gpt-4.1'));
  assert.ok(holds('model:*mini*'));
  assert.ok(!holds('model:mini'));
  assert.ok(!holds('model:gpt-4x1'), 'a dot is a dot');
  assert.ok(holds('commit:3F2A', { commit: '3f2a9b' }));
  assert.ok(!holds('commit:3f2a'));
  assert.ok(!holds('mode:replay'));
});

test('numbers compare', () => {
  assert.ok(holds('cost>0.01 cost<$0.03 calls=3 tokens>119 seconds=2'));
  assert.ok(!holds('cost>0.02'));
  assert.ok(!holds('cost>0', { costUsd: null }));
});

test('errors are failed calls and failed runs', () => {
  assert.ok(!holds('errors'));
  assert.ok(holds('error', { errors: 1 }));
  assert.ok(holds('errors', { exit: { at: 0, code: null, signal: 'SIGKILL' } }));
});

test('says what it cannot read', () => {
  assert.deepEqual(parseFilter('cost>much'), { problem: 'cost> needs a number' });
  assert.deepEqual(parseFilter('model:'), { problem: 'model: needs a value' });
});
