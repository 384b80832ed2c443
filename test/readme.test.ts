import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { startEmulator } from '../src/emulator/emulator.ts';
import { loadScript } from '../src/emulator/script.ts';
import { commandLine, root } from './cli/command-line.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const python = join(root, '.venv/bin/python');

/** `$ command` and what it prints, of every console block. */
const shown = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  block!
    .split(/^\$ /m)
    .slice(1)
    .map(part => {
      const [command, ...output] = part.trimEnd().split('\n');
      return { command: command!, output: output.join('\n').trim() };
    }),
);

/** What differs from run to run. */
const settled = (text: string): string =>
  text
    .replace(/\b\d+(\.\d+)? m?s\b/g, '<time>')
    // On a busy machine a replay may save none.
    .replace('saved <time>, ', 'saved ')
    .replace(/session [0-9a-f]{8}/g, 'session <id>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '<when>')
    .replace(/ · commit [0-9a-f]{7}\*?/g, '')
    .replace(/(?<=<when> · )\S+/g, '<folder>')
    .trim();

/** `text` with the lines cut that `like` cuts with an ellipsis. */
const shortened = (text: string, like: string): string => {
  const cuts = like.split('\n').map(line => (line.endsWith('…') ? line.length - 1 : undefined));
  const lines = text.split('\n');
  return lines.map((line, i) => (cuts[i] === undefined ? line : `${line.slice(0, cuts[i])}…`)).join('\n');
};

test('the README begins with the two commands', () => {
  const [, first] = /```sh\n([\s\S]*?)```/.exec(readme)!;
  assert.match(first!, /^npm run demo\b.*\nnpm cit\b/);
});

test('every document and folder that the README links to is there', () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!);
  assert.ok(links.length > 5);
  assert.deepEqual(
    links.filter(path => !existsSync(join(root, path))),
    [],
  );
});

test('what the README shows is what happens', {
  skip: !existsSync(python) && 'needs .venv with python/requirements-test.txt',
}, async t => {
  const emulator = await startEmulator({
    script: await loadScript(join(root, 'examples/scripts/order-agent.json')),
  });
  t.after(() => emulator.close());
  const cli = commandLine(t);
  cli.cwd = join(root, 'examples/python');
  cli.env.REWIND_UPSTREAM = `api.openai.com=${emulator.url}`;
  cli.env.PATH = `${join(root, '.venv/bin')}${delimiter}${process.env.PATH}`;
  assert.ok(shown.length >= 3);
  for (const { command, output } of shown) {
    const [program, ...args] = command.split(' ');
    assert.equal(program, 'rewind');
    const { stdout, stderr } = await cli.run(...args);
    assert.deepEqual(shortened(settled(`${stdout}${stderr}`), settled(output)), settled(output), command);
  }
});
