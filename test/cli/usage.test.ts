import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { commandLine, root } from './command-line.ts';

test('--version, help and topics', async t => {
  const cli = commandLine(t);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  assert.equal((await cli.run('--version')).stdout, `${version}\n`);
  const help = await cli.run('--help');
  assert.equal(help.code, 0);
  for (const { name } of COMMANDS) assert.match(help.stdout, new RegExp(`^  ${name} `, 'm'));
  assert.equal((await cli.run('help')).stdout, help.stdout);
  assert.equal((await cli.run()).stdout, help.stdout);
  const codes = await cli.run('help', 'exit-codes');
  for (const [code] of EXIT_CODES) assert.ok(codes.stdout.includes(`  ${code} `), code);
  assert.match((await cli.run('help', 'config')).stdout, /rewind\.config\.json/);
  assert.match((await cli.run('help', 'environment')).stdout, /REWIND_HOME/);
  assert.match((await cli.run('help', 'list')).stdout, /Usage: rewind list/);
});

test('every command has examples and --json', async t => {
  const cli = commandLine(t);
  const helps = await Promise.all(COMMANDS.map(({ name }) => cli.run(name, '--help')));
  helps.forEach(({ stdout, code }, i) => {
    assert.equal(code, 0, COMMANDS[i]!.name);
    assert.match(stdout, /^Examples:\n {2}\S/m, COMMANDS[i]!.name);
    // What dap, serve and mcp-stdio print is their protocol, which is JSON; textconv is what Git asks for, which is text.
    if (!['dap', 'serve', 'mcp-stdio', 'textconv'].includes(COMMANDS[i]!.name))
      assert.match(stdout, /--json/, COMMANDS[i]!.name);
  });
});

test('exit codes and commands are documented', () => {
  const docs = readFileSync(join(root, 'docs/cli.md'), 'utf8');
  for (const [code] of EXIT_CODES) assert.ok(docs.includes(`| ${code} |`), `exit code ${code}`);
  for (const { name } of COMMANDS) assert.match(docs, new RegExp(`^### .*\`rewind ${name}\\b`, 'm'), name);
});

test('a wrong command line is one message, a hint, and code 2', async t => {
  const cli = commandLine(t);
  const wrong = async (args: string[], message: RegExp) => {
    const { code, stdout, stderr } = await cli.run(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, message);
    assert.match(stderr, /^rewind: .*\n {8}\S.*\n$/, args.join(' '));
    assert.equal(stdout, '');
  };
  await wrong(['lst'], /unknown command 'lst'\n.*Did you mean list\?/);
  await wrong(['help', 'banana'], /unknown command 'banana'/);
  await wrong(['list', '--jsn'], /Did you mean --json\?/);
  await wrong(['list', '--limit', 'x'], /Give a whole number/);
  await wrong(['inspect'], /missing required argument 'session'/);
  await wrong(['record'], /missing required argument 'command'/);
  await wrong(['replay', 'latest', '--match', 'fuzzy'], /Allowed choices are strict, loose/);
  await wrong(['replay', 'latest', '--speed', 'fast'], /1x or 2x/);
  await wrong(['proxy', '--listen', 'nowhere'], /127\.0\.0\.1:8877/);
  await wrong(['inspect', 'latest'], /Nothing is recorded yet/);
  await wrong(['inspect', 'abcdef'], /No session is called "abcdef"/);
});

test('with --json an error is JSON too', async t => {
  const cli = commandLine(t);
  assert.deepEqual(await cli.json('inspect', 'latest'), {
    error: {
      code: 'no-sessions',
      message: 'Nothing is recorded yet',
      hint: 'Record a run with `rewind record <command>`.',
    },
  });
  const { error } = (await cli.json('list', '--lmit', '3')) as { error: { code: string } };
  assert.equal(error.code, 'usage');
});

test('a broken configuration and a home that is no folder are said in one line', async t => {
  const cli = commandLine(t);
  const file = join(cli.home, 'file');
  writeFileSync(file, '');
  cli.env.REWIND_HOME = file;
  const { code, stderr } = await cli.run('list');
  assert.equal(code, 2);
  assert.match(stderr, /^rewind: .*\n {8}\S.*\n$/);
});

test('a reader that goes away early is no error', async t => {
  const cli = commandLine(t);
  const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), 'help', 'exit-codes'], {
    env: cli.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(stderr, '');
  assert.equal(code, 0);
});

test('listing and helping load neither the proxy nor the index', async t => {
  const cli = commandLine(t);
  const probe = `
    const { registerHooks } = await import('node:module');
    registerHooks({ resolve(name, context, next) {
      if (/^(mockttp|sql\\.js|yaml|node-forge)/.test(name)) throw new Error('loaded ' + name);
      return next(name, context);
    } });
    process.argv.splice(1, 0, 'main.ts');
    process.argv.splice(2, Infinity, ...process.env.WORDS.split(' '));
    await import(${JSON.stringify(new URL('../../src/cli/main.ts', import.meta.url).href)});`;
  for (const words of ['--version', '--help', 'list', 'list --json']) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', probe], {
      env: { ...cli.env, WORDS: words },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0, `${words}: ${text}`);
    assert.doesNotMatch(text, /loaded /);
  }
});
