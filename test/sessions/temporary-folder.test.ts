import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { removeLeftFolders, temporaryFolder } from '../../src/sessions/temporary-folder.ts';

const own = mkdtempSync(join(tmpdir(), 'rewind-test-'));
process.env.TMPDIR = own;
after(() => rmSync(own, { recursive: true }));

const room = fileURLToPath(new URL('../../src/sessions/temporary-folder.ts', import.meta.url));

/** A process that has a folder with a file in it, and stays; and that folder. */
async function holder(): Promise<{ readonly folder: string; readonly die: () => Promise<unknown> }> {
  const script = `import { temporaryFolder } from ${JSON.stringify(room)};
console.log(temporaryFolder('mutant')); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  after(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const folder = line.toString().trim();
  writeFileSync(join(folder, 'copy'), 'of something large');
  const die = async (): Promise<unknown> => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    return ended;
  };
  return { folder, die };
}

test('a process that ends before it has removed its folders removes them', async () => {
  const script = `import { temporaryFolder } from ${JSON.stringify(room)};
console.log(temporaryFolder('mutant')); process.exit(130);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [[line]] = (await Promise.all([once(child.stdout, 'data'), once(child, 'close')])) as [
    [Buffer],
    unknown,
  ];
  assert.match(line.toString(), /rewind-mutant-/);
  assert.ok(!existsSync(line.toString().trim()));
});

test('what a killed process left is removed; what the living have, and others made, stays', {
  skip: process.platform === 'linux' ? false : 'the system clears such folders itself',
}, async () => {
  const [dead, living] = await Promise.all([holder(), holder()]);
  const mine = temporaryFolder('run');
  const others = join(own, 'rewind-mutant-of-mine');
  const elsewhere = join(own, 'rewind-mutant-1-zz-1-abcdef');
  for (const folder of [others, elsewhere]) mkdirSync(folder);
  await removeLeftFolders();
  assert.ok(existsSync(dead.folder), 'its process lives');
  await dead.die();
  await removeLeftFolders();
  const left = [dead.folder, living.folder, mine, others, elsewhere].map(folder => existsSync(folder));
  assert.deepEqual(left, [false, true, true, true, true]);
});
