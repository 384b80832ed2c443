import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Workspace } from '../../src/mutate/workspace.ts';
import { commandInCopy } from '../../src/tape/copied-folder.ts';

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

test('a folder that comes back is as the first one was, whatever a run did to it', t => {
  const source = mkdtempSync(join(tmpdir(), 'rewind-workspace-test-'));
  t.after(() => rmSync(source, { recursive: true, force: true }));
  mkdirSync(join(source, 'kept'));
  for (const name of ['same.txt', 'longer.txt', 'gone.txt', 'mode.txt', 'kept/file.txt', 'a-folder-now'])
    writeFileSync(join(source, name), name);
  symlinkSync('same.txt', join(source, 'link'));
  const workspace = new Workspace(source);
  t.after(() => workspace.close());

  const folder = workspace.borrow();
  const look = (root: string): unknown =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .map(entry => {
        const path = join(entry.parentPath, entry.name);
        const { mode, size } = lstatSync(path);
        const text = entry.isFile() ? readFileSync(path, 'utf8') : null;
        return [path.slice(root.length), mode, entry.isDirectory() ? 0 : size, text];
      })
      .sort();
  const first = look(folder);
  assert.deepEqual(first, look(source));

  writeFileSync(join(folder, 'new.txt'), 'new');
  writeFileSync(join(folder, 'longer.txt'), 'other, longer text');
  writeFileSync(join(folder, 'same.txt'), 'SAME.TXT');
  chmodSync(join(folder, 'mode.txt'), 0o755);
  for (const name of ['gone.txt', 'kept', 'a-folder-now', 'link'])
    rmSync(join(folder, name), { recursive: true });
  mkdirSync(join(folder, 'a-folder-now/deep'), { recursive: true });
  mkdirSync(join(folder, '.git'));
  symlinkSync('gone.txt', join(folder, 'link'));
  workspace.giveBack(folder);
  const again = workspace.borrow();
  assert.deepEqual(look(again), first);
  workspace.giveBack(again);
  workspace.close();
  for (const each of [folder, again]) assert.equal(existsSync(each), false);
});

test('what stands above the folder is found from a copy: packages, programs, links', t => {
  const repository = mkdtempSync(join(tmpdir(), 'rewind-workspace-test-'));
  t.after(() => rmSync(repository, { recursive: true, force: true }));
  const source = join(repository, 'packages/agent');
  for (const folder of [source, join(repository, 'node_modules/.bin'), join(repository, 'shared')])
    mkdirSync(folder, { recursive: true });
  writeFileSync(join(repository, 'node_modules/.bin/tool'), 'a tool');
  writeFileSync(join(repository, 'shared/prompt.txt'), 'a prompt');
  symlinkSync('../../shared', join(source, 'shared'));

  const workspace = new Workspace(source);
  const copy = workspace.copy();
  t.after(() => workspace.remove(copy));
  assert.equal(readFileSync(join(copy, 'shared/prompt.txt'), 'utf8'), 'a prompt');
  assert.equal(readFileSync(join(copy, '../node_modules/.bin/tool'), 'utf8'), 'a tool');
  assert.deepEqual(
    commandInCopy(
      ['../../node_modules/.bin/tool', join(source, 'a.ts'), '../no-file', './b.ts'],
      source,
      copy,
    ),
    [join(repository, 'node_modules/.bin/tool'), join(copy, 'a.ts'), '../no-file', './b.ts'],
  );
});
