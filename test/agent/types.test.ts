import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { PYTHON, withoutPackages } from '../clients/python-packages.ts';
import { program, ROOT } from './agent-bench.ts';

test('the Python packages are typed, and a decorated function keeps its own types', {
  skip: withoutPackages('mypy') ?? false,
}, () => {
  for (const version of ['3.10', '3.13']) {
    const { stdout, stderr } = spawnSync(
      PYTHON,
      [
        ...['-m', 'mypy', '--strict', '--python-version', version, '--cache-dir', '/dev/null'],
        ...['rewind', 'pytest_rewind', program('typed.py')],
      ],
      { cwd: join(ROOT, 'python'), encoding: 'utf8' },
    );
    assert.match(stdout, /^Success: no issues found/, stdout + stderr);
  }
});
