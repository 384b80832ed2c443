import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Workspace } from '../../src/mutate/workspace.ts';

test('a copy has what people wrote; packages and large generated folders are shared, and no change of a run', t => {
  const source = mkdtempSync(join(tmpdir(), 'rewind-workspace-test-'));
  t.after(() => rmSync(source, { recursive: true, force: true }));
  for (const folder of ['src', 'node_modules', '.git', 'build/models', 'build/small']) {
    mkdirSync(join(source, folder), { recursive: true });
    writeFileSync(join(source, folder, 'file.txt'), folder);
  }
  writeFileSync(join(source, 'build/models/weights.bin'), Buffer.alloc(50_000_001));

  const workspace = new Workspace(source, ['build/models', 'build/small', 'node_modules']);
  const copy = workspace.copy();
  t.after(() => workspace.remove(copy));
  const kind = (path: string): string => {
    const stat = lstatSync(join(copy, path), { throwIfNoEntry: false });
    return stat?.isSymbolicLink() ? 'link' : stat ? 'copy' : 'none';
  };
  assert.deepEqual(
    ['src', 'node_modules', '.git', 'build/models', 'build/small', 'build/small/file.txt'].map(kind),
    ['copy', 'link', 'none', 'link', 'copy', 'copy'],
  );
  assert.deepEqual([...workspace.changes(copy)], []);

  writeFileSync(join(copy, 'src/file.txt'), 'changed');
  rmSync(join(copy, 'build/small/file.txt'));
  assert.deepEqual([...workspace.changes(copy).keys()].sort(), ['build/small/file.txt', 'src/file.txt']);
  const kept = workspace.copy(copy);
  t.after(() => workspace.remove(kept));
  writeFileSync(join(copy, 'src/file.txt'), 'changed again');
  workspace.restore(kept, copy);
  assert.equal(readFileSync(join(copy, 'src/file.txt'), 'utf8'), 'changed');
  assert.equal(kind('build/models'), 'link');
});
