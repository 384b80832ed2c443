import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandLine, provider, quickstart, root } from './command-line.ts';

test('git shows what changed in a cassette as what was said', async t => {
  const cli = commandLine(t);
  const emulator = await provider(t);
  await cli.run('record', '--quiet', ...emulator.upstream, process.execPath, quickstart);
  const repository = join(cli.home, 'repository');
  mkdirSync(repository);
  const cassette = join(repository, 'refund.rw');
  await cli.run('export', 'latest', '-o', cassette);

  const git = (env: object, ...words: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
      cwd: repository,
      env: { ...process.env, REWIND_HOME: cli.home, GIT_CONFIG_GLOBAL: '/dev/null', ...env },
      encoding: 'utf8',
    });
  git({}, 'init', '--quiet');
  writeFileSync(join(repository, '.gitattributes'), '*.rw diff=rewind\n');
  git(
    {},
    'config',
    'diff.rewind.textconv',
    `"${process.execPath}" "${join(root, 'src/cli/main.ts')}" textconv`,
  );
  git({}, 'add', '.');
  git({}, 'commit', '--quiet', '-m', 'A cassette');
  const text = readFileSync(cassette, 'utf8');
  assert.match(text, /support agent/);
  writeFileSync(cassette, text.replaceAll('support agent', 'sales agent'));

  const changed = git({}, 'diff', 'refund.rw')
    .split('\n')
    .filter(line => /^[+-][^+-]/.test(line));
  assert.deepEqual(changed, [
    '-You are the support agent of a coffee shop. Use the tools; never guess.',
    '+You are the sales agent of a coffee shop. Use the tools; never guess.',
  ]);
  const asked = (env: object): string => git({ ...env }, 'show', '--textconv', 'HEAD:refund.rw');
  assert.notEqual(asked({}), text);
  assert.equal(asked({ VSCODE_GIT_COMMAND: 'show' }), text, "VS Code's Git compares files");
});
