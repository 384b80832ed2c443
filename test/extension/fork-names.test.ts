import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameForks } from '../../src/extension/fork-names.ts';
import type { SessionSummary } from '../../src/sessions/session.ts';
import { aSession } from './a-session.ts';

const names = (...sessions: readonly SessionSummary[]) => nameForks(sessions).map(({ name }) => name);

test('forks are called after what they left, and where', () => {
  const refund = aSession({ id: 'a', name: 'refund' });
  const unnamed = aSession({ id: 'b', command: ['/usr/bin/python', '/home/dana/agent.py'] });
  assert.deepEqual(
    names(
      refund,
      unnamed,
      aSession({ mode: 'fork', parent: { session: 'a', step: 2 } }),
      aSession({ mode: 'fork', parent: { session: 'b' } }),
    ),
    ['refund', undefined, 'fork of refund at 2', 'fork of python agent.py'],
  );
});

test('a fork of a fork tells the whole way', () => {
  assert.deepEqual(
    names(
      aSession({ id: 'c', mode: 'fork', parent: { session: 'b', step: 4 } }),
      aSession({ id: 'b', mode: 'fork', parent: { session: 'a', step: 2 } }),
      aSession({ id: 'a', name: 'refund' }),
    ),
    ['fork of refund at 2 at 4', 'fork of refund at 2', 'refund'],
  );
});

test('a name of its own stays, a replay is no fork, and a parent may be gone', () => {
  const refund = aSession({ id: 'a', name: 'refund' });
  const parent = { session: 'a', step: 2 };
  assert.deepEqual(
    names(
      refund,
      aSession({ name: 'kinder', mode: 'fork', parent }),
      aSession({ mode: 'replay', parent }),
      aSession({ mode: 'fork', parent: { session: 'gone', step: 2 } }),
    ),
    ['refund', 'kinder', undefined, undefined],
  );
});
